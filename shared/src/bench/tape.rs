//! The requests of the load, made before the clock starts, and the replies they should get.

use std::ops::Range;

use crate::inbox::Inbox;
use crate::reply::Reply;
use crate::wire::{BadReply, Codec};

/// How many keys the load uses: `bench:0` to `bench:999`.
const KEYS: usize = 1000;
/// What they are set to: as long as that of redis-benchmark.
const VALUE: &[u8] = b"abc";

/// The requests SET `bench:0`, GET `bench:0`, SET `bench:1` and so on, as bytes, one behind the other.
/// Clients send pieces of it, so nothing is encoded while the clock runs.
pub struct Tape {
    bytes: Vec<u8>,
    /// Where each request begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Tape {
    /// A tape that `pipeline` requests at a time go through without a rest, also from its middle.
    pub fn new<C: Codec>(pipeline: usize) -> Self {
        let mut tape = Self { bytes: Vec::new(), starts: vec![0] };
        for index in 0..(2 * KEYS).next_multiple_of(2 * pipeline) {
            let key = format!("bench:{}", index / 2 % KEYS).into_bytes();
            let words = match Kind::of(index) {
                Kind::Set => vec![b"SET".to_vec(), key, VALUE.to_vec()],
                Kind::Get => vec![b"GET".to_vec(), key],
            };
            C::encode(&words, &mut tape.bytes);
            tape.starts.push(tape.bytes.len());
        }
        tape
    }

    /// How many requests are on it.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where the bytes of `count` requests lie, from the one at `index` on.
    pub fn range(&self, index: usize, count: usize) -> Range<usize> {
        let place = |index: usize| self.starts.get(index).copied().unwrap_or(self.bytes.len());
        place(index)..place(index + count)
    }

    /// The bytes at `range`.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }
}

/// What a request asks.
#[derive(Clone, Copy)]
pub enum Kind {
    Set,
    Get,
}

impl Kind {
    /// Of the request at `index` of the tape.
    pub fn of(index: usize) -> Self {
        if index.is_multiple_of(2) { Self::Set } else { Self::Get }
    }

    /// Whether `reply` is the one that it should get.
    fn judge(self, reply: Reply<'_>) -> Verdict {
        let (request, right): (&str, &[u8]) = match self {
            Self::Set => ("SET", b"OK"),
            Self::Get => ("GET", VALUE),
        };
        match reply {
            Reply::Error(text) => Verdict::Error(text.into_owned()),
            Reply::Status(text) if text.as_bytes() == right => Verdict::Right,
            Reply::Bulk(bytes) if *bytes == *right => Verdict::Right,
            wrong => Verdict::Wrong(format!("{request} was answered {}", named(&wrong))),
        }
    }
}

/// What kind of reply it is, for a sentence.
pub fn named(reply: &Reply<'_>) -> String {
    match reply {
        Reply::Status(text) | Reply::Error(text) => format!("'{text}'"),
        Reply::Integer(number) => format!("with the number {number}"),
        Reply::Bulk(bytes) if bytes.len() < 80 => format!("'{}'", bytes.escape_ascii()),
        Reply::Bulk(bytes) => format!("with a value of {} bytes", bytes.len()),
        Reply::Text(text) => format!("with a text of {} bytes", text.len()),
        Reply::Nil => "with nil".to_owned(),
        Reply::Array(_) | Reply::Map(_) => "with an array".to_owned(),
    }
}

/// What is to be thought of a reply.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// It is an error.
    Error(String),
    /// It is no error, but not the answer to the request either.
    Wrong(String),
}

/// The bytes of a right reply to SET and to GET, as the server wrote them first. All further right
/// replies are these bytes again: to compare them takes less than to decode them, and allocates nothing.
#[derive(Default)]
pub struct Replies {
    known: [Vec<u8>; 2],
}

impl Replies {
    /// Takes the reply to a request of `kind` from the front of the inbox; `None` if it is not all here.
    pub fn take<C: Codec>(
        &mut self,
        kind: Kind,
        inbox: &mut Inbox,
        decoder: &mut Decoder<C>,
    ) -> Result<Option<Verdict>, BadReply> {
        let known = &mut self.known[kind as usize];
        if !known.is_empty() && !decoder.is_midway && inbox.unread().starts_with(known) {
            inbox.consume(known.len());
            return Ok(Some(Verdict::Right));
        }
        let before = if known.is_empty() { inbox.unread().to_vec() } else { Vec::new() };
        let was_midway = decoder.is_midway;
        let reply = decoder.codec.decode(inbox)?;
        decoder.is_midway = reply.is_none();
        let verdict = reply.map(|reply| kind.judge(reply));
        if verdict == Some(Verdict::Right) && !was_midway {
            let size = before.len().saturating_sub(inbox.unread().len());
            known.extend_from_slice(&before[..size]);
        }
        Ok(verdict)
    }
}

/// The decoder of one connection.
#[derive(Default)]
pub struct Decoder<C> {
    codec: C,
    /// It holds a part of a reply, so what stands in the inbox is not the beginning of one.
    is_midway: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp;

    #[test]
    fn a_tape_has_whole_batches_and_begins_each_pair_with_set() {
        for pipeline in [1, 3, 16, 64, 5000] {
            let tape = Tape::new::<resp::Codec>(pipeline);
            assert_eq!(tape.len() % (2 * pipeline), 0);
            let first = tape.bytes(tape.range(0, 2));
            let (set, get) = first.split_at(tape.range(0, 1).end);
            assert_eq!(set, b"*3\r\n$3\r\nSET\r\n$7\r\nbench:0\r\n$3\r\nabc\r\n");
            assert_eq!(get, b"*2\r\n$3\r\nGET\r\n$7\r\nbench:0\r\n");
        }
    }

    #[test]
    fn replies_are_judged_before_and_after_the_right_bytes_are_known() {
        let (mut replies, mut decoder) = (Replies::default(), Decoder::<resp::Codec>::default());
        let mut inbox = Inbox::new();
        let mut next = |kind, bytes: &[u8]| {
            inbox.push(bytes);
            replies.take(kind, &mut inbox, &mut decoder)
        };
        for _ in 0..3 {
            assert_eq!(next(Kind::Set, b"+OK\r\n"), Ok(Some(Verdict::Right)));
            assert_eq!(next(Kind::Get, b"$3\r\na"), Ok(None));
            assert_eq!(next(Kind::Get, b"bc\r\n"), Ok(Some(Verdict::Right)));
            assert_eq!(next(Kind::Get, b"$3\r\nabc\r\n"), Ok(Some(Verdict::Right)));
            let wrong = Verdict::Wrong("GET was answered with nil".to_owned());
            assert_eq!(next(Kind::Get, b"$-1\r\n"), Ok(Some(wrong)));
            let error = Verdict::Error("ERR no".to_owned());
            assert_eq!(next(Kind::Set, b"-ERR no\r\n"), Ok(Some(error)));
        }
        assert_eq!(next(Kind::Set, b"HTTP/1.1"), Err(BadReply::Mark(b'H')));
    }
}
