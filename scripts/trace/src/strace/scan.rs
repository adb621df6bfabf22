//! Where names, arguments and calls end: what is in quotes or brackets does not end them.

use memchr::{memchr, memchr2, memmem};

/// How many arguments are kept: no call has more than six, and a garbled line may.
const MOST: usize = 8;
/// The longest name of a call, in letters; those of Linux have up to 23.
const LONGEST_NAME: usize = 64;

/// The arguments of a call, as strace wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Args<'a> {
    list: [&'a [u8]; MOST],
    count: usize,
}

impl<'a> Args<'a> {
    /// The argument at `index`, or an empty one if there are not so many.
    #[must_use]
    pub fn get(&self, index: usize) -> &'a [u8] {
        self.list.get(index).copied().unwrap_or_default()
    }

    /// All arguments.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        self.list.iter().take(self.count).copied()
    }

    fn push(&mut self, arg: &'a [u8]) {
        if let Some(place) = self.list.get_mut(self.count) {
            *place = arg.trim_ascii();
            self.count += 1;
        }
    }
}

/// Takes the name of a call from the front: letters, digits, `_`; or `???`, where the thread was ended before
/// strace could read which call it was.
pub(super) fn name(text: &[u8]) -> Option<(&str, &[u8])> {
    if let Some(rest) = text.strip_prefix(b"???") {
        return Some(("???", rest));
    }
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let end = text.iter().position(|byte| !is_name(byte))?;
    let (name, rest) = text.split_at(end);
    name.first().filter(|first| !first.is_ascii_digit() && end <= LONGEST_NAME)?;
    Some((std::str::from_utf8(name).ok()?, rest))
}

/// Takes a word from the front, up to a space or the end.
pub(super) fn word(text: &[u8]) -> Option<(&str, &[u8])> {
    let (word, rest) = text.split_at(memchr(b' ', text).unwrap_or(text.len()));
    Some((std::str::from_utf8(word).ok()?, rest))
}

/// Splits what stands behind the `(` of a call at its commas, up to its `)`; returns what is behind
/// that. `None` if the `)` is missing: the line was cut.
pub(super) fn args(text: &[u8]) -> Option<(Args<'_>, &[u8])> {
    let mut args = Args::default();
    let end = collect(text, &mut args)?;
    Some((args, text.get(end..)?))
}

/// The arguments at the start of a call, each with its comma.
pub(super) fn first_args(text: &[u8]) -> Args<'_> {
    let mut args = Args::default();
    collect(text, &mut args);
    args
}

/// Collects arguments, and returns the place behind the `)`.
fn collect<'a>(text: &'a [u8], args: &mut Args<'a>) -> Option<usize> {
    let (mut start, mut depth, mut at) = (0, 0u32, 0);
    loop {
        match *text.get(at)? {
            b'"' => {
                at = string_end(text, at + 1)?;
                continue;
            }
            b'<' if is_behind_descriptor(text, at) => {
                at = label_end(text, at + 1)?;
                continue;
            }
            b'/' if text.get(at + 1) == Some(&b'*') => {
                at += memmem::find(text.get(at..)?, b"*/")?;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => {
                let last = text.get(start..at)?.trim_ascii();
                // A call that never came back: `accept4(3,  <unfinished ...>) = ?`
                if !last.is_empty() && last != b"<unfinished ...>" {
                    args.push(last);
                }
                return Some(at + 1);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                args.push(text.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The place behind the quote that ends a string, which begins at `at`.
pub(super) fn string_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Whether the `<` at `at` begins what `-y` says about a descriptor: `4<`, `AT_FDCWD<`.
fn is_behind_descriptor(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    before.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'D')
        && text.get(at + 1).is_some_and(|byte| *byte != b'<')
}

/// The place behind the `>` that ends it. It may hold others: `0</dev/null<char 1:3>>`, and arrows:
/// `5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>`.
fn label_end(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 1u32;
    loop {
        match *text.get(at)? {
            b'<' => depth += 1,
            b'>' if !is_arrow(text, at) => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

fn is_arrow(text: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'-')
        && text.get(at + 1).is_some_and(|next| next.is_ascii_digit() || *next == b'[')
}
