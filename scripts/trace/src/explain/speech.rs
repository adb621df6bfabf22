//! Sentences about what was said and answered.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::semantics::{Payload, readable};

use super::page::{MARGIN, WIDTH};

/// Letters that fit behind the margin.
const ROOM: usize = WIDTH - MARGIN;

/// `client 127.0.0.1:40960 said SET name Alice EX 5 (49 bytes)`
pub(super) fn said(who: &str, speech: &Payload, out: &mut String) {
    let bytes = speech.bytes;
    _ = match (speech.items.as_slice(), speech.continues, speech.unfinished > 0) {
        ([], ..) if speech.is_lost => {
            write!(out, "{who} said {} ({bytes} bytes, cut in this trace)", visible_words(speech))
        }
        ([], false, _) => {
            write!(out, "{who} said a part of a command ({bytes} bytes: {})", start(speech))
        }
        ([], true, _) => write!(out, "{who} said more of it ({bytes} bytes)"),
        ([one], continues, false) if !speech.is_lost => {
            let rest = if continues { "the rest of " } else { "" };
            write!(out, "{who} said {rest}{} ({bytes} bytes)", fit(one))
        }
        (items, ..) => {
            let more = more(speech, "command");
            _ = write!(out, "{who} said {}{more} ({bytes} bytes): ", count(items.len(), "command"));
            list(items, out);
            Ok(())
        }
    };
}

/// The words of a command of which the trace shows only the start.
fn visible_words(speech: &Payload) -> String {
    let lines = speech.raw.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let is_word = |line: &&[u8]| !matches!(line.first(), None | Some(b'*' | b'$'));
    let words: Vec<String> = lines.filter(is_word).map(readable).collect();
    format!("{}…", words.join(" "))
}

/// The first bytes, as they are on the wire.
fn start(speech: &Payload) -> String {
    const LETTERS: usize = 12;
    let start = speech.raw.get(..LETTERS).unwrap_or(&speech.raw);
    let more = if speech.bytes > start.len() { "…" } else { "" };
    format!("{}{more}", start.escape_ascii())
}

/// `answered client 127.0.0.1:40960: OK (+OK\r\n, 5 bytes)`
pub(super) fn answered(who: &str, speech: &Payload, wanted: usize, out: &mut String) {
    let bytes = speech.bytes;
    if bytes < wanted {
        _ = write!(out, "answered {who}: {bytes} bytes of {wanted} (it does not read)");
        return;
    }
    match speech.items.as_slice() {
        [] if speech.is_lost || !speech.continues => {
            _ = write!(out, "answered {who}: {bytes} bytes of replies");
        }
        [] => _ = write!(out, "answered {who}: more of it ({bytes} bytes)"),
        [one] if !speech.is_lost && speech.unfinished == 0 => {
            let start = out.len();
            _ = write!(out, "answered {who}: {}", fit(one));
            let raw = speech.raw.escape_ascii().to_string();
            let used = out[start..].chars().count();
            let fits = speech.raw.len() == bytes && used + raw.len() + 15 < ROOM;
            _ = if fits {
                write!(out, " ({raw}, {bytes} bytes)")
            } else {
                write!(out, " ({bytes} bytes)")
            };
        }
        items => {
            let (count, more) = (count_replies(items.len()), more(speech, "reply"));
            _ = write!(out, "answered {who}: {count}{more} ({bytes} bytes): ");
            list(items, out);
        }
    }
}

/// Cuts what would need more than a line for itself.
fn fit(item: &str) -> Cow<'_, str> {
    match item.char_indices().nth(ROOM) {
        Some((cut, _)) => format!("{}…", item.get(..cut).unwrap_or_default()).into(),
        None => item.into(),
    }
}

fn more(speech: &Payload, of: &str) -> String {
    if speech.is_lost {
        " and more".to_owned()
    } else if speech.unfinished > 0 {
        format!(" and a part of one more {of}")
    } else {
        String::new()
    }
}

fn count(count: usize, of: &str) -> String {
    if count == 1 { format!("1 {of}") } else { format!("{count} {of}s") }
}

fn count_replies(count: usize) -> String {
    if count == 1 { "1 reply".to_owned() } else { format!("{count} replies") }
}

/// As many of the items as fit on the line, and at least one.
pub(super) fn list(items: &[String], out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            let more = if index + 1 < items.len() { " · …".chars().count() } else { 0 };
            if out.chars().count() + " · ".chars().count() + item.chars().count() + more > ROOM {
                out.push_str(" · …");
                return;
            }
            out.push_str(" · ");
        }
        out.push_str(&fit(item));
    }
}
