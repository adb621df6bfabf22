//! Bytes as people write them: text as it is, and `\r`, `\n`, `\t`, `\0`, `\xHH`, `\\` for the rest.
//!
//! What [`escape`] shows can be typed again: [`unescape`] restores the bytes.

use std::fmt::Write as _;

/// Why a text does not stand for bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEscape {
    /// No escape is written so.
    #[error("'\\{}' is no escape: write \\r \\n \\t \\0 \\xHH, or \\\\ for a backslash", .0.escape_default())]
    Unknown(char),
    /// `\x` has no two digits.
    #[error("two hexadecimal digits must follow \\x, as in \\x0d")]
    Hex,
    /// A backslash is the last letter.
    #[error("a backslash at the end stands for nothing: write \\\\ for a backslash")]
    Open,
}

/// All bytes on one line. Text stays, but for control characters and backslashes.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\\' => text.push_str("\\\\"),
                '\r' => text.push_str("\\r"),
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\0' => text.push_str("\\0"),
                letter if letter.is_control() => {
                    push_hex(letter.encode_utf8(&mut [0; 4]).as_bytes(), &mut text);
                }
                letter => text.push(letter),
            }
        }
        push_hex(chunk.invalid(), &mut text);
    }
    text
}

fn push_hex(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        // To write to a string cannot fail.
        _ = write!(text, "\\x{byte:02x}");
    }
}

/// The bytes that a text stands for.
///
/// # Errors
/// [`BadEscape`]
pub fn unescape(text: &[u8]) -> Result<Vec<u8>, BadEscape> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        let (byte, behind) = if byte == b'\\' { escaped(behind)? } else { (byte, behind) };
        bytes.push(byte);
        rest = behind;
    }
    Ok(bytes)
}

/// The byte that stands behind a backslash, and what follows it.
fn escaped(text: &[u8]) -> Result<(u8, &[u8]), BadEscape> {
    let (&letter, behind) = text.split_first().ok_or(BadEscape::Open)?;
    let byte = match letter {
        b'r' => b'\r',
        b'n' => b'\n',
        b't' => b'\t',
        b'0' => 0,
        b'\\' => b'\\',
        b'x' => {
            let (digits, behind) = behind.split_first_chunk::<2>().ok_or(BadEscape::Hex)?;
            let digit = |digit: u8| char::from(digit).to_digit(16).ok_or(BadEscape::Hex);
            let byte = digit(digits[0])? << 4 | digit(digits[1])?;
            return Ok((u8::try_from(byte).map_err(|_| BadEscape::Hex)?, behind));
        }
        _ => {
            let letter = text.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
            return Err(BadEscape::Unknown(letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
        }
    };
    Ok((byte, behind))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_stays_and_all_else_has_a_backslash() {
        assert_eq!(escape("Zoë 'x' \"\\\r\n\t\0".as_bytes()), r#"Zoë 'x' "\\\r\n\t\0"#);
        assert_eq!(escape(b"\x1b[2J\x7f\xff\xc2\x9b"), r"\x1b[2J\x7f\xff\xc2\x9b");
    }

    #[test]
    fn an_escape_that_stands_for_nothing_is_refused() {
        for (text, error) in [
            (r"\q", BadEscape::Unknown('q')),
            (r"PING\é", BadEscape::Unknown('é')),
            (r"\x", BadEscape::Hex),
            (r"\x1", BadEscape::Hex),
            (r"\x+1", BadEscape::Hex),
            ("PING\\", BadEscape::Open),
        ] {
            assert_eq!(unescape(text.as_bytes()), Err(error), "{text}");
        }
        assert_eq!(BadEscape::Unknown('\u{1b}').to_string().matches('\u{1b}').count(), 0);
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed_again(bytes in any::<Vec<u8>>(), text in ".*") {
            for bytes in [bytes, text.into_bytes()] {
                let shown = escape(&bytes);
                prop_assert!(!shown.contains(char::is_control));
                prop_assert_eq!(unescape(shown.as_bytes()), Ok(bytes));
            }
        }
    }
}
