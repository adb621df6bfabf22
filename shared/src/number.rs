//! Integers as Redis reads them: the shortest spelling and nothing else.

/// Reads a whole number: an optional `-`, no `+`, no leading zero, no space, within 64 bits.
///
/// Source: Redis accepts what its `string2ll` accepts, both in arguments and in RESP lengths.
#[must_use]
pub fn parse(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    match digits {
        [b'0'] => return (!negative).then_some(0),
        [] | [b'0', ..] => return None,
        _ => {}
    }
    // Counting downwards, because there is one more negative number than there are positive ones.
    let mut value: i64 = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_sub(i64::from(digit - b'0'))?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

/// Reads a size in bytes as Redis's configuration writes it: `64kb` is 64 x 1,024, `64k` is 64,000.
///
/// # Errors
/// A sentence, if it is no size.
pub fn parse_size(text: &str) -> Result<usize, String> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &lower[digits.len()..] {
        "" | "b" => Some(1),
        "k" => Some(1_000),
        "kb" => Some(1 << 10),
        "m" => Some(1_000_000),
        "mb" => Some(1 << 20),
        "g" => Some(1_000_000_000),
        "gb" => Some(1 << 30),
        _ => None,
    };
    unit.zip(digits.parse::<usize>().ok())
        .and_then(|(unit, count)| count.checked_mul(unit))
        .ok_or_else(|| format!("'{text}' is no size: write 1000, 64kb, 100mb or 2gb"))
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_size};

    #[test]
    fn a_size_has_a_unit_or_none() {
        assert_eq!(parse_size("1000"), Ok(1000));
        assert_eq!(parse_size("64KB"), Ok(65_536));
        assert_eq!(parse_size("2g"), Ok(2_000_000_000));
        for bad in ["", "mb", "-1", "1.5gb", "10 mb", "7 bananas", "99999999999gb"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_shortest_spelling_is_read() {
        for value in [0, 1, -1, 10, 9_876_543_210, i64::MAX, i64::MIN] {
            assert_eq!(parse(value.to_string().as_bytes()), Some(value));
        }
    }

    #[test]
    fn any_other_spelling_is_refused() {
        for text in ["", "-", "+1", "01", "-0", "00", " 1", "1 ", "1a", "0x1", "1.0"] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn a_number_beyond_64_bits_is_refused() {
        for text in ["9223372036854775808", "-9223372036854775809", "18446744073709551616"] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
