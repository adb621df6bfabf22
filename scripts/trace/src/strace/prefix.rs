//! What stands in front of a call: the thread and the time.

use std::time::Duration;

/// A number of fewer digits is a thread and no time: Linux counts threads to 4,194,304.
const THREAD_DIGITS: usize = 8;
/// A number below this many seconds is no time since 1970, but one since the line above (`-r`).
const FIRST_SECOND: u64 = 100_000_000;
/// More digits than this are no seconds: 30,000 years.
const SECOND_DIGITS: usize = 12;
const DAY: u64 = 24 * 60 * 60;

/// Takes `[pid 123] ` or `123 ` from the front, with the name of the program behind the number or without
/// it (`-Y`): `123<lab3-multiclient> `.
pub(super) fn thread(line: &[u8]) -> (Option<u32>, &[u8]) {
    let (inside, end): (_, &[u8]) = match line.strip_prefix(b"[pid") {
        Some(inside) => (inside.trim_ascii_start(), b"] "),
        None => (line, b" "),
    };
    let (digits, rest) = split_digits(inside);
    // strace escapes a `>` in a name.
    let name = memchr::memchr(b'>', rest).filter(|_| rest.starts_with(b"<"));
    let rest = name.and_then(|end| rest.get(end + 1..)).unwrap_or(rest);
    match (number(digits), rest.strip_prefix(end)) {
        (Some(thread), Some(rest)) if digits.len() < THREAD_DIGITS => {
            (u32::try_from(thread).ok(), rest.trim_ascii_start())
        }
        _ => (None, line),
    }
}

/// Takes `1795238840.986490 `, `05:33:39.516155 ` or `05:33:39 ` from the front.
pub(super) fn time(text: &[u8]) -> (Option<Duration>, &[u8]) {
    let trimmed = text.trim_ascii_start();
    if !trimmed.first().is_some_and(u8::is_ascii_digit) {
        return (None, trimmed);
    }
    let Some(end) = memchr::memchr(b' ', trimmed) else { return (None, text) };
    let (word, rest) = trimmed.split_at(end);
    let at = if word.get(2) == Some(&b':') { of_day(word) } else { seconds(word) };
    match at {
        Some(at) => {
            let is_time = word.get(2) == Some(&b':') || at.as_secs() >= FIRST_SECOND;
            (is_time.then_some(at), rest.trim_ascii_start())
        }
        None => (None, text),
    }
}

fn of_day(word: &[u8]) -> Option<Duration> {
    let two = |at: usize| number(word.get(at..at + 2)?);
    let (hours, minutes) = (two(0)?, two(3)?);
    let rest = word.get(5..)?.strip_prefix(b":")?;
    let whole = seconds(rest)?.checked_add(Duration::from_secs(hours * 3600 + minutes * 60))?;
    (whole.as_secs() < DAY).then_some(whole)
}

/// Reads `0.000123`.
pub(crate) fn seconds(word: &[u8]) -> Option<Duration> {
    let (whole, rest) = split_digits(word);
    let whole = number(whole).filter(|_| whole.len() <= SECOND_DIGITS)?;
    let nanos = match rest {
        [] => 0,
        [b'.', digits @ ..] if !digits.is_empty() && digits.len() <= 9 => {
            let missing = u32::try_from(9 - digits.len()).ok()?;
            u32::try_from(number(digits)?).ok()?.checked_mul(10u32.pow(missing))?
        }
        _ => return None,
    };
    Some(Duration::new(whole, nanos))
}

pub(super) fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// Reads digits and nothing else.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0u64, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
    })
}
