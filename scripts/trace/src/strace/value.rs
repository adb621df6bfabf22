//! What an argument means: a descriptor, an address, a string of bytes.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use memchr::{memchr, memmem};

use super::prefix::{number, split_digits};
use super::scan::string_end;

/// The number of the descriptor `4<TCP:[…]>`.
#[must_use]
pub fn descriptor(arg: &[u8]) -> Option<i32> {
    i32::try_from(number(split_digits(arg).0)?).ok()
}

/// What `-y` says about a descriptor, without its `<` and `>`; empty if it says nothing.
#[must_use]
pub fn label(arg: &[u8]) -> &[u8] {
    let inside = memchr(b'<', arg).and_then(|open| arg.get(open + 1..)).unwrap_or_default();
    inside.strip_suffix(b">").unwrap_or_default()
}

/// Who is at the other end, by such a label: `TCP:[127.0.0.1:6379->127.0.0.1:40960]`.
#[must_use]
pub fn peer(label: &[u8]) -> Option<SocketAddr> {
    let arrow = memmem::find(label, b"->")?;
    socket_addr(label.get(arrow + 2..)?.strip_suffix(b"]")?)
}

/// Our own address, by such a label, or by that of a socket that listens: `TCP:[127.0.0.1:6379]`.
#[must_use]
pub fn local(label: &[u8]) -> Option<SocketAddr> {
    let open = memmem::find(label, b":[")?;
    let inside = label.get(open + 2..)?.strip_suffix(b"]")?;
    socket_addr(memmem::find(inside, b"->").and_then(|end| inside.get(..end)).unwrap_or(inside))
}

fn socket_addr(text: &[u8]) -> Option<SocketAddr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The address in `{sa_family=AF_INET, sin_port=htons(40960), sin_addr=inet_addr("127.0.0.1")}`, or in
/// its twin for IPv6.
#[must_use]
pub fn address(arg: &[u8]) -> Option<SocketAddr> {
    let port = split_digits(field(arg, b"_port=htons(")?).0;
    let port = u16::try_from(number(port)?).ok()?;
    let host = match field(arg, b"inet_addr(\"") {
        Some(host) => host,
        None => field(arg, b"inet_pton(AF_INET6, \"")?,
    };
    let host = host.get(..memchr(b'"', host)?)?;
    let ip: IpAddr = std::str::from_utf8(host).ok()?.parse().ok()?;
    Some(SocketAddr::new(ip, port))
}

/// What stands behind `mark` in an argument.
#[must_use]
pub fn field<'a>(arg: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    memmem::find(arg, mark).and_then(|start| arg.get(start + mark.len()..))
}

/// A string, as strace wrote it: with escapes, and perhaps cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    /// What is between the quotes.
    raw: &'a [u8],
    /// Whether only its start is here (`-s` says how much): it ends in `"...`.
    pub is_cut: bool,
}

impl<'a> Text<'a> {
    /// The first string in an argument: the argument itself, or a part of `[{iov_base="…", …}]`.
    #[must_use]
    pub fn within(arg: &'a [u8]) -> Option<Self> {
        let open = memchr(b'"', arg)? + 1;
        let behind = string_end(arg, open)?;
        let is_cut = arg.get(behind..).unwrap_or_default().starts_with(b"...");
        Some(Self { raw: arg.get(open..behind - 1)?, is_cut })
    }

    /// What the strings of a call carry, up to where one is cut, and for how many bytes they have room, if
    /// it says so: `"…"`, or all parts of `[{iov_base="…", iov_len=4}, …]`.
    #[must_use]
    pub fn all_within(arg: &'a [u8]) -> (Cow<'a, [u8]>, Option<usize>) {
        const PART: &[u8] = b"iov_base=";
        /// The length of a part stands close behind its bytes, or their address.
        const NEAR: usize = 64;
        let Some(mut rest) = field(arg, PART).filter(|_| !arg.starts_with(b"\"")) else {
            return (Self::within(arg).map(|text| text.bytes()).unwrap_or_default(), None);
        };
        let (mut bytes, mut room, mut is_cut) = (Vec::new(), 0usize, false);
        loop {
            // The bytes of a part may look like the next one.
            if rest.first() == Some(&b'"') {
                let Some(text) = Self::within(rest) else { break };
                if !is_cut {
                    bytes.extend_from_slice(&text.bytes());
                }
                is_cut |= text.is_cut;
                rest = rest.get(text.raw.len() + 2..).unwrap_or_default();
            }
            let near = rest.get(..NEAR).unwrap_or(rest);
            let length = field(near, b"iov_len=").and_then(|near| number(split_digits(near).0));
            let length = length.and_then(|length| usize::try_from(length).ok());
            room = length.unwrap_or(0).saturating_add(room);
            let Some(next) = field(rest, PART) else { break };
            rest = next;
        }
        (bytes.into(), Some(room))
    }

    /// The bytes themselves, without escapes.
    #[must_use]
    pub fn bytes(&self) -> Cow<'a, [u8]> {
        if memchr(b'\\', self.raw).is_none() {
            return Cow::Borrowed(self.raw);
        }
        let mut bytes = Vec::with_capacity(self.raw.len());
        let mut rest = self.raw;
        while let Some(at) = memchr(b'\\', rest) {
            bytes.extend_from_slice(rest.get(..at).unwrap_or_default());
            let (byte, size) = unescape(rest.get(at + 1..).unwrap_or_default());
            bytes.push(byte);
            rest = rest.get(at + 1 + size..).unwrap_or_default();
        }
        bytes.extend_from_slice(rest);
        Cow::Owned(bytes)
    }
}

/// The byte that stands behind a backslash, and how many letters it takes: `n`, `x41`, `101`, `"`.
fn unescape(text: &[u8]) -> (u8, usize) {
    match text {
        [b'n', ..] => (b'\n', 1),
        [b'r', ..] => (b'\r', 1),
        [b't', ..] => (b'\t', 1),
        [b'v', ..] => (0x0b, 1),
        [b'f', ..] => (0x0c, 1),
        [b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            (hex(*high) << 4 | hex(*low), 3)
        }
        [b'0'..=b'7', ..] => {
            let digits = text.iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7'));
            digits.fold((0, 0), |(byte, size), digit| (byte << 3 | (digit & 7), size + 1))
        }
        [other, ..] => (*other, 1),
        [] => (b'\\', 0),
    }
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}
