//! Replies: where each one ends, and what may differ in them.

use super::requests::Request;

/// Times may differ by this much, in milliseconds: the second server answers a moment later. Other tests, where
/// time is an argument, check the rounding.
const TOLERANCE: i64 = 60_000;

/// Splits a stream into replies. Bytes that are no whole reply become the last one.
pub fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut replies = Vec::new();
    while !bytes.is_empty() {
        let (reply, rest) = bytes.split_at(reply_len(bytes).unwrap_or(bytes.len()));
        replies.push(reply);
        bytes = rest;
    }
    replies
}

/// The length of the reply at the front, in RESP2 or RESP3.
fn reply_len(bytes: &[u8]) -> Option<usize> {
    let head = bytes.iter().position(|byte| *byte == b'\n')? + 1;
    let number =
        std::str::from_utf8(&bytes[1..head]).ok().and_then(|text| text.trim().parse().ok());
    let count: usize = match (bytes[0], number) {
        (b'$' | b'=', Some(length)) => {
            return (head + length + 2 <= bytes.len()).then_some(head + length + 2);
        }
        (b'*' | b'~', Some(items)) => items,
        (b'%', Some(pairs)) => 2 * pairs,
        _ => 0,
    };
    (0..count).try_fold(head, |end, _| Some(end + reply_len(&bytes[end..])?))
}

/// Whether both streams of replies to a garbled request are the same. Nobody knows which request a reply belongs
/// to, so the text about an unknown command is not compared.
pub fn are_same(redis: &[&[u8]], lab: &[&[u8]]) -> bool {
    let is_same = |(redis, lab): (&&[u8], &&[u8])| {
        let starts_so =
            |start: &str| redis.starts_with(start.as_bytes()) && lab.starts_with(start.as_bytes());
        redis == lab
            || starts_so("-ERR unknown command")
            || starts_so("-ERR wrong number of arguments")
    };
    // Redis looks at the first byte of an argument when the line of its length is whole. This kit looks at once.
    let is_early = lab.len() == redis.len() + 1
        && lab[redis.len()].starts_with(b"-ERR Protocol error: expected");
    (redis.len() == lab.len() || is_early) && redis.iter().zip(lab).all(is_same)
}

/// Whether both replies are the same, apart from what may differ.
pub fn is_same(request: &Request, redis: &[u8], lab: &[u8]) -> bool {
    if redis == lab {
        return true;
    }
    let arg = |index: usize| request.args.get(index).map_or(String::new(), |arg| as_typed(arg));
    let (name, first) = (arg(0).to_uppercase(), arg(1).to_uppercase());
    match (name.as_str(), first.as_str(), request.args.len()) {
        // This kit has no HELLO without arguments, by design.
        ("HELLO", _, 1) => lab == unknown(request).as_bytes(),
        _ if redis[0] == b'-' => String::from_utf8_lossy(lab) == expected_error(request, redis),
        // Figures and texts about the server are its own. Only the kind of the reply is the same.
        ("INFO" | "COMMAND", _, 1)
        | ("COMMAND", "DOCS" | "COUNT" | "HELP", 2)
        | ("CLIENT", "ID" | "LIST" | "HELP", 2)
        | ("CONFIG", "HELP", 2) => redis[0] == lab[0],
        // The number of the client differs: this test has made more connections to Redis.
        ("HELLO", ..) => without_number(redis, b"id\r\n:") == without_number(lab, b"id\r\n:"),
        // Redis estimates this average from time to time.
        ("INFO", ..) => {
            text_before(redis, b",avg_ttl") == text_before(lab, b",avg_ttl") && redis[0] == lab[0]
        }
        ("TTL", ..) => is_near(redis, lab, TOLERANCE / 1000),
        ("PTTL", ..) => is_near(redis, lab, TOLERANCE),
        // The order is that of a hash table.
        ("KEYS", ..) => sorted(redis, 1) == sorted(lab, 1),
        ("CONFIG", ..) => sorted(redis, 2) == sorted(lab, 2),
        _ => false,
    }
}

fn unknown(request: &Request) -> String {
    format!("-ERR unknown command '{}'\r\n", as_typed(&request.args[0]))
}

/// The reply that this kit should send. Two of its error lines differ from those of Redis, by design: they
/// repeat the name as the client typed it, and nothing else. An error is text, so bytes that are no text are
/// replaced.
fn expected_error(request: &Request, redis: &[u8]) -> String {
    let reply = String::from_utf8_lossy(redis).into_owned();
    if reply.starts_with("-ERR unknown command") {
        return unknown(request);
    }
    let Some(name) = reply.strip_prefix("-ERR wrong number of arguments for '") else {
        return reply;
    };
    // The name of a subcommand follows that of its command.
    let count = if name.contains('|') { 2 } else { 1 };
    let typed: Vec<_> = request.args.iter().take(count).map(|arg| as_typed(arg)).collect();
    format!("-ERR wrong number of arguments for '{}'\r\n", typed.join("|"))
}

/// A name as an error repeats it: its first 128 bytes, in one line.
fn as_typed(arg: &[u8]) -> String {
    String::from_utf8_lossy(&arg[..arg.len().min(128)]).replace(['\r', '\n'], " ")
}

/// A reply without the digits behind `field`.
fn without_number(reply: &[u8], field: &[u8]) -> Vec<u8> {
    let mut reply = reply.to_vec();
    if let Some(found) = reply.windows(field.len()).position(|bytes| bytes == field) {
        let start = found + field.len();
        let digits = reply[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        reply.drain(start..start + digits);
    }
    reply
}

/// The lines of INFO, without the length in front of them, up to `field`.
fn text_before<'a>(reply: &'a [u8], field: &[u8]) -> &'a [u8] {
    let start = reply.iter().position(|byte| *byte == b'#').unwrap_or(0);
    let end = reply.windows(field.len()).position(|bytes| bytes == field).unwrap_or(reply.len());
    &reply[start..end]
}

fn is_near(redis: &[u8], lab: &[u8], tolerance: i64) -> bool {
    let number = |reply: &[u8]| {
        std::str::from_utf8(reply).ok()?.strip_prefix(':')?.trim().parse::<i64>().ok()
    };
    let both = number(redis).zip(number(lab));
    both.is_some_and(|(redis, lab)| redis > 0 && lab > 0 && (redis - lab).abs() <= tolerance)
}

/// The head of an array, and its items in order; `size` of them belong together.
fn sorted(reply: &[u8], size: usize) -> (&[u8], Vec<Vec<&[u8]>>) {
    let head = reply.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let (head, items) = reply.split_at(head);
    let mut items: Vec<_> = split(items).chunks(size).map(<[_]>::to_vec).collect();
    items.sort_unstable();
    (head, items)
}
