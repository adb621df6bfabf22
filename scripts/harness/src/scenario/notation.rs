//! How a scenario writes bytes: what cannot be typed, what counts, what is long, and what is different in each run.

use std::collections::HashMap;

use fastrand::Rng;

/// The bytes of an argument or of a value. `#` is the number, `@1000` alone stands for 1000 letters, and `\r`, `\n`,
/// `\t`, `\\` and `\xff` are single bytes.
#[must_use]
pub fn bytes_of(text: &str, number: &str) -> Vec<u8> {
    if let Some(Ok(size)) = text.strip_prefix('@').map(str::parse) {
        return vec![b'x'; size];
    }
    let text = text.replace('#', number);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once('\\') {
        bytes.extend(before.bytes());
        let (byte, size) = escaped(behind);
        bytes.push(byte);
        rest = behind.get(size..).unwrap_or_default();
    }
    bytes.extend(rest.bytes());
    bytes
}

/// The byte that stands behind a backslash, and how many letters it takes.
fn escaped(text: &str) -> (u8, usize) {
    match text.as_bytes() {
        [b'r', ..] => (b'\r', 1),
        [b'n', ..] => (b'\n', 1),
        [b't', ..] => (b'\t', 1),
        [b'x', ..] => match text.get(1..3).map(|digits| u8::from_str_radix(digits, 16)) {
            Some(Ok(byte)) => (byte, 3),
            _ => (b'\\', 0),
        },
        [b'\\', ..] => (b'\\', 1),
        _ => (b'\\', 0),
    }
}

/// Puts words into a scenario that are different in each run, so that nobody can write them into a server: `{key}` is
/// a word of letters, each time the same one, and `{number}` a number. `{number+1}` is the next number.
#[derive(Debug)]
pub struct Words {
    random: Rng,
    words: HashMap<String, String>,
}

impl Words {
    /// Words that follow from this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { random: Rng::with_seed(seed), words: HashMap::new() }
    }

    /// The text with its words.
    pub fn fill(&mut self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{')
            && let Some((name, after)) = behind.split_once('}')
        {
            filled += before;
            filled += &self.word(name);
            rest = after;
        }
        filled + rest
    }

    fn word(&mut self, name: &str) -> String {
        if let Some((name, plus)) = name.split_once('+') {
            let (number, plus) = (self.word(name).parse::<i64>(), plus.parse::<i64>());
            return number.unwrap_or(0).saturating_add(plus.unwrap_or(0)).to_string();
        }
        if let Some(word) = self.words.get(name) {
            return word.clone();
        }
        let word = if name.starts_with("number") {
            self.random.u32(100..10_000).to_string()
        } else {
            let size = self.random.usize(5..12);
            std::iter::repeat_with(|| self.random.lowercase()).take(size).collect()
        };
        self.words.insert(name.to_owned(), word.clone());
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_cannot_be_typed_are_written_with_a_backslash() {
        assert_eq!(bytes_of(r"a\r\n\t\\\xff\x00#", "7"), b"a\r\n\t\\\xff\x007");
        assert_eq!(bytes_of(r"\q\x", ""), br"\q\x");
        assert_eq!(bytes_of("@3", ""), b"xxx");
        assert_eq!(bytes_of("me@3", ""), b"me@3");
    }

    #[test]
    fn words_follow_from_the_seed_and_stay_the_same_in_a_run() {
        let mut words = Words::new(7);
        let first = words.fill("SET {key} {number}");
        assert_eq!(words.fill("SET {key} {number}"), first);
        assert_eq!(Words::new(7).fill("SET {key} {number}"), first);
        assert_ne!(Words::new(8).fill("SET {key} {number}"), first);
        let number: i64 = words.fill("{number}").parse().unwrap();
        assert_eq!(words.fill("{number+2}"), (number + 2).to_string());
        assert_eq!(words.fill("{ open, {}"), format!("{}{}", words.fill("{ open, {}"), ""));
    }
}
