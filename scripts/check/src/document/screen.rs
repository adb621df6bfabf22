//! The screen of a terminal as lines of text, and the part of it that the document has claimed.
//!
//! Line editors (bash, redis-cli, rustyline) draw their line again at each key, with colours, hints and movements of the
//! cursor. A terminal emulator turns this into what a person sees.

use std::num::NonZeroU16;

use vt100::Parser;

/// Wide enough so that most lines of output do not wrap.
pub const COLUMNS: NonZeroU16 = NonZeroU16::new(200).unwrap();
/// The height of a window.
pub const ROWS: NonZeroU16 = NonZeroU16::new(50).unwrap();
/// The number of rows that can be read after they have scrolled off.
const HISTORY: usize = 10_000;

/// The prompt of bash. No other program prints this.
pub const SHELL_PROMPT: &str = "[check:terminal]$ ";

/// A place in the whole output of a terminal: the row where a line begins, and the byte in that line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mark {
    row: usize,
    byte: usize,
}

/// A complete line: the cursor has left it.
#[derive(Debug)]
pub struct Line {
    /// The text. A line that wraps is one line.
    pub text: String,
    /// Where the next line begins.
    pub end: Mark,
}

/// The part of the screen that the document has not claimed.
#[derive(Debug, Default)]
pub struct View {
    /// Where it begins.
    pub begin: Mark,
    /// Complete lines.
    pub lines: Vec<Line>,
    /// The text left of the cursor in its line, with spaces; `None` if there is text right of it.
    pub waiting: Option<String>,
    cursor: Mark,
}

/// The screen of one terminal.
pub struct Screen {
    emulator: Parser,
    claimed: Mark,
}

impl Default for Screen {
    fn default() -> Self {
        Self { emulator: Parser::new(ROWS, COLUMNS, HISTORY), claimed: Mark::default() }
    }
}

impl Screen {
    /// Draws the output of a program.
    pub fn draw(&mut self, bytes: &[u8]) {
        self.emulator.process(bytes);
    }

    /// Whether there were more rows than can be read.
    pub fn overflowed(&self) -> bool {
        self.emulator.screen().scrollback_len() == HISTORY
    }

    /// Claims everything before `end`.
    pub fn claim(&mut self, end: Mark) {
        self.claimed = end;
    }

    /// Claims everything that is shown now.
    pub fn claim_to_cursor(&mut self) {
        self.claimed = self.view().cursor;
    }

    /// The part that is not claimed.
    pub fn view(&mut self) -> View {
        let mut rows = self.rows(self.claimed.row);
        let right_of_cursor = self.right_of_cursor();
        let left = rows.pop().map(|(text, _)| text).unwrap_or_default();
        let mut view = View { begin: self.claimed, ..View::default() };
        let mut begin = self.claimed;
        let mut text = String::new();
        for (row, (part, wraps)) in (begin.row..).zip(rows) {
            text.push_str(&part);
            if !wraps {
                let end = Mark { row: row + 1, byte: 0 };
                view.push(&text, begin, end);
                (begin, text) = (end, String::new());
            }
        }
        text.push_str(&left);
        view.cursor = Mark { row: begin.row, byte: text.len() };
        let rest = text.get(begin.byte..).unwrap_or_default();
        // If output does not end its line, the prompt follows in the same line.
        match rest.find(SHELL_PROMPT).filter(|at| *at > 0) {
            Some(at) => {
                let end = Mark { row: begin.row, byte: begin.byte + at };
                view.push(&text[..end.byte], begin, end);
                view.waiting = right_of_cursor.is_empty().then(|| rest[at..].to_string());
            }
            None => view.waiting = right_of_cursor.is_empty().then(|| rest.to_string()),
        }
        view
    }

    /// The last lines, as a student would see them.
    pub fn tail(&mut self, count: usize) -> Vec<String> {
        let text: Vec<String> = self
            .rows(0)
            .into_iter()
            .map(|(text, _)| text.replace(SHELL_PROMPT, "$ ").trim_end().to_string())
            .collect();
        let end = text.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        text[end.saturating_sub(count)..end].to_vec()
    }

    /// The rows from this one (counted from the first ever shown) to the cursor, and whether each wraps into the
    /// next. The last is cut at the cursor and filled with spaces up to it.
    fn rows(&mut self, from: usize) -> Vec<(String, bool)> {
        let screen = self.emulator.screen_mut();
        let history = screen.scrollback_len();
        let (cursor_row, cursor_column) = screen.cursor_position();
        let last = history + usize::from(cursor_row);
        let mut rows = Vec::new();
        while from + rows.len() < last {
            let next = from + rows.len();
            screen.set_scrollback(history.saturating_sub(next));
            let top = history - screen.scrollback();
            let shown = screen.rows(0, COLUMNS.get()).zip(0..);
            let page = shown.map(|(text, row)| (text, screen.row_wrapped(row)));
            rows.extend(page.skip(next - top).take(last - next));
        }
        screen.set_scrollback(0);
        let left = screen.rows(0, cursor_column).nth(usize::from(cursor_row)).unwrap_or_default();
        rows.push((format!("{left:width$}", width = usize::from(cursor_column)), false));
        rows
    }

    fn right_of_cursor(&self) -> String {
        let screen = self.emulator.screen();
        let (row, column) = screen.cursor_position();
        let right =
            screen.rows(column, COLUMNS.get() - column.min(COLUMNS.get())).nth(usize::from(row));
        right.unwrap_or_default().trim().to_string()
    }
}

impl View {
    /// Whether the terminal waits for input at this prompt.
    pub fn waits_at(&self, prompt: &str) -> bool {
        self.waiting.as_deref() == Some(prompt)
    }

    fn push(&mut self, text: &str, begin: Mark, end: Mark) {
        let text = text.get(begin.byte..).unwrap_or_default().to_string();
        self.lines.push(Line { text, end });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(bytes: &str) -> Screen {
        let mut screen = Screen::default();
        screen.draw(bytes.as_bytes());
        screen
    }

    fn lines(screen: &mut Screen) -> Vec<String> {
        screen.view().lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_prompt_drawn_by_a_line_editor_reads_as_a_person_sees_it() {
        let mut drawn = screen("\x1b[?2004h\r\x1b[K\x1b[1;32m127.0.0.1:6379> \x1b[0m\r\x1b[16C");
        assert!(drawn.view().waits_at("127.0.0.1:6379> "));
        drawn.draw(b"\r\x1b[K127.0.0.1:6379> GET\x1b[90m key\x1b[0m\r\x1b[19C");
        assert_eq!(drawn.view().waiting, None, "a hint stands right of the cursor");
        drawn.draw(b"\x1b[K\r\n\"Alice\"\r\n");
        assert_eq!(lines(&mut drawn), ["127.0.0.1:6379> GET", "\"Alice\""]);
    }

    #[test]
    fn a_line_that_wraps_is_one_line_and_a_claimed_one_is_gone() {
        let long = "x".repeat(450);
        let mut shown = screen(&format!("{long}\r\nnext\r\n"));
        assert_eq!(lines(&mut shown), [long.as_str(), "next"]);
        let end = shown.view().lines[0].end;
        shown.claim(end);
        assert_eq!(lines(&mut shown), ["next"]);
    }

    #[test]
    fn the_prompt_after_an_unfinished_line_begins_a_line_of_its_own() {
        let mut shown = screen(&format!("no newline{SHELL_PROMPT}"));
        assert_eq!(lines(&mut shown), ["no newline"]);
        assert!(shown.view().waits_at(SHELL_PROMPT));
    }

    #[test]
    fn what_has_scrolled_off_can_still_be_claimed() {
        let mut shown = Screen::default();
        for number in 0..300 {
            shown.draw(format!("line {number}\r\n").as_bytes());
        }
        let all = lines(&mut shown);
        assert_eq!((all.len(), all[0].as_str(), all[299].as_str()), (300, "line 0", "line 299"));
        let end = shown.view().lines[149].end;
        shown.claim(end);
        assert_eq!(lines(&mut shown)[0], "line 150");
        assert_eq!(shown.tail(2), ["line 298", "line 299"]);
    }
}
