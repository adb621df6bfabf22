//! What the difference says between the bytes that came and those that should have come.

use trace::protocol::Protocol;

/// The bytes of U+FFFD, which stands for bytes that are no text.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// The probable cause of a difference.
pub(super) fn cause(expected: &[u8], got: &[u8], protocol: Protocol) -> Option<String> {
    let of_protocol = match protocol {
        Protocol::Lines => of_lines,
        Protocol::Resp => of_resp,
    };
    of_line_ends(expected, got)
        .or_else(|| of_text(expected, got))
        .or_else(|| of_error(expected, got, protocol))
        .or_else(|| of_protocol(expected, got))
}

/// The same text with other line ends.
fn of_line_ends(expected: &[u8], got: &[u8]) -> Option<String> {
    let without_end = |bytes: &[u8]| bytes.trim_ascii_end().to_vec();
    if without_end(expected) == without_end(got) {
        let end = got[without_end(got).len()..].escape_ascii().to_string();
        let ends =
            if end.is_empty() { "has no line end".to_owned() } else { format!("ends in {end}") };
        let must = expected[without_end(expected).len()..].escape_ascii();
        return Some(format!("The reply {ends}; it must end in {must}."));
    }
    let without_cr = |bytes: &[u8]| bytes.iter().copied().filter(|it| *it != b'\r').collect();
    let (must, is): (Vec<u8>, Vec<u8>) = (without_cr(expected), without_cr(got));
    (must == is).then(|| "The lines of the reply do not end in the right bytes.".to_owned())
}

/// A value that has gone through a text.
fn of_text(expected: &[u8], got: &[u8]) -> Option<String> {
    let has = |bytes: &[u8]| bytes.windows(REPLACEMENT.len()).any(|part| part == REPLACEMENT);
    (has(got) && !has(expected)).then(|| {
        "The value has become text on its way: bytes that are not UTF-8 are replaced by \\xef\\xbf\\xbd. A value is bytes: make no string of it.".to_owned()
    })
}

/// An error in place of another reply.
fn of_error(expected: &[u8], got: &[u8], protocol: Protocol) -> Option<String> {
    let mark: &[u8] = if protocol == Protocol::Resp { b"-" } else { b"ERR " };
    if expected.starts_with(mark) || !got.starts_with(mark) {
        return None;
    }
    let text = String::from_utf8_lossy(got);
    let text = if text.contains("Protocol error") {
        "The request is good, and the decoder takes it for one that cannot be. Perhaps it begins at the wrong byte, or it does not wait for the rest."
    } else if text.contains("unknown command") {
        "The server has not found the command that the client has sent. The text of the error says what it has looked for."
    } else {
        "The request is good, and the server answers it with an error. The text of the error says what it does not like."
    };
    Some(text.to_owned())
}

fn of_lines(expected: &[u8], got: &[u8]) -> Option<String> {
    let (must, is) = (expected.trim_ascii_end(), got.trim_ascii_end());
    match is.split_first() {
        Some((b'+' | b'-' | b':', rest)) if rest == must => Some(
            "Lab 1 sends plain text: the mark in front of the reply belongs to RESP.".to_owned(),
        ),
        Some(_) if got.ends_with(b"\n") && must.starts_with(is) => {
            let count = is.len();
            Some(format!("The reply is cut: only its first {count} bytes have come."))
        }
        _ => None,
    }
}

fn of_resp(expected: &[u8], got: &[u8]) -> Option<String> {
    let (must, is) = (*expected.first()?, *got.first()?);
    if must != is {
        let kind = kind(must)?;
        let is = [is].escape_ascii().to_string();
        return Some(format!(
            "The first byte of a reply says what it is: '{}' is {kind}. Yours begins with '{is}'.",
            char::from(must)
        ));
    }
    let (must_say, says) = (first_line(expected), first_line(got));
    if must_say == says {
        return None;
    }
    match must {
        b'$' => Some(of_length((&must_say, &says), expected)),
        b'*' => Some(format!("The first line must count {must_say} elements; it counts {says}.")),
        _ => None,
    }
}

/// The first line of a reply, without the mark.
fn first_line(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == b'\r').unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(1..end).unwrap_or_default()).into_owned()
}

/// A length that is not the right one.
fn of_length((must_say, says): (&str, &str), expected: &[u8]) -> String {
    if must_say == "-1" {
        return format!(
            "There is no value: that is $-1. What begins with ${says} is a value of {says} bytes."
        );
    }
    if says == "-1" {
        return "There is a value. $-1 says that there is none, which is not the same as an empty value.".to_owned();
    }
    let numbers = (must_say.parse::<usize>().ok(), says.parse::<usize>().ok());
    let value = expected.get(must_say.len() + 3..).unwrap_or_default();
    let value = value.strip_suffix(b"\r\n").unwrap_or(value);
    let letters = std::str::from_utf8(value).ok().map(|text| text.chars().count());
    let why = match numbers {
        (Some(must), Some(is)) if is == must + 2 => " Does it count the CR LF behind the value?",
        (Some(must), Some(is)) if Some(is) == letters && is != must => {
            " Does it count letters in place of bytes?"
        }
        _ => "",
    };
    format!(
        "The length in the first line must be {must_say}, the number of bytes of the value; it is {says}.{why}"
    )
}

fn kind(mark: u8) -> Option<&'static str> {
    Some(match mark {
        b'+' => "a status",
        b'-' => "an error",
        b':' => "a number",
        b'$' => "a value",
        b'*' => "an array",
        b'_' => "no value, in RESP3",
        b'%' => "a map, in RESP3",
        b'=' => "text, in RESP3",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cause of a difference must have these words.
    fn says((expected, got, part): (&[u8], &[u8], &str), protocol: Protocol) {
        let cause = cause(expected, got, protocol).unwrap();
        assert!(cause.contains(part), "{cause}");
    }

    #[test]
    fn each_difference_in_resp_has_its_cause() {
        for case in [
            (&b"+PONG\r\n"[..], &b"+PONG\n"[..], "ends in \\n; it must end in \\r\\n"),
            (b"+PONG\r\n", b"+PONG", "has no line end"),
            (b"$1\r\na\r\n", b"$1\na\n", "do not end in the right bytes"),
            (b"$3\r\na\xffb\r\n", b"$5\r\na\xef\xbf\xbdb\r\n", "has become text"),
            (b"+OK\r\n", b"-ERR Protocol error: x\r\n", "one that cannot be"),
            (b"+OK\r\n", b"-ERR unknown command 'x'\r\n", "has not found the command"),
            (b"+OK\r\n", b"-ERR syntax error\r\n", "answers it with an error"),
            (b":1\r\n", b"$1\r\n1\r\n", "':' is a number. Yours begins with '$'"),
            (b"-ERR x\r\n", b"+ERR x\r\n", "'-' is an error"),
            (b"$5\r\nAlice\r\n", b"$7\r\nAlice\r\n", "count the CR LF"),
            (b"$2\r\n\xc3\xbc\r\n", b"$1\r\n\xc3\xbc\r\n", "count letters"),
            (b"$5\r\nAlice\r\n", b"$4\r\nAlic\r\n", "must be 5"),
            (b"$-1\r\n", b"$0\r\n\r\n", "There is no value"),
            (b"$0\r\n\r\n", b"$-1\r\n", "There is a value"),
            (
                b"*2\r\n$1\r\n1\r\n$-1\r\n",
                b"*1\r\n$1\r\n1\r\n",
                "must count 2 elements; it counts 1",
            ),
        ] {
            says(case, Protocol::Resp);
        }
        assert_eq!(cause(b"+OK\r\n", b"+NO\r\n", Protocol::Resp), None);
    }

    #[test]
    fn each_difference_in_lines_has_its_cause() {
        for case in [
            (&b"PONG\n"[..], &b"PONG\r\n"[..], "ends in \\r\\n; it must end in \\n"),
            (b"PONG\n", b"+PONG\r\n", "belongs to RESP"),
            (b"Alice\n", b"Ali\n", "only its first 3 bytes"),
            (b"OK\n", b"ERR syntax error\n", "answers it with an error"),
        ] {
            says(case, Protocol::Lines);
        }
        assert_eq!(cause(b"OK\n", b"NO\n", Protocol::Lines), None);
    }
}
