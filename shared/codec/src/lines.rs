//! The client's half of the line protocol of lab 1: arguments to a line, and a line to a reply.

use shared::buffer::ReadBuffer;
use shared::reply::Reply;

use crate::BadReply;

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

    fn decode_reply(
        &mut self,
        buffer: &mut ReadBuffer,
    ) -> Result<Option<Reply<'static>>, BadReply> {
        let bytes = buffer.filled();
        let unsearched = bytes.get(self.searched..).unwrap_or_default();
        let Some(distance) = memchr::memchr(b'\n', unsearched) else {
            self.searched = bytes.len();
            return Ok(None);
        };
        let length = self.searched + distance;
        let line = bytes.get(..length).unwrap_or_default().to_vec();
        self.searched = 0;
        buffer.consume(length + 1);
        Ok(Some(match String::from_utf8(line) {
            Ok(text) if text == "(nil)" => Reply::Nil,
            Ok(text) if text.starts_with("ERR ") => Reply::Error(text.into()),
            Ok(text) => Reply::bulk(text),
            Err(error) => Reply::Bulk(error.into_bytes().into()),
        }))
    }
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
