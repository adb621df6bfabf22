//! The text that describes the arguments of a command, such as `key value [NX | XX]`, and its meaning.

/// Counts the arguments that `usage` asks for, and the name. The result is negative if there may be more.
pub(crate) const fn arity(usage: &str) -> i32 {
    let bytes = usage.as_bytes();
    let (mut index, mut depth, mut args, mut is_within_arg, mut may_be_more) =
        (0, 0, 1, false, false);
    while index < bytes.len() {
        match bytes[index] {
            b'[' => {
                depth += 1;
                may_be_more = true;
            }
            b']' => depth -= 1,
            b' ' => is_within_arg = false,
            b'|' if depth == 0 => {
                // The first alternative is the shortest.
                may_be_more = true;
                break;
            }
            _ if depth == 0 && !is_within_arg => {
                args += 1;
                is_within_arg = true;
            }
            _ => {}
        }
        index += 1;
    }
    if may_be_more { -args } else { args }
}

/// Which arguments are keys: the first, the last (-1 means the last of all), and the step between them.
/// All are 0 if there are no keys. As in COMMAND.
pub(crate) fn keys(usage: &str) -> (i64, i64, i64) {
    match usage {
        "key [key ...]" => (1, -1, 1),
        "key value [key value ...]" => (1, -1, 2),
        usage if usage.starts_with("key") => (1, 1, 1),
        _ => (0, 0, 0),
    }
}

/// Splits `key [NX | XX]` into its parts: (`key`, not optional) and (`NX | XX`, optional).
#[must_use]
pub fn parts(usage: &'static str) -> Vec<(&'static str, bool)> {
    let (mut parts, mut rest) = (Vec::new(), usage.trim_start());
    while !rest.is_empty() {
        let (part, behind) = if let Some(end) = closing_bracket(rest) {
            ((&rest[1..end], true), &rest[end + 1..])
        } else {
            let end = rest.find(' ').unwrap_or(rest.len());
            ((&rest[..end], false), &rest[end..])
        };
        parts.push(part);
        rest = behind.trim_start();
    }
    parts
}

/// The place of the bracket that closes the one at the start of `text`, if there is one.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.starts_with('[').then_some(())?;
    text.bytes().position(|byte| {
        depth += i32::from(byte == b'[') - i32::from(byte == b']');
        depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arity_is_computed_from_the_usage() {
        let table = [
            ("", 1),
            ("key", 2),
            ("key value", 3),
            ("[message]", -1),
            ("key value [NX | XX] [GET]", -3),
            ("key [key ...]", -2),
            ("ID | SETNAME name", -2),
        ];
        for (usage, expected) in table {
            assert_eq!(arity(usage), expected, "{usage}");
        }
    }

    #[test]
    fn spaces_outside_of_brackets_separate_the_parts() {
        let expected = [("key", false), ("NX | XX", true), ("a [b]", true)];
        assert_eq!(parts("key [NX | XX] [a [b]]"), expected);
        assert_eq!(parts(""), []);
    }
}
