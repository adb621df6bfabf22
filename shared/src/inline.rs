//! A line of text as a request: what people type in telnet, in `nc` and at the prompt of the client.
//!
//! The rules are those of redis-cli and of Redis's inline commands (`sdssplitargs`). Spaces separate
//! arguments. In "double quotes" a backslash escapes: `\n`, `\r`, `\t`, `\a`, `\b`, `\xHH`, and any other
//! character stands for itself. In 'single quotes' only `\'` is an escape. A closing quote ends the argument.

use crate::request::{Args, ProtocolError, Request};

/// What may stand between arguments: C's `isspace`. The last two of these bytes do not end an argument.
const BLANKS: &[u8] = b" \t\r\n\x0b\x0c";

/// A quote was opened and not closed, or no space follows a closing quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unbalanced quotes in request")]
pub struct UnbalancedQuotes;

impl From<UnbalancedQuotes> for ProtocolError {
    fn from(error: UnbalancedQuotes) -> Self {
        Self::new(error.to_string())
    }
}

/// Splits a line into arguments and removes their quotes. A blank line becomes an empty request.
///
/// # Errors
/// [`UnbalancedQuotes`]
pub fn split(line: &[u8]) -> Result<Request<'static>, UnbalancedQuotes> {
    let (mut bytes, mut args) = (Vec::new(), Args::new());
    let mut rest = line;
    while let Some(skipped) = rest.iter().position(|byte| !BLANKS.contains(byte)) {
        let start = bytes.len();
        rest = take_arg(&rest[skipped..], &mut bytes)?;
        args.push(start..bytes.len());
    }
    Ok(Request::new(bytes, args))
}

/// Moves one argument from the front of `rest` to `bytes` and returns what follows it.
fn take_arg<'a>(mut rest: &'a [u8], bytes: &mut Vec<u8>) -> Result<&'a [u8], UnbalancedQuotes> {
    loop {
        rest = match rest {
            [] => return Ok(rest),
            [b' ' | b'\t' | b'\r' | b'\n' | 0, tail @ ..] => return Ok(tail),
            [b'"', quoted @ ..] => return closed(take_double_quoted(quoted, bytes)?),
            [b'\'', quoted @ ..] => return closed(take_single_quoted(quoted, bytes)?),
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
        }
    }
}

/// A space or the end of the line must follow a closing quote.
fn closed(rest: &[u8]) -> Result<&[u8], UnbalancedQuotes> {
    match rest.first() {
        Some(byte) if !BLANKS.contains(byte) => Err(UnbalancedQuotes),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<String> {
        let request = split(line.as_bytes()).unwrap();
        request.args().map(|arg| String::from_utf8(arg.to_vec()).unwrap()).collect()
    }

    #[test]
    fn spaces_separate_arguments() {
        assert_eq!(args("  SET \t name  Alice \r"), ["SET", "name", "Alice"]);
        assert_eq!(args(" \t\r\x0b\x0c"), [""; 0]);
        assert_eq!(
            args("\x0bGET \x0c a\x0bb\x0cc \x0b\"d\"\x0c'e'"),
            ["GET", "a\x0bb\x0cc", "d", "e"]
        );
    }

    #[test]
    fn quotes_hold_an_argument_together() {
        assert_eq!(args(r#"SET "two words" 'and three more' """#).len(), 4);
        assert_eq!(args(r#""tab\t hex\x41 quote\" other\q""#), ["tab\t hexA quote\" otherq"]);
        assert_eq!(args(r"'it\'s \n raw'"), [r"it's \n raw"]);
        assert_eq!(args(r#"pre"fix ed""#), ["prefix ed"]);
    }

    #[test]
    fn an_open_quote_is_an_error() {
        for line in ["\"", "'", "SET k \"v", "SET k 'v", "\"a\"b", "'a'b", "\"\\\""] {
            assert_eq!(split(line.as_bytes()).err(), Some(UnbalancedQuotes), "{line}");
        }
    }
}
