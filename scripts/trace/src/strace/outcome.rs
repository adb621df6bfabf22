//! What came of a call: `= 49 <0.000024>`, `= -1 EAGAIN (Resource temporarily unavailable)`.

use std::time::Duration;

use memchr::{memchr, memrchr};

use super::prefix::{number, seconds, split_digits};

/// What a call has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome<'a> {
    /// A number; `None` if the call never came back, or was begun again after a signal.
    pub value: Option<i64>,
    /// Why it failed, such as `EAGAIN`; empty if it did not.
    pub error: &'a str,
    /// What strace says about it: the error in words, or what a new descriptor is (`-yy`).
    pub note: &'a [u8],
}

impl Outcome<'_> {
    /// How many bytes were moved, or whatever else the call counts; 0 if it failed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.value.and_then(|value| usize::try_from(value).ok()).unwrap_or(0)
    }

    /// The new descriptor, if that is what the call returns.
    #[must_use]
    pub fn descriptor(&self) -> Option<i32> {
        self.value.and_then(|value| i32::try_from(value).ok()).filter(|fd| *fd >= 0)
    }

    /// Whether the call may not wait, or not any longer: the socket is non-blocking, or has a timeout.
    #[must_use]
    pub fn would_block(&self) -> bool {
        matches!(self.error, "EAGAIN" | "EWOULDBLOCK")
    }

    /// Whether a signal ended it.
    #[must_use]
    pub fn was_interrupted(&self) -> bool {
        self.error == "EINTR" || self.error.starts_with("ERESTART")
    }
}

/// Parses what stands behind the `)` of a call, and how long it took.
pub(super) fn parse(text: &[u8]) -> Option<(Outcome<'_>, Option<Duration>)> {
    let text = text.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (text, took) = split_duration(text);
    let (value, rest) = split_value(text)?;
    let mut outcome = Outcome { value, ..Outcome::default() };
    if let Some(label) = rest.strip_prefix(b"<") {
        outcome.note = label.strip_suffix(b">").unwrap_or(label);
        return Some((outcome, took));
    }
    let mut rest = rest.trim_ascii();
    if value.is_none_or(|value| value == -1) && rest.starts_with(b"E") {
        let end = memchr(b' ', rest).unwrap_or(rest.len());
        let (error, words) = rest.split_at(end);
        outcome.error = std::str::from_utf8(error).unwrap_or_default();
        rest = words.trim_ascii_start();
    }
    outcome.note = rest.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")).unwrap_or(rest);
    Some((outcome, took))
}

/// Takes `<0.000024>` from the end.
fn split_duration(text: &[u8]) -> (&[u8], Option<Duration>) {
    let found = || {
        let inside = text.strip_suffix(b">")?;
        let open = memrchr(b'<', inside)?;
        Some((inside.get(..open)?.trim_ascii_end(), seconds(inside.get(open + 1..)?)?))
    };
    found().map_or((text, None), |(rest, took)| (rest, Some(took)))
}

/// Takes `-1`, `49`, `0x7f00` or `?` from the front.
fn split_value(text: &[u8]) -> Option<(Option<i64>, &[u8])> {
    if let Some(rest) = text.strip_prefix(b"?") {
        return Some((None, rest));
    }
    if let Some(hex) = text.strip_prefix(b"0x") {
        let end = hex.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(hex.len());
        let (digits, rest) = hex.split_at(end);
        let digits = std::str::from_utf8(digits).ok()?;
        return Some((i64::from_str_radix(digits, 16).ok(), rest));
    }
    let (unsigned, is_negative) =
        text.strip_prefix(b"-").map_or((text, false), |rest| (rest, true));
    let (digits, rest) = split_digits(unsigned);
    let value = i64::try_from(number(digits)?).ok()?;
    Some((Some(if is_negative { -value } else { value }), rest))
}

/// The number at the front of a text.
pub(crate) fn leading_number(text: &[u8]) -> Option<i64> {
    split_value(text)?.0
}
