//! The client's half of RESP: requests to bytes, and bytes to replies.

use std::borrow::Cow;

use super::{BadLine, bulk, length, length_line};
use crate::inbox::Inbox;
use crate::reply::Reply;
use crate::wire::{BadReply, Wire};

/// Most arrays within arrays. A hostile server sends 200,000 of them in a megabyte.
const DEPTH: usize = 128;

/// Decodes replies. The arrays that are open are kept on a list and not on the call stack, so that it can
/// stop between any two bytes and go on.
#[derive(Debug, Default)]
pub struct Codec {
    /// The arrays that have begun and not ended, the outermost first.
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    items: Vec<Reply<'static>>,
    missing: usize,
    is_map: bool,
}

/// What stands at the front of the inbox.
enum Piece {
    Whole(Reply<'static>),
    Opens { items: usize, is_map: bool },
}

impl crate::wire::Codec for Codec {
    const WIRE: Wire = Wire::Resp;

    fn encode(words: &[Vec<u8>], outbox: &mut Vec<u8>) {
        length(b'*', words.len(), outbox);
        for word in words {
            bulk(word, outbox);
        }
    }

    fn decode(&mut self, inbox: &mut Inbox) -> Result<Option<Reply<'static>>, BadReply> {
        loop {
            let Some((piece, size)) = piece(inbox.unread())? else { return Ok(None) };
            inbox.consume(size);
            let mut reply = match piece {
                Piece::Opens { .. } if self.open.len() == DEPTH => return Err(BadReply::TooDeep),
                Piece::Opens { items: missing @ 1.., is_map } => {
                    self.open.push(Open { items: Vec::new(), missing, is_map });
                    continue;
                }
                Piece::Opens { is_map: false, .. } => Reply::Array(Vec::new()),
                Piece::Opens { is_map: true, .. } => Reply::Map(Vec::new()),
                Piece::Whole(reply) => reply,
            };
            // A whole reply may be the last item of an array, and that array of another.
            loop {
                let Some(mut array) = self.open.pop() else { return Ok(Some(reply)) };
                array.items.push(reply);
                array.missing -= 1;
                if array.missing > 0 {
                    self.open.push(array);
                    break;
                }
                reply = array.close();
            }
        }
    }
}

impl Open {
    fn close(self) -> Reply<'static> {
        if !self.is_map {
            return Reply::Array(self.items);
        }
        let mut items = self.items.into_iter();
        Reply::Map(std::iter::from_fn(|| Some((items.next()?, items.next()?))).collect())
    }
}

/// Reads one piece and tells how many bytes it takes; `None` if it is not all here.
fn piece(bytes: &[u8]) -> Result<Option<(Piece, usize)>, BadReply> {
    let Some((&mark, rest)) = bytes.split_first() else { return Ok(None) };
    match mark {
        b'+' => Ok(text_line(rest).map(|(text, size)| (Piece::Whole(Reply::Status(text)), size))),
        b'-' => Ok(text_line(rest).map(|(text, size)| (Piece::Whole(Reply::Error(text)), size))),
        b'_' => Ok(text_line(rest).map(|(_, size)| (Piece::Whole(Reply::Nil), size))),
        b':' | b'$' | b'=' | b'*' | b'%' => {
            let line = length_line(rest);
            let Some((number, size)) = line.map_err(|_: BadLine| BadReply::Length)? else {
                return Ok(None);
            };
            Ok(sized(mark, number, rest.get(size..).unwrap_or_default())
                .map(|(piece, body)| (piece, 1 + size + body)))
        }
        _ => Err(BadReply::Mark(mark)),
    }
}

/// Reads a piece that starts with a number, of which `body` is what follows; how much of it is its.
fn sized(mark: u8, number: i64, body: &[u8]) -> Option<(Piece, usize)> {
    let Ok(count) = usize::try_from(number) else {
        let reply = if mark == b':' { Reply::Integer(number) } else { Reply::Nil };
        return Some((Piece::Whole(reply), 0));
    };
    let is_map = mark == b'%';
    match mark {
        b':' => Some((Piece::Whole(Reply::Integer(number)), 0)),
        b'*' | b'%' => {
            let items = if is_map { count.saturating_mul(2) } else { count };
            Some((Piece::Opens { items, is_map }, 0))
        }
        _ => {
            let end = count.checked_add(2)?;
            body.get(..end)?;
            let bytes = body.get(..count)?;
            let reply = match bytes.get(4..).filter(|_| mark == b'=') {
                Some(text) => Reply::Text(String::from_utf8_lossy(text).into_owned().into()),
                None => Reply::Bulk(Cow::Owned(bytes.to_vec())),
            };
            Some((Piece::Whole(reply), end))
        }
    }
}

/// Reads text up to the end of its line; the size counts the mark in front of it too.
fn text_line(bytes: &[u8]) -> Option<(Cow<'static, str>, usize)> {
    let end = memchr::memchr(b'\n', bytes)?;
    let text = bytes.get(..end)?;
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    Some((String::from_utf8_lossy(text).into_owned().into(), 1 + end + 1))
}
