//! Numbers and texts for people: durations, and lines that fit a terminal.

use std::time::Duration;

use trace::duration::Human;

/// A time in microseconds, for people: `18 µs`, `3.6 ms`, `-200 ms`.
pub(crate) fn human(us: i64) -> String {
    let sign = if us < 0 { "-" } else { "" };
    format!("{sign}{}", Human(Duration::from_micros(us.unsigned_abs())))
}

/// A time in whole microseconds.
#[expect(clippy::cast_possible_truncation, reason = "hours at most")]
pub(crate) fn rounded(us: f64) -> i64 {
    us.round() as i64
}

/// A terminal has so many columns.
pub(crate) const COLUMNS: usize = 80;

/// Breaks a text into lines that fit into a terminal. All but the first are indented.
pub(crate) fn wrapped(text: &str) -> String {
    wrap(text, COLUMNS, "  ").join("\n")
}

/// Breaks a text at its spaces into lines of at most this width. All but the first begin with the indent. A word
/// that is longer than a line stays whole.
pub(crate) fn wrap(text: &str, width: usize, indent: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("{indent}{word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Cuts a text that has more letters than `most`, so that it has so many.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_long_text_is_broken_between_words() {
        let text = format!("{} {}", "a".repeat(50), "b".repeat(50));
        assert_eq!(super::wrapped(&text), format!("{}\n  {}", "a".repeat(50), "b".repeat(50)));
        assert_eq!(super::wrapped("short, and all of it"), "short, and all of it");
        let long = "c".repeat(100);
        assert_eq!(super::wrapped(&long), long, "a word stays whole");
    }
}
