//! One element of a reply: a whole one such as a number, or the head of an array.

use shared::number;

use crate::{BadReply, Reply};

/// The longest line, in bytes: a status, an error, a number. A server that never ends its line cannot take
/// more memory than this. Redis sends at most some hundred bytes.
pub const MAX_LINE: usize = 64 * 1024;

/// The line of a length has this many bytes at most.
const MAX_LENGTH_LINE: usize = 64;

/// A server of lab 1 takes the first line of a request in RESP for a command with the name `*1`.
const ANSWER_OF_LINES: &[u8] = b"ERR unknown command '*";

/// One element.
pub(super) enum Element {
    Whole(Reply),
    Opens { kind: Kind, items: usize },
}

/// What holds other replies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Array,
    Set,
    Push,
    Map,
    /// Facts about the reply that follows. Like redis-cli, this kit asks for none.
    Attribute,
}

impl Kind {
    /// The reply with these items. An attribute is skipped.
    pub(super) fn close(self, items: Vec<Reply>) -> Option<Reply> {
        Some(match self {
            Self::Array => Reply::Array(items),
            Self::Set => Reply::Set(items),
            Self::Push => Reply::Push(items),
            Self::Map => {
                let mut items = items.into_iter();
                Reply::Map(std::iter::from_fn(|| Some((items.next()?, items.next()?))).collect())
            }
            Self::Attribute => return None,
        })
    }
}

/// Reads one element and its size in bytes; `None` if it has not arrived whole. `searched` remembers how
/// far its line has been searched.
pub(super) fn read(
    bytes: &[u8],
    searched: &mut usize,
) -> Result<Option<(Element, usize)>, BadReply> {
    let Some((&mark, rest)) = bytes.split_first() else { return Ok(None) };
    match mark {
        b'+' | b'-' | b'_' | b',' | b'#' | b'(' => {
            let Some((line, size)) = text_line(rest, searched)? else { return Ok(None) };
            Ok(Some((Element::Whole(simple(mark, line)?), 1 + size)))
        }
        b':' | b'$' | b'=' | b'!' | b'*' | b'%' | b'~' | b'>' | b'|' => {
            let Some((number, size)) = length_line(rest)? else { return Ok(None) };
            let body = rest.get(size..).unwrap_or_default();
            Ok(sized(mark, number, body).map(|(element, used)| (element, 1 + size + used)))
        }
        _ if bytes.starts_with(ANSWER_OF_LINES) => Err(BadReply::SpeaksLines),
        _ if ANSWER_OF_LINES.starts_with(bytes) => Ok(None),
        _ => Err(BadReply::Mark(mark)),
    }
}

/// Reads text up to the end of its line, and the size of its line; `None` if it has not arrived whole.
fn text_line<'a>(
    bytes: &'a [u8],
    searched: &mut usize,
) -> Result<Option<(&'a [u8], usize)>, BadReply> {
    // The limit holds whether the end of the line is here or not: it must not depend on the reads.
    let front = bytes.get(..MAX_LINE).unwrap_or(bytes);
    let unsearched = front.get(*searched..).unwrap_or_default();
    let Some(distance) = memchr::memchr(b'\n', unsearched) else {
        *searched = front.len();
        return if front.len() < MAX_LINE { Ok(None) } else { Err(BadReply::LongLine) };
    };
    let end = std::mem::take(searched) + distance;
    let text = bytes.get(..end).unwrap_or_default();
    Ok(Some((text.strip_suffix(b"\r").unwrap_or(text), end + 1)))
}

/// The reply that is one line.
fn simple(mark: u8, line: &[u8]) -> Result<Reply, BadReply> {
    let text = String::from_utf8_lossy(line);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    Ok(match mark {
        b'+' => Reply::Status(text.into_owned()),
        b'-' => Reply::Error(text.into_owned()),
        b'_' => Reply::Nil,
        b'#' if text == "t" || text == "f" => Reply::Boolean(text == "t"),
        b',' if text.parse::<f64>().is_ok() => Reply::Double(text.into_owned()),
        b'(' if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Reply::BigNumber(text.into_owned())
        }
        _ => return Err(BadReply::Number),
    })
}

/// Reads `5\r\n`: the number, and the size of its line; `None` if it has not arrived whole.
fn length_line(bytes: &[u8]) -> Result<Option<(i64, usize)>, BadReply> {
    let front = bytes.get(..MAX_LENGTH_LINE).unwrap_or(bytes);
    let Some(digits) = memchr::memchr(b'\r', front) else {
        return if bytes.len() >= MAX_LENGTH_LINE { Err(BadReply::Number) } else { Ok(None) };
    };
    if bytes.len() < digits + 2 {
        return Ok(None);
    }
    let number = bytes.get(..digits).and_then(number::parse).ok_or(BadReply::Number)?;
    Ok(Some((number, digits + 2)))
}

/// Reads an element that begins with a number. `body` is what follows; the size is how much of it belongs
/// to the element.
fn sized(mark: u8, number: i64, body: &[u8]) -> Option<(Element, usize)> {
    let Ok(count) = usize::try_from(number) else {
        let reply = if mark == b':' { Reply::Integer(number) } else { Reply::Nil };
        return Some((Element::Whole(reply), 0));
    };
    let (kind, items) = match mark {
        b':' => return Some((Element::Whole(Reply::Integer(number)), 0)),
        b'*' => (Kind::Array, count),
        b'~' => (Kind::Set, count),
        b'>' => (Kind::Push, count),
        b'%' => (Kind::Map, count.saturating_mul(2)),
        b'|' => (Kind::Attribute, count.saturating_mul(2)),
        _ => return text_or_bytes(mark, count, body),
    };
    Some((Element::Opens { kind, items }, 0))
}

/// Reads `count` bytes and the line break after them.
fn text_or_bytes(mark: u8, count: usize, body: &[u8]) -> Option<(Element, usize)> {
    let end = count.checked_add(2)?;
    body.get(..end)?;
    let bytes = body.get(..count)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let reply = match (mark, bytes.get(4..)) {
        (b'!', _) => Reply::Error(text(bytes)),
        // Text has its format in front: `txt:` or `mkd:`.
        (b'=', Some(after_format)) => Reply::Text(text(after_format)),
        _ => Reply::bulk(bytes),
    };
    Some((Element::Whole(reply), end))
}
