//! Integers as Redis reads them: only the shortest spelling is valid.

/// Parses a signed 64-bit integer: an optional `-`, no `+`, no leading zero, no space.
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
    // The digits are subtracted, because the smallest number has no positive counterpart.
    let mut value: i64 = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_sub(i64::from(digit - b'0'))?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_shortest_spelling_is_accepted() {
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
