//! The words of random requests: plain ones, and those that servers trip over.

use fastrand::Rng;

/// There are few keys, so that requests meet.
#[rustfmt::skip]
const KEYS: &[&[u8]] = &[
    b"a", b"b", b"counter", b"", b"\x00\xff\r\n", b"caf\xc3\xa9", b"v\x0bt\x0c", b"[x]*\\",
    b"a-key-of-a-hundred-bytes:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// Numbers, and what looks like one.
#[rustfmt::skip]
const NUMBERS: &[&str] = &[
    "0", "1", "-1", "7", "10", "-0", "007", "+1", " 1", "1 ", "1.5", "1e3", "0x10", "", "abc", "-",
    "9223372036854775807", "9223372036854775806", "-9223372036854775808", "-9223372036854775807",
    "9223372036854775808", "-9223372036854775809", "18446744073709551616", "2147483647", "2147483648",
    "-2147483648", "-2147483649",
];

/// Times that have passed, that no clock will ever show, or that are none.
#[rustfmt::skip]
const ODD_TIMES: &[&str] = &[
    "0", "-1", "-5", "-0", "abc", "", "1.5", "+1", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775", "-9223372036854776",
];

/// The last second that 64 bits can hold in milliseconds, and the first one that they cannot.
const LAST_SECONDS: &[&str] = &["9223372036854775", "9223372036854776"];

/// Words that mean nothing in any place. They hold no NUL: Redis reads an option up to its first NUL, and this
/// kit reads all of it.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "nosuch", "", "nxx", "x", "blah blah", "two\r\nlines", "it's", "\"", "\u{e9}\u{1F600}", "|", "\x0b", "%s",
    "-1", "a-word-of-more-than-128-bytes:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\
    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
];

/// The conditions of EXPIRE and its kin.
const CONDITIONS: &[&str] = &["NX", "XX", "GT", "LT", "nx", "xx", "gt", "lt", "nosuch"];

/// The options of SET, each with the kind of its value.
#[rustfmt::skip]
const OPTIONS: &[(&str, &str)] = &[
    ("NX", ""), ("XX", ""), ("GET", ""), ("KEEPTTL", ""), ("EX", "seconds"), ("PX", "milliseconds"),
    ("EXAT", "unix-seconds"), ("PXAT", "unix-milliseconds"),
];

/// Parts of the patterns of KEYS. Some are parts of keys, so that a pattern matches now and then.
#[rustfmt::skip]
const GLOBS: &[&[u8]] = &[
    b"*", b"*", b"**", b"?", b"a", b"b", b"counter", b"[a-c]", b"[c-a]", b"[^b]", b"[^", b"[", b"]", b"\\", b"\\*",
    b"[\\x-", b"[\x80-\xff]", b"[a-\xff]", b"[x]\\*\\\\", b"\r\n", b"\x00",
];

/// Adds one word of a kind, or an option with its value.
pub fn draw(rng: &mut Rng, kind: &str, args: &mut Vec<Vec<u8>>) {
    let text = match kind {
        "key" => return args.push(pick(rng, KEYS).to_vec()),
        "value" => return args.push(value(rng)),
        "glob" => {
            let glob = (0..rng.u8(1..5)).flat_map(|_| pick(rng, GLOBS));
            return args.push(glob.copied().collect());
        }
        "option" => return option(rng, args),
        "word" => pick(rng, WORDS).to_owned(),
        "number" => pick(rng, NUMBERS).to_owned(),
        "condition" => pick(rng, CONDITIONS).to_owned(),
        // Two of these times are never so near that it depends on the moment which one is later.
        "seconds" | "unix-seconds" if rng.u8(..20) == 0 => pick(rng, LAST_SECONDS).to_owned(),
        "seconds" => time(rng, 1_000_000..1_000_000_000),
        "milliseconds" => time(rng, 1_000_000_000..1_000_000_000_000),
        // These times are often equal.
        "unix-seconds" => time(rng, 4_000_000_000..4_000_000_003),
        "unix-milliseconds" => time(rng, 4_000_000_000_000..4_000_000_000_003),
        other => panic!("there is no kind of word {other}"),
    };
    args.push(text.into_bytes());
}

fn option(rng: &mut Rng, args: &mut Vec<Vec<u8>>) {
    let (name, kind) = pick(rng, OPTIONS);
    match rng.u8(..30) {
        0 => draw(rng, "word", args),
        1 => args.push(in_random_case(rng, "EX")),
        _ => args.push(in_random_case(rng, name)),
    }
    if !kind.is_empty() {
        draw(rng, kind, args);
    }
}

fn value(rng: &mut Rng) -> Vec<u8> {
    match rng.u16(..200) {
        0 => vec![b'x'; 20 * 1024],
        1..60 => (0..rng.u8(..40)).map(|_| rng.u8(..)).collect(),
        _ => pick(rng, NUMBERS).as_bytes().to_vec(),
    }
}

fn time(rng: &mut Rng, sane: std::ops::Range<i64>) -> String {
    if rng.u8(..4) == 0 { pick(rng, ODD_TIMES).to_owned() } else { rng.i64(sane).to_string() }
}

pub fn pick<T: Copy>(rng: &mut Rng, items: &[T]) -> T {
    items[rng.usize(..items.len())]
}

/// A word in capitals, in small letters, or in both.
pub fn in_random_case(rng: &mut Rng, word: &str) -> Vec<u8> {
    match rng.u8(..3) {
        0 => word.to_ascii_lowercase().into_bytes(),
        1 => word
            .bytes()
            .map(|byte| if rng.bool() { byte.to_ascii_lowercase() } else { byte })
            .collect(),
        _ => word.into(),
    }
}
