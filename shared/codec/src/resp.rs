//! The client's half of RESP: a request to an array of bulk strings, and bytes to a reply.

use std::borrow::Cow;

use shared::buffer::ReadBuffer;
use shared::number;
use shared::reply::Reply;

use crate::BadReply;

/// Arrays may be nested this deeply. A hostile server can send 200,000 nested arrays in a megabyte.
const MAX_DEPTH: usize = 128;

/// The line of a length has this many bytes at most.
const MAX_LENGTH_LINE: usize = 64;

/// Decodes replies. It keeps open arrays in a list and not on the call stack. So it can stop between any
/// two bytes and go on later.
#[derive(Debug, Default)]
pub struct Codec {
    /// The arrays that are not complete, the outermost first.
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    items: Vec<Reply<'static>>,
    items_left: usize,
    is_map: bool,
}

/// One element: a simple reply, or the head of an array.
enum Element {
    Whole(Reply<'static>),
    Opens { items: usize, is_map: bool },
}

impl crate::Codec for Codec {
    fn encode_request(args: &[Vec<u8>], output: &mut Vec<u8>) {
        let length = |mark, length, output: &mut Vec<u8>| {
            output.push(mark);
            output.extend_from_slice(itoa::Buffer::new().format(length).as_bytes());
            output.extend_from_slice(b"\r\n");
        };
        length(b'*', args.len(), output);
        for arg in args {
            length(b'$', arg.len(), output);
            output.extend_from_slice(arg);
            output.extend_from_slice(b"\r\n");
        }
    }

    fn decode_reply(
        &mut self,
        buffer: &mut ReadBuffer,
    ) -> Result<Option<Reply<'static>>, BadReply> {
        let (reply, size) = self.decode(buffer.filled())?;
        buffer.consume(size);
        Ok(reply)
    }
}

impl Codec {
    /// Decodes the reply at the front of `bytes`; `None` if it has not arrived whole. Returns how many bytes
    /// have been decoded either way: they are not needed again.
    ///
    /// # Errors
    /// [`BadReply`]
    pub fn decode(&mut self, bytes: &[u8]) -> Result<(Option<Reply<'static>>, usize), BadReply> {
        let mut position = 0;
        loop {
            let rest = bytes.get(position..).unwrap_or_default();
            let Some((element, size)) = element(rest)? else { return Ok((None, position)) };
            position += size;
            let mut reply = match element {
                Element::Opens { .. } if self.open.len() == MAX_DEPTH => {
                    return Err(BadReply::TooDeep);
                }
                Element::Opens { items: items_left @ 1.., is_map } => {
                    self.open.push(Open { items: Vec::new(), items_left, is_map });
                    continue;
                }
                Element::Opens { is_map: false, .. } => Reply::Array(Vec::new()),
                Element::Opens { is_map: true, .. } => Reply::Map(Vec::new()),
                Element::Whole(reply) => reply,
            };
            // The reply may be the last item of an array, and that array the last item of another.
            loop {
                let Some(mut array) = self.open.pop() else { return Ok((Some(reply), position)) };
                array.items.push(reply);
                array.items_left -= 1;
                if array.items_left > 0 {
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

/// Reads one element and its size in bytes; `None` if it has not arrived whole.
fn element(bytes: &[u8]) -> Result<Option<(Element, usize)>, BadReply> {
    let Some((&mark, rest)) = bytes.split_first() else { return Ok(None) };
    match mark {
        b'+' => Ok(text_line(rest).map(|(text, size)| (Element::Whole(Reply::Status(text)), size))),
        b'-' => Ok(text_line(rest).map(|(text, size)| (Element::Whole(Reply::Error(text)), size))),
        b'_' => Ok(text_line(rest).map(|(_, size)| (Element::Whole(Reply::Nil), size))),
        b':' | b'$' | b'=' | b'*' | b'%' => {
            let line = length_line(rest);
            let Some((number, size)) = line? else {
                return Ok(None);
            };
            let body = rest.get(size..).unwrap_or_default();
            Ok(sized(mark, number, body).map(|(element, used)| (element, 1 + size + used)))
        }
        _ => Err(BadReply::Mark(mark)),
    }
}

/// Reads `5\r\n`: the number, and the size of its line; `None` if it has not arrived whole.
fn length_line(bytes: &[u8]) -> Result<Option<(i64, usize)>, BadReply> {
    let front = bytes.get(..MAX_LENGTH_LINE).unwrap_or(bytes);
    let Some(digits) = memchr::memchr(b'\r', front) else {
        return if bytes.len() >= MAX_LENGTH_LINE { Err(BadReply::Length) } else { Ok(None) };
    };
    if bytes.len() < digits + 2 {
        return Ok(None);
    }
    let number = bytes.get(..digits).and_then(number::parse).ok_or(BadReply::Length)?;
    Ok(Some((number, digits + 2)))
}

/// Reads an element that begins with a number. `body` is what follows; the size is how much of it belongs
/// to the element.
fn sized(mark: u8, number: i64, body: &[u8]) -> Option<(Element, usize)> {
    let Ok(count) = usize::try_from(number) else {
        let reply = if mark == b':' { Reply::Integer(number) } else { Reply::Nil };
        return Some((Element::Whole(reply), 0));
    };
    let is_map = mark == b'%';
    match mark {
        b':' => Some((Element::Whole(Reply::Integer(number)), 0)),
        b'*' | b'%' => {
            let items = if is_map { count.saturating_mul(2) } else { count };
            Some((Element::Opens { items, is_map }, 0))
        }
        _ => {
            let end = count.checked_add(2)?;
            body.get(..end)?;
            let bytes = body.get(..count)?;
            let reply = match bytes.get(4..).filter(|_| mark == b'=') {
                Some(text) => Reply::Text(String::from_utf8_lossy(text).into_owned().into()),
                None => Reply::Bulk(Cow::Owned(bytes.to_vec())),
            };
            Some((Element::Whole(reply), end))
        }
    }
}

/// Reads text up to the end of its line. The size includes the mark before the text.
fn text_line(bytes: &[u8]) -> Option<(Cow<'static, str>, usize)> {
    let end = memchr::memchr(b'\n', bytes)?;
    let text = bytes.get(..end)?;
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    Some((String::from_utf8_lossy(text).into_owned().into(), 1 + end + 1))
}
