//! The requests of the load, encoded before the clock starts, and the expected replies.

use std::ops::Range;

use codec::printable::one_line;
use codec::{BadReply, Codec, Reply};
use shared::buffer::ReadBuffer;

/// How many keys the load uses: `bench:0` to `bench:999`.
const KEYS: usize = 1000;
/// The value of each key. It is as long as the value that redis-benchmark uses.
const VALUE: &[u8] = b"abc";

/// The requests SET `bench:0`, GET `bench:0`, SET `bench:1` and so on, as bytes, one after the other.
/// Clients send parts of these bytes, so no request is encoded while the clock runs.
pub struct Workload {
    bytes: Vec<u8>,
    /// Where each request begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Workload {
    /// A workload whose length is a multiple of `2 * pipeline`. So a client may begin at any such
    /// multiple, with a SET, and no batch goes beyond the last request.
    pub fn new<C: Codec>(pipeline: usize) -> Self {
        let mut workload = Self { bytes: Vec::new(), starts: vec![0] };
        for index in 0..(2 * KEYS).next_multiple_of(2 * pipeline) {
            let key = format!("bench:{}", index / 2 % KEYS).into_bytes();
            let args = match Kind::of(index) {
                Kind::Set => vec![b"SET".to_vec(), key, VALUE.to_vec()],
                Kind::Get => vec![b"GET".to_vec(), key],
            };
            C::encode_request(&args, &mut workload.bytes);
            workload.starts.push(workload.bytes.len());
        }
        workload
    }

    /// The number of requests.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The positions of the bytes of `count` requests, from the request at `index` on.
    pub fn range(&self, index: usize, count: usize) -> Range<usize> {
        let start = |index: usize| self.starts.get(index).copied().unwrap_or(self.bytes.len());
        start(index)..start(index + count)
    }

    /// The bytes at `range`.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }
}

/// The command of a request.
#[derive(Clone, Copy)]
pub enum Kind {
    Set,
    Get,
}

impl Kind {
    /// The kind of the request at `index` of the workload.
    pub fn of(index: usize) -> Self {
        if index.is_multiple_of(2) { Self::Set } else { Self::Get }
    }

    /// Whether `reply` is the expected one.
    fn check(self, reply: Reply) -> Verdict {
        let (request, right): (&str, &[u8]) = match self {
            Self::Set => ("SET", b"OK"),
            Self::Get => ("GET", VALUE),
        };
        match reply {
            Reply::Error(text) => Verdict::Error(one_line(&text)),
            Reply::Status(text) if text.as_bytes() == right => Verdict::Right,
            Reply::Bulk(bytes) if bytes == right => Verdict::Right,
            wrong => Verdict::Wrong(format!("the reply to {request} was {}", describe(&wrong))),
        }
    }
}

/// A short description of a reply, for a sentence.
pub fn describe(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) | Reply::Error(text) => format!("'{}'", one_line(text)),
        Reply::Integer(number) => format!("the number {number}"),
        Reply::Double(digits) | Reply::BigNumber(digits) => format!("the number {digits}"),
        Reply::Boolean(value) => value.to_string(),
        Reply::Bulk(bytes) if bytes.len() < 80 => format!("'{}'", bytes.escape_ascii()),
        Reply::Bulk(bytes) => format!("a value of {} bytes", bytes.len()),
        Reply::Text(text) => format!("a text of {} bytes", text.len()),
        Reply::Nil => "nil".to_owned(),
        Reply::Array(_) | Reply::Set(_) | Reply::Push(_) | Reply::Map(_) => "an array".to_owned(),
    }
}

/// The result of checking a reply.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// The reply is an error.
    Error(String),
    /// The reply is not an error, but it is not the expected reply.
    Wrong(String),
}

/// The bytes of the first right reply to SET and to GET. All later right replies have the same bytes.
/// Comparing them costs less than decoding, and allocates no memory.
#[derive(Default)]
pub struct Replies {
    known: [Vec<u8>; 2],
}

impl Replies {
    /// Takes the reply to a request of `kind` from the start of the buffer. `None` means that the
    /// reply is not complete yet.
    pub fn take<C: Codec>(
        &mut self,
        kind: Kind,
        buffer: &mut ReadBuffer,
        decoder: &mut Decoder<C>,
    ) -> Result<Option<Verdict>, BadReply> {
        let known = &mut self.known[kind as usize];
        if !known.is_empty() && !decoder.is_midway && buffer.filled().starts_with(known) {
            buffer.consume(known.len());
            return Ok(Some(Verdict::Right));
        }
        let before = if known.is_empty() { buffer.filled().to_vec() } else { Vec::new() };
        let was_midway = decoder.is_midway;
        let reply = decoder.codec.decode_reply(buffer)?;
        decoder.is_midway = reply.is_none();
        // The reply to SET is never a stored value, so it is foreign if it looks so.
        if matches!(kind, Kind::Set) && reply.as_ref().is_some_and(C::looks_foreign) {
            return Err(BadReply::SpeaksResp);
        }
        let verdict = reply.map(|reply| kind.check(reply));
        if verdict == Some(Verdict::Right) && !was_midway {
            let size = before.len().saturating_sub(buffer.filled().len());
            known.extend_from_slice(&before[..size]);
        }
        Ok(verdict)
    }
}

/// The decoder of one connection.
#[derive(Default)]
pub struct Decoder<C> {
    codec: C,
    /// The codec holds the first part of a reply, so the buffer does not start with a new reply.
    is_midway: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::resp;

    #[test]
    fn a_workload_has_whole_batches_and_each_pair_begins_with_set() {
        for pipeline in [1, 3, 16, 64, 5000] {
            let workload = Workload::new::<resp::Codec>(pipeline);
            assert_eq!(workload.len() % (2 * pipeline), 0);
            let first = workload.bytes(workload.range(0, 2));
            let (set, get) = first.split_at(workload.range(0, 1).end);
            assert_eq!(set, b"*3\r\n$3\r\nSET\r\n$7\r\nbench:0\r\n$3\r\nabc\r\n");
            assert_eq!(get, b"*2\r\n$3\r\nGET\r\n$7\r\nbench:0\r\n");
        }
    }

    #[test]
    fn replies_are_checked_before_and_after_the_right_bytes_are_known() {
        let (mut replies, mut decoder) = (Replies::default(), Decoder::<resp::Codec>::default());
        let mut buffer = ReadBuffer::new();
        let mut next = |kind, bytes: &[u8]| {
            buffer.extend(bytes);
            replies.take(kind, &mut buffer, &mut decoder)
        };
        for _ in 0..3 {
            assert_eq!(next(Kind::Set, b"+OK\r\n"), Ok(Some(Verdict::Right)));
            assert_eq!(next(Kind::Get, b"$3\r\na"), Ok(None));
            assert_eq!(next(Kind::Get, b"bc\r\n"), Ok(Some(Verdict::Right)));
            assert_eq!(next(Kind::Get, b"$3\r\nabc\r\n"), Ok(Some(Verdict::Right)));
            let wrong = Verdict::Wrong("the reply to GET was nil".to_owned());
            assert_eq!(next(Kind::Get, b"$-1\r\n"), Ok(Some(wrong)));
            let error = Verdict::Error("ERR no".to_owned());
            assert_eq!(next(Kind::Set, b"-ERR no\r\n"), Ok(Some(error)));
        }
        assert_eq!(next(Kind::Set, b"HTTP/1.1"), Err(BadReply::Mark(b'H')));
    }
}
