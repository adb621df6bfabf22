//! The client's half of the line protocol of lab 1: arguments to a line, and a line to a reply.
//!
//! A line does not tell its type. So a stored value that is `(nil)`, or that begins with `ERR ` or `OOM `, cannot be
//! told from a missing value or an error. That is a reason for lab 2.

use shared::buffer::ReadBuffer;
use shared::limits::MAX_BULK_LEN;

use crate::{BadReply, Reply};

/// The codes of all errors that a server of this kit sends, with the space behind them. A value may begin with any
/// other word.
const ERROR_CODES: [&[u8]; 4] = [b"ERR ", b"OOM ", b"NOPROTO ", b"WRONGPASS "];

/// A reply in RESP begins with one of these bytes.
const RESP_MARKS: &[u8] = b"+-:$*_,#(=!%~>|";

/// Decodes lines.
#[derive(Debug, Default)]
pub struct Codec {
    /// This many bytes hold no line break. They are not searched again.
    searched: usize,
}

impl crate::Codec for Codec {
    fn encode_request(args: &[Vec<u8>], output: &mut Vec<u8>) {
        for (index, arg) in args.iter().enumerate() {
            if index > 0 {
                output.push(b' ');
            }
            quote(arg, output);
        }
        output.push(b'\n');
    }

    fn decode_reply(&mut self, buffer: &mut ReadBuffer) -> Result<Option<Reply>, BadReply> {
        // A line holds a whole value. No value is longer, so a server that never ends its line is refused.
        let Some(length) = self.find_end(buffer.filled(), MAX_BULK_LEN)? else { return Ok(None) };
        let line = buffer.filled().get(..length).unwrap_or_default().to_vec();
        buffer.consume(length + 1);
        Ok(Some(match String::from_utf8(line) {
            Ok(text) if text == "(nil)" => Reply::Nil,
            Ok(text) if is_error(text.as_bytes()) => Reply::Error(text),
            Ok(text) => Reply::bulk(text),
            Err(error) => Reply::bulk(error.into_bytes()),
        }))
    }

    /// RESP ends each line with CR and LF, lab 1 with LF alone. But a value may begin and end so, too.
    fn looks_foreign(reply: &Reply) -> bool {
        matches!(reply, Reply::Bulk(line)
            if line.ends_with(b"\r") && line.first().is_some_and(|mark| RESP_MARKS.contains(mark)))
    }
}

impl Codec {
    /// The length of the line at the front; `None` if it has not arrived whole.
    fn find_end(&mut self, bytes: &[u8], longest: usize) -> Result<Option<usize>, BadReply> {
        let unsearched = bytes.get(self.searched..).unwrap_or_default();
        let end = memchr::memchr(b'\n', unsearched).map(|distance| self.searched + distance);
        if end.unwrap_or(bytes.len()) > longest {
            return Err(BadReply::LongLine);
        }
        self.searched = if end.is_some() { 0 } else { bytes.len() };
        Ok(end)
    }
}

/// Whether a line is an error, by its first word.
#[must_use]
pub fn is_error(line: &[u8]) -> bool {
    ERROR_CODES.iter().any(|code| line.starts_with(code))
}

/// Writes an argument so that [`shared::inline::split`] restores it: in double quotes if necessary.
pub fn quote(arg: &[u8], line: &mut Vec<u8>) {
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\');
    if !arg.is_empty() && arg.iter().all(is_plain) {
        line.extend_from_slice(arg);
        return;
    }
    line.push(b'"');
    for &byte in arg {
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
    use proptest::prelude::*;

    use crate::BadReply;

    #[test]
    fn a_line_is_searched_once_and_refused_if_it_is_too_long() {
        let mut codec = super::Codec::default();
        assert_eq!(codec.find_end(b"12345", 8), Ok(None));
        // A decoder that searched from the start again would find the first line break.
        assert_eq!(codec.find_end(b"1\n34567\n", 8), Ok(Some(7)));
        for bytes in [&b"123456789"[..], b"123456789\n"] {
            assert_eq!(super::Codec::default().find_end(bytes, 8), Err(BadReply::LongLine));
        }
        assert_eq!(codec.find_end(b"12345678\n", 8), Ok(Some(8)));
    }

    proptest! {
        #[test]
        fn quoted_arguments_are_split_into_the_same_arguments(
            args in proptest::collection::vec(any::<Vec<u8>>(), 0..6)
        ) {
            let mut line = Vec::new();
            for arg in &args {
                super::quote(arg, &mut line);
                line.push(b' ');
            }
            prop_assert!(!line.contains(&b'\n'));
            let request = shared::inline::split(&line).unwrap();
            prop_assert_eq!(request.args().map(<[u8]>::to_vec).collect::<Vec<_>>(), args);
        }
    }
}
