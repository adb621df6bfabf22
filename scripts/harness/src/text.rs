//! Lines that fit a terminal.

/// A terminal has so many columns.
pub const COLUMNS: usize = 80;

/// Breaks a text between words into lines that fit a terminal. All but the first are indented.
#[must_use]
pub fn wrapped(text: &str) -> String {
    wrap(text, COLUMNS, "  ").join("\n")
}

/// Breaks a text at its spaces into lines of at most this width. All but the first begin with the indent. A word
/// that is longer than a line stays whole.
#[must_use]
pub fn wrap(text: &str, width: usize, indent: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if letters(line) + 1 + letters(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("{indent}{word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How many letters a text has.
#[must_use]
pub fn letters(text: &str) -> usize {
    text.chars().count()
}

/// Cuts a text that has more letters than `most`, so that it has so many.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if letters(text) <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_broken_between_words() {
        let text = format!("{} {}", "a".repeat(50), "b".repeat(50));
        assert_eq!(wrapped(&text), format!("{}\n  {}", "a".repeat(50), "b".repeat(50)));
        assert_eq!(wrapped("short, and all of it"), "short, and all of it");
        let long = "c".repeat(100);
        assert_eq!(wrapped(&long), long, "a word stays whole");
    }
}
