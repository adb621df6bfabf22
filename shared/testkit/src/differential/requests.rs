//! Random requests, made from patterns.
//!
//! A pattern is a line such as `3 EXPIRE {key} {seconds} {condition*}`. It is drawn three times as often as one
//! without a number. A word in braces is drawn at random: [`draw`] knows the kinds. With a star it
//! stands for none to three of them. Any other word is sent as it is, in random case. Some requests then get an
//! argument too many, or lose one.
//!
//! What depends on the moment is left out: no key lives for less than a week, unless its time has passed.

use fastrand::Rng;

use super::words::{draw, in_random_case, pick};

/// Requests that can never be decoded, and others after which the connection is closed. A line of HTTP is not
/// among them: the connection is closed at once, and the replies before it may be lost.
#[rustfmt::skip]
const ENDS: &[&[u8]] = &[
    b"QUIT\r\n", b"quit now\r\n", b"*1\r\n$4\r\nqUiT\r\n", b"*x\r\n", b"*1\r\n:1\r\n", b"*1\r\n!\r\n",
    b"*1\r\n\r\n", b"*1\r\n$-1\r\n", b"*1\r\n$x\r\n", b"*1\r\n$ 4\r\nPING\r\n", b"*1\r\n$04\r\nPING\r\n",
    b"*01\r\n", b"*+1\r\n", b"*\r\n", b"*2147483648\r\n", b"*1\r\n$536870913\r\n",
    b"*1\r\n$99999999999999999999\r\n", b"*2\r\n$4\r\nPING\r\n*1\r\n", b"GET \"a\r\n", b"GET 'a\r\n",
    b"GET \"a\"b\r\n", b"GET 'a'b\r\n", b"GET \"\\\"\r\n",
];

/// Requests without arguments, which get no reply.
const EMPTY: &[&[u8]] = &[b"\r\n", b"\n", b" \t\x0b\r\n", b"*0\r\n", b"*-1\r\n", b"*-7\r\n"];

/// What lines of quotes are made of. There is no NUL: Redis does not find the end of a line behind a NUL.
const QUOTES: &[&str] = &[
    "\"", "\"", "'", "'", "\\", "\\", "x41", "xg", "n", "a", " ", " ", "\t", "\x0b", "\x0c", "\r",
    "\u{e9}",
];

/// Requests to be garbled, and what garbles them.
const SIMPLE: &[u8] = b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$12\r\n123456789012\r\n\
    *2\r\n$3\r\nGET\r\n$1\r\na\r\nPING\r\n";
const GARBAGE: &[u8] = b"*$:\r\n\r\n0123456789-+ \"'\\x";

/// One request.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its arguments. A request without arguments gets no reply.
    pub args: Vec<Vec<u8>>,
    /// Whether the conversation ends with it.
    pub ends: Option<End>,
}

/// How a conversation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The server closes the connection.
    Closed,
    /// The request is garbled. Nobody knows how many replies it gets, so the client sends nothing more, and the
    /// server then closes the connection.
    Garbled,
}

impl Request {
    /// A line of a file as an inline request. Its arguments are known as far as the comparison needs them.
    pub fn from_line(line: &str) -> Self {
        let args = if line == "*0" { "" } else { line }.split_whitespace();
        let args = args.map(|arg| arg.trim_matches('"').into()).collect();
        Self { bytes: format!("{line}\r\n").into_bytes(), args, ends: None }
    }
}

/// Draws requests.
pub struct Generator<'a> {
    rng: Rng,
    /// The patterns, each as often as its number says.
    patterns: Vec<Vec<&'a str>>,
}

impl<'a> Generator<'a> {
    /// A generator for these patterns. All that it draws depends on `seed`.
    pub fn new(patterns: &'a str, seed: u64) -> Self {
        let lines = patterns.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let patterns = lines.flat_map(|line| {
            let mut words: Vec<_> = line.split_whitespace().collect();
            let times = words[0].parse().ok();
            words.drain(..usize::from(times.is_some()));
            vec![words; times.unwrap_or(1)]
        });
        Self { rng: Rng::with_seed(seed), patterns: patterns.collect() }
    }

    /// Up to a hundred requests, of which the last one may end the conversation, or one that is garbled.
    pub fn batch(&mut self, most: usize) -> Vec<Request> {
        if self.rng.u8(..3) == 0 {
            return vec![self.garbled()];
        }
        let mut batch = Vec::new();
        for _ in 0..self.rng.usize(1..=100) {
            if self.rng.u8(..40) == 0 {
                batch.push(Request {
                    bytes: pick(&mut self.rng, EMPTY).to_vec(),
                    ..Request::default()
                });
            }
            let args = self.args();
            let follows = key_that_has_expired(&args);
            batch.push(self.encode(args));
            batch.extend(follows.map(|args| self.encode(args)));
        }
        if self.rng.u8(..4) == 0 {
            let bytes = pick(&mut self.rng, ENDS).to_vec();
            batch.push(Request { args: vec![bytes.clone()], bytes, ends: Some(End::Closed) });
        }
        batch.truncate(most);
        batch
    }

    /// A line of random quotes, or some simple requests in which a few bytes are replaced. It stands alone,
    /// because Redis may lose replies when it notices the end of the connection.
    fn garbled(&mut self) -> Request {
        let rng = &mut self.rng;
        let mut bytes = b"ECHO ".to_vec();
        if rng.bool() {
            bytes.extend((0..rng.u8(..12)).flat_map(|_| pick(rng, QUOTES).bytes()));
        } else {
            bytes = SIMPLE.to_vec();
            for _ in 0..rng.u8(1..4) {
                let start = rng.usize(..bytes.len());
                let end = bytes.len().min(start + rng.usize(..3));
                let garbage: Vec<u8> = (0..rng.u8(..3)).map(|_| pick(rng, GARBAGE)).collect();
                bytes.splice(start..end, garbage);
            }
        }
        bytes.extend_from_slice(b"\r\nPING\r\n");
        Request { bytes, args: Vec::new(), ends: Some(End::Garbled) }
    }

    fn args(&mut self) -> Vec<Vec<u8>> {
        let pattern = self.rng.choice(&self.patterns).cloned().unwrap_or_default();
        let mut args = Vec::new();
        for word in pattern {
            let Some(kind) = word.strip_prefix('{').and_then(|kind| kind.strip_suffix('}')) else {
                args.push(in_random_case(&mut self.rng, word));
                continue;
            };
            let times = if kind.ends_with('*') { self.rng.u8(..4) } else { 1 };
            for _ in 0..times {
                draw(&mut self.rng, kind.trim_end_matches('*'), &mut args);
            }
        }
        match self.rng.u8(..40) {
            0 => args.truncate(args.len().saturating_sub(1).max(1)),
            1 => draw(&mut self.rng, "word", &mut args),
            _ => {}
        }
        args
    }

    /// A request with these arguments, as an array or as a line.
    fn encode(&mut self, args: Vec<Vec<u8>>) -> Request {
        let size: usize = args.iter().map(Vec::len).sum();
        let bytes =
            if size < 1000 && self.rng.u8(..3) == 0 { self.line(&args) } else { array(&args) };
        Request { bytes, args, ends: None }
    }

    fn line(&mut self, args: &[Vec<u8>]) -> Vec<u8> {
        let blanks = ["", " ", "\t", "  \x0b \x0c"];
        let mut line = pick(&mut self.rng, &blanks).as_bytes().to_vec();
        for arg in args {
            line.extend(self.quoted(arg));
            line.push(b' ');
            line.extend(pick(&mut self.rng, &blanks).bytes());
        }
        line.extend_from_slice(pick(&mut self.rng, &[b"\r\n", b"\n"]));
        line
    }

    /// An argument as part of a line: as it is, if that is possible, or in quotes.
    fn quoted(&mut self, arg: &[u8]) -> Vec<u8> {
        let is_plain = |byte: &u8| !b" \t\r\n\0\"'".contains(byte);
        let first = arg.first().copied();
        let may_be_plain =
            arg.iter().all(is_plain) && !matches!(first, None | Some(b'*' | 0x0b | 0x0c));
        if may_be_plain && self.rng.u8(..4) > 0 {
            return arg.to_vec();
        }
        let may_be_single_quoted = !arg.iter().any(|byte| b"\n\0\\".contains(byte));
        if may_be_single_quoted && self.rng.bool() {
            let escaped = arg.split(|byte| *byte == b'\'').collect::<Vec<_>>().join(&b"\\'"[..]);
            return [b"'", &escaped[..], b"'"].concat();
        }
        let escaped = arg.iter().flat_map(|byte| {
            match byte {
                7 => "\\a".into(),
                8 => "\\b".into(),
                b'\n' => "\\n".into(),
                b'\r' => "\\r".into(),
                b'\t' => "\\t".into(),
                b'"' | b'\\' => format!("\\{}", char::from(*byte)),
                b' '..=b'~' => char::from(*byte).to_string(),
                byte if byte.is_ascii() => format!("\\x{byte:02x}"),
                byte => format!("\\x{byte:02X}"),
            }
            .into_bytes()
        });
        [b'"'].into_iter().chain(escaped).chain([b'"']).collect()
    }
}

/// A request as an array of bulk strings.
fn array(args: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args {
        bytes.extend(format!("${}\r\n", arg.len()).bytes());
        bytes.extend_from_slice(arg);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// A request that makes Redis see that the key of a SET has already expired. Before that, Redis still counts
/// the key in DBSIZE and INFO; this kit never does.
fn key_that_has_expired(args: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    let is_absolute =
        |arg: &Vec<u8>| arg.eq_ignore_ascii_case(b"EXAT") || arg.eq_ignore_ascii_case(b"PXAT");
    let is_set = args[0].eq_ignore_ascii_case(b"SET") && args.iter().any(is_absolute);
    is_set.then(|| vec![b"EXISTS".to_vec(), args[1].clone()])
}
