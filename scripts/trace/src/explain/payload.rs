//! Sentences about the bytes that were received and sent.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::page::{MARGIN, WIDTH};
use crate::semantics::{Payload, readable};

/// Letters that fit behind the margin.
const ROOM: usize = WIDTH - MARGIN;

/// `client 127.0.0.1:40960 said SET name Alice EX 5 (49 bytes)`
pub(super) fn received(who: &str, payload: &Payload, out: &mut String) {
    let bytes = payload.bytes;
    _ = match (payload.items.as_slice(), payload.continues, payload.unfinished > 0) {
        ([], ..) if payload.is_lost => {
            write!(out, "{who} said {} ({bytes} bytes, cut in this trace)", visible_words(payload))
        }
        ([], false, _) => {
            write!(out, "{who} said a part of a command ({bytes} bytes: {})", start(payload))
        }
        ([], true, _) => write!(out, "{who} said more of it ({bytes} bytes)"),
        ([one], continues, false) if !payload.is_lost => {
            let rest = if continues { "the rest of " } else { "" };
            write!(out, "{who} said {rest}{} ({bytes} bytes)", fit(one))
        }
        (items, ..) => {
            let more = more(payload, "command");
            _ = write!(out, "{who} said {}{more} ({bytes} bytes): ", count(items.len(), "command"));
            list(items, out);
            Ok(())
        }
    };
}

/// The words of a command of which the trace shows only the start.
fn visible_words(payload: &Payload) -> String {
    let lines = payload.raw.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let is_word = |line: &&[u8]| !matches!(line.first(), None | Some(b'*' | b'$'));
    let words: Vec<String> = lines.filter(is_word).map(readable).collect();
    format!("{}…", words.join(" "))
}

/// The first bytes, as they are on the wire.
fn start(payload: &Payload) -> String {
    const LETTERS: usize = 12;
    let start = payload.raw.get(..LETTERS).unwrap_or(&payload.raw);
    let more = if payload.bytes > start.len() { "…" } else { "" };
    format!("{}{more}", start.escape_ascii())
}

/// `answered client 127.0.0.1:40960: OK (+OK\r\n, 5 bytes)`
pub(super) fn sent(who: &str, payload: &Payload, requested: usize, out: &mut String) {
    let bytes = payload.bytes;
    if bytes < requested {
        _ = write!(out, "answered {who}: {bytes} bytes of {requested} (it does not read)");
        return;
    }
    match payload.items.as_slice() {
        [] if payload.is_lost || !payload.continues => {
            _ = write!(out, "answered {who}: {bytes} bytes of replies");
        }
        [] => _ = write!(out, "answered {who}: more of it ({bytes} bytes)"),
        [one] if !payload.is_lost && payload.unfinished == 0 => {
            let start = out.len();
            _ = write!(out, "answered {who}: {}", fit(one));
            let raw = payload.raw.escape_ascii().to_string();
            let used = out[start..].chars().count();
            let fits = payload.raw.len() == bytes && used + raw.len() + 15 < ROOM;
            _ = if fits {
                write!(out, " ({raw}, {bytes} bytes)")
            } else {
                write!(out, " ({bytes} bytes)")
            };
        }
        items => {
            let (count, more) = (count(items.len(), "reply"), more(payload, "reply"));
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

fn more(payload: &Payload, of: &str) -> String {
    if payload.is_lost {
        " and more".to_owned()
    } else if payload.unfinished > 0 {
        format!(" and a part of one more {of}")
    } else {
        String::new()
    }
}

fn count(count: usize, of: &str) -> String {
    match of {
        _ if count == 1 => format!("1 {of}"),
        "reply" => format!("{count} replies"),
        _ => format!("{count} {of}s"),
    }
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
