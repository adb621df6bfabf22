//! A line of text and its words: what a student types, in `nc`, in telnet and at the client's prompt.
//!
//! The rules are those of redis-cli and of Redis's inline commands (`sdssplitargs`): words stand
//! between spaces; in "double quotes" a backslash escapes (`\n`, `\r`, `\t`, `\a`, `\b`, `\xHH`,
//! anything else is itself); in 'single quotes' only `\'` does; a closing quote ends the word.

use crate::request::Word;

/// A quote was opened and not closed, or its closing quote has no space behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unbalanced quotes in request")]
pub struct UnbalancedQuotes;

/// Splits `line` into words, each without its quotes.
///
/// # Errors
/// [`UnbalancedQuotes`], and then the line means nothing.
pub fn split(line: &[u8]) -> Result<Vec<Vec<u8>>, UnbalancedQuotes> {
    let (mut bytes, mut words) = (Vec::new(), Vec::new());
    split_into(line, &mut bytes, &mut words)?;
    Ok(words.into_iter().map(|word| bytes.get(word).unwrap_or_default().to_vec()).collect())
}

/// Like [`split`], into buffers that can be used again: `words` are places in `bytes`.
///
/// # Errors
/// [`UnbalancedQuotes`], and then the buffers hold a part of the line.
pub fn split_into(
    line: &[u8],
    bytes: &mut Vec<u8>,
    words: &mut Vec<Word>,
) -> Result<(), UnbalancedQuotes> {
    bytes.clear();
    words.clear();
    let mut rest = line.trim_ascii_start();
    while !rest.is_empty() {
        let start = bytes.len();
        rest = take_word(rest, bytes)?.trim_ascii_start();
        words.push(start..bytes.len());
    }
    Ok(())
}

/// Moves one word from the front of `rest` to `bytes` and returns what is behind it.
fn take_word<'a>(mut rest: &'a [u8], bytes: &mut Vec<u8>) -> Result<&'a [u8], UnbalancedQuotes> {
    loop {
        rest = match rest {
            [] => return Ok(rest),
            [space, ..] if space.is_ascii_whitespace() || *space == 0 => {
                return Ok(&rest[1..]);
            }
            [b'"', quoted @ ..] => return closed(take_double_quoted(quoted, bytes)?),
            [b'\'', quoted @ ..] => return closed(take_single_quoted(quoted, bytes)?),
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
        }
    }
}

/// After a closing quote comes a space or the end of the line.
fn closed(rest: &[u8]) -> Result<&[u8], UnbalancedQuotes> {
    match rest.first() {
        Some(byte) if !byte.is_ascii_whitespace() => Err(UnbalancedQuotes),
        _ => Ok(rest),
    }
}

fn take_single_quoted<'a>(
    mut rest: &'a [u8],
    bytes: &mut Vec<u8>,
) -> Result<&'a [u8], UnbalancedQuotes> {
    loop {
        let (byte, tail) = match rest {
            [] => return Err(UnbalancedQuotes),
            [b'\\', b'\'', tail @ ..] => (b'\'', tail),
            [b'\'', tail @ ..] => return Ok(tail),
            [byte, tail @ ..] => (*byte, tail),
        };
        bytes.push(byte);
        rest = tail;
    }
}

fn take_double_quoted<'a>(
    mut rest: &'a [u8],
    bytes: &mut Vec<u8>,
) -> Result<&'a [u8], UnbalancedQuotes> {
    loop {
        let (byte, tail) = match rest {
            [] => return Err(UnbalancedQuotes),
            [b'"', tail @ ..] => return Ok(tail),
            [b'\\', b'x', high, low, tail @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                (hex(*high) << 4 | hex(*low), tail)
            }
            [b'\\', escaped, tail @ ..] => (unescape(*escaped), tail),
            [byte, tail @ ..] => (*byte, tail),
        };
        bytes.push(byte);
        rest = tail;
    }
}

fn unescape(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'a' => 7,
        other => other,
    }
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.to_ascii_uppercase() - b'A' + 10,
    }
}

/// Writes `word` so that [`split`] gives it back: as it is if it can be, else in double quotes.
pub fn quote_into(word: &[u8], line: &mut Vec<u8>) {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\');
    if !word.is_empty() && word.iter().all(plain) {
        line.extend_from_slice(word);
        return;
    }
    line.push(b'"');
    for &byte in word {
        match byte {
            b'"' | b'\\' => line.extend_from_slice(&[b'\\', byte]),
            b' '..=b'~' => line.push(byte),
            _ => line.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(line: &str) -> Vec<String> {
        let words = split(line.as_bytes()).unwrap();
        words.into_iter().map(|word| String::from_utf8(word).unwrap()).collect()
    }

    #[test]
    fn words_stand_between_spaces() {
        assert_eq!(words("  SET \t name  Alice \r"), ["SET", "name", "Alice"]);
        assert_eq!(words(" \t\r"), [""; 0]);
    }

    #[test]
    fn quotes_hold_a_word_together() {
        assert_eq!(words(r#"SET "two words" 'and three more' """#).len(), 4);
        assert_eq!(words(r#""tab\t hex\x41 quote\" other\q""#), ["tab\t hexA quote\" otherq"]);
        assert_eq!(words(r"'it\'s \n raw'"), [r"it's \n raw"]);
        assert_eq!(words(r#"pre"fix ed""#), ["prefix ed"]);
    }

    #[test]
    fn an_open_quote_is_an_error() {
        for line in ["\"", "'", "SET k \"v", "SET k 'v", "\"a\"b", "'a'b", "\"\\\""] {
            assert_eq!(split(line.as_bytes()), Err(UnbalancedQuotes), "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_split_into_the_same_words(
            words in proptest::collection::vec(any::<Vec<u8>>(), 0..6)
        ) {
            let mut line = Vec::new();
            for word in &words {
                quote_into(word, &mut line);
                line.push(b' ');
            }
            prop_assert!(!line.contains(&b'\n'));
            prop_assert_eq!(split(&line).unwrap(), words);
        }
    }
}
