//! The patterns of KEYS and CONFIG GET: `*` any bytes, `?` one byte, `[a-c]` and `[^x]` a set, `\`
//! takes the next byte literally. Source: the documentation of KEYS, and Redis itself for rare cases.

/// Whether the whole `text` matches `pattern`.
///
/// Only the last `*` is tried again, so the time is at most the product of both lengths. A recursion
/// for each `*` would take exponential time on `*a*a*a*a*b`.
#[must_use]
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    if text.is_empty() {
        // Redis finds the empty key with these patterns and with no other, such as `**`.
        return matches!(pattern, b"" | b"*");
    }
    let (mut rest, mut unmatched) = (pattern, text);
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', after @ ..] = rest {
            retry = Some((after, unmatched));
            rest = after;
            continue;
        }
        if let Some((after, tail)) = match_one(rest, unmatched) {
            (rest, unmatched) = (after, tail);
            continue;
        }
        if rest.is_empty() && unmatched.is_empty() {
            return true;
        }
        // Try again: the last star matches one byte more.
        match retry {
            Some((after, [_, tail @ ..])) => {
                retry = Some((after, tail));
                (rest, unmatched) = (after, tail);
            }
            _ => return false,
        }
    }
}

/// Matches one byte of `text`. Returns the rest of the pattern and the rest of the text.
fn match_one<'p, 't>(pattern: &'p [u8], text: &'t [u8]) -> Option<(&'p [u8], &'t [u8])> {
    let (&byte, tail) = text.split_first()?;
    let (is_match, rest) = match pattern {
        [] => return None,
        [b'?', rest @ ..] => (true, rest),
        [b'[', set @ ..] => match_set(set, byte),
        [b'\\', literal, rest @ ..] | [literal, rest @ ..] => (*literal == byte, rest),
    };
    is_match.then_some((rest, tail))
}

/// Whether `byte` is in the set. `set` begins after the `[`. Also returns the pattern after the `]`.
fn match_set(set: &[u8], byte: u8) -> (bool, &[u8]) {
    let (negated, mut set) = match set {
        [b'^', set @ ..] => (true, set),
        _ => (false, set),
    };
    let mut found = false;
    loop {
        let (is_match, rest) = match set {
            [] => return (found != negated, set),
            [b']', rest @ ..] => return (found != negated, rest),
            [b'\\', literal, rest @ ..] => (*literal == byte, rest),
            [from, b'-', to, rest @ ..] => {
                // Redis compares values of C's type `char`, which has a sign on x86.
                let [from, to, byte] = [*from, *to, byte].map(u8::cast_signed);
                ((from.min(to)..=from.max(to)).contains(&byte), rest)
            }
            [literal, rest @ ..] => (*literal == byte, rest),
        };
        found |= is_match;
        set = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_the_documentation_of_keys_says() {
        let table = [
            ("*", "", true),
            ("*", "anything", true),
            ("h?llo", "hello", true),
            ("h?llo", "hllo", false),
            ("h*llo", "hllo", true),
            ("h*llo", "heeeello", true),
            ("h[ae]llo", "hallo", true),
            ("h[ae]llo", "hillo", false),
            ("h[^e]llo", "hallo", true),
            ("h[^e]llo", "hello", false),
            ("h[a-b]llo", "hbllo", true),
            ("h[b-a]llo", "hbllo", true),
            (r"h\*llo", "h*llo", true),
            (r"h\*llo", "hello", false),
            ("*a*b", "xxaxxb", true),
            ("*a*b", "xxaxxc", false),
            ("", "", true),
            ("**", "", false),
            ("[^", "x", true),
            ("", "x", false),
            ("[", "[", false),
            ("x", "", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes()),
                expected,
                "{pattern} against {text}"
            );
        }
    }

    #[test]
    fn bytes_above_0x7f_come_before_the_others_in_a_range() {
        assert!(matches(b"[\x80-\xff]", b"\xe9"));
        assert!(matches(b"[\xff-a]", b"A"));
        assert!(!matches(b"[a-\xff]", b"\xe9"));
        assert!(!matches(b"[a-\xff]", b"z"));
    }

    #[test]
    fn many_stars_do_not_take_exponential_time() {
        assert!(!matches("*a".repeat(1000).as_bytes(), "a".repeat(999).as_bytes()));
        assert!(!matches(b"*a*a*a*a*a*a*a*a*a*b", "a".repeat(10_000).as_bytes()));
    }
}
