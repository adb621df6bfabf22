//! A value, and the choice that it selects.

/// What a measure finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A word.
    Word(String),
    /// A number.
    Number(u64),
}

impl Value {
    /// Whether it is what a choice stands for: a word, a number, or a range of numbers: `3..=5`, `3..`, `..=5`.
    #[must_use]
    pub fn is(&self, choice: &str) -> bool {
        match self {
            Self::Word(word) => word == choice,
            Self::Number(number) => is_in(*number, choice).unwrap_or(false),
        }
    }
}

impl From<&str> for Value {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

/// `None` if the choice is neither a number nor a range.
fn is_in(number: u64, choice: &str) -> Option<bool> {
    let Some((from, to)) = choice.split_once("..") else {
        return Some(choice.parse::<u64>().ok()? == number);
    };
    let is_above = from.is_empty() || number >= from.parse().ok()?;
    let is_below = match to.strip_prefix('=') {
        Some(to) => number <= to.parse().ok()?,
        None => to.is_empty(),
    };
    Some(is_above && is_below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_a_word_a_number_or_a_range() {
        for (choice, expected) in [
            ("3", true),
            ("4", false),
            ("1..=3", true),
            ("..=2", false),
            ("3..", true),
            ("4..", false),
            ("..", true),
            ("three", false),
            ("1..3", false),
        ] {
            assert_eq!(Value::Number(3).is(choice), expected, "{choice}");
        }
        assert!(Value::from("refused").is("refused"));
        assert!(!Value::from("refused").is(".."));
    }
}
