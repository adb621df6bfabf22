//! Text of a server, for a terminal. A control character could move the cursor, ring the bell, or forge a line.

use std::fmt::Write as _;

/// Text on one line: every control character is escaped (C0, DEL, C1).
#[must_use]
pub fn one_line(text: &str) -> String {
    escape(text, |_, _| false)
}

/// Text that may have several lines and tabs. All other control characters are escaped.
#[must_use]
pub fn several_lines(text: &str) -> String {
    // A carriage return alone would let the rest of the line cover its start.
    escape(text, |letter, next| {
        matches!(letter, '\n' | '\t') || (letter == '\r' && next == Some('\n'))
    })
}

/// Bytes as a terminal may show them, if no byte needs an escape: text, perhaps of several lines.
#[must_use]
pub fn as_text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| several_lines(text) == **text)
}

/// Escapes the control characters, but for those that `is_allowed`, which sees the next character as well.
fn escape(text: &str, is_allowed: impl Fn(char, Option<char>) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_control() && !is_allowed(letter, letters.peek().copied()) {
            // To write to a string cannot fail.
            _ = write!(escaped, "{}", letter.escape_default());
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_all_else_stays() {
        assert_eq!(one_line("Zoë \\ 'x'\r\n\t"), r"Zoë \ 'x'\r\n\t");
        assert_eq!(one_line("\0\u{1b}[2J\u{7f}\u{9b}2J"), r"\u{0}\u{1b}[2J\u{7f}\u{9b}2J");
        assert_eq!(several_lines("a\tb\r\nc\nd\re\r\u{85}"), "a\tb\r\nc\nd\\re\\r\\u{85}");
        assert_eq!(as_text(b"a\nb"), Some("a\nb"));
        assert_eq!(as_text(b"a\rb"), None);
    }
}
