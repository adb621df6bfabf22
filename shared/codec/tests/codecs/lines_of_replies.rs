//! The lines in replies: each byte is searched once for the end of the line, and no line is endless.

use codec::resp::{Codec, MAX_LINE};
use codec::{BadReply, Codec as _};
use shared::buffer::ReadBuffer;

#[test]
fn the_bytes_of_a_line_are_searched_once_and_not_again_at_each_read() {
    for mark in ['+', '-', '(', ',', '_'] {
        let mut codec = Codec::default();
        let mut bytes = format!("{mark}{}", "1".repeat(1000)).into_bytes();
        assert_eq!(codec.decode(&bytes), Ok((None, 0)));
        // A decoder that searched from the start again would find this line break.
        bytes[10] = b'\n';
        bytes.extend_from_slice(b"\r\n");
        let decoded = codec.decode(&bytes).map(|(_, size)| size);
        assert!(decoded == Ok(bytes.len()) || decoded == Err(BadReply::Number), "{decoded:?}");
    }
}

#[test]
fn a_line_that_does_not_end_is_refused_at_the_same_length_in_any_pieces() {
    for mark in ["+", "-", "(", ",", "_", "#", "*2\r\n:1\r\n+"] {
        for length in [MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, 3 * MAX_LINE] {
            let stream = [mark.as_bytes(), &vec![b'1'; length]].concat();
            let expected = if length < MAX_LINE { Ok(None) } else { Err(BadReply::LongLine) };
            for size in [61, 4096, stream.len()] {
                let (mut codec, mut buffer, mut decoded) =
                    (Codec::default(), ReadBuffer::new(), Ok(None));
                for piece in stream.chunks(size) {
                    buffer.extend(piece);
                    decoded = codec.decode_reply(&mut buffer);
                    if decoded.is_err() {
                        break;
                    }
                }
                assert_eq!(decoded, expected, "{mark} {length} {size}");
            }
        }
    }
}
