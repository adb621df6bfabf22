//! The lines of a log that prove something, each with what it means.

use std::collections::HashMap;

use trace::client_log::ClientEvent;
use trace::duration::Human;
use trace::explain;
use trace::semantics::{ConnectionTable, Event};
use trace::strace::{self, Call, Joiner, Kind, WAIT};

use super::{QUOTED, Quote, Trace};

/// A line is cut behind so many letters.
const LONGEST: usize = 200;

/// The lines of the calls at these places. It goes through the log once more, because the meaning of a call depends on all
/// calls before it.
pub(super) fn of(trace: &Trace<'_>, places: &[usize]) -> Vec<Quote> {
    let mut quotes = Vec::new();
    let Some(last) = places.iter().max() else { return quotes };
    let (mut joiner, mut table) = (Joiner::new(), ConnectionTable::new(names(trace.clients)));
    let (mut starts, mut place) = (HashMap::new(), 0);
    for raw in trace.log.split(|byte| *byte == b'\n') {
        let line = strace::parse(raw);
        let (kind, thread) = (line.kind, line.thread);
        let whole_line = joiner.join(line);
        if let Kind::Unfinished { .. } = kind {
            starts.insert(thread, raw);
        }
        let Some(Kind::Call(call)) = whole_line.map(|line| line.kind) else { continue };
        let start = starts.remove(&thread).filter(|_| matches!(kind, Kind::Resumed { .. }));
        let is_quoted = places.contains(&place) && quotes.len() < QUOTED;
        let meaning = meaning(&mut table, &call, is_quoted);
        if is_quoted {
            quotes.push(Quote { raw: whole(start, raw), meaning });
        }
        if place == *last {
            break;
        }
        place += 1;
    }
    quotes
}

fn names(events: &[ClientEvent]) -> HashMap<u16, String> {
    events.iter().map(|event| (event.port, event.client.clone())).collect()
}

/// Tells the table what the call has done, and if it is wanted, says what that means.
fn meaning(table: &mut ConnectionTable, call: &Call<'_>, is_wanted: bool) -> String {
    let mut text = String::new();
    let took = call.took.filter(|took| *took > WAIT && is_wanted);
    if let Some(wait) = took.and_then(|_| table.waits_for(call)) {
        explain::wait(call.name, wait.client.as_ref(), took, &mut text);
        text.push_str("; then: ");
    }
    let done = table.apply(call);
    if !is_wanted {
        return text;
    }
    if let Event::Background = done.event {
        return format!("slept for {}", Human(call.took.unwrap_or_default()));
    }
    explain::say(&done, call, &mut text);
    text
}

/// The line of a call, in one piece.
fn whole(start: Option<&[u8]>, end: &[u8]) -> String {
    let (start, end) = (start.map(String::from_utf8_lossy), String::from_utf8_lossy(end));
    let start = start.as_deref().map(str::trim_end);
    let start = start.and_then(|start| start.strip_suffix("<unfinished ...>"));
    let end = end.trim_end();
    let whole = match (start, end.split_once(" resumed>")) {
        (Some(start), Some((_, end))) => format!("{start}{end}"),
        _ => end.to_owned(),
    };
    // The end of a line tells what came of the call.
    let end = whole.rfind(") = ").unwrap_or(whole.len());
    match whole.char_indices().nth(LONGEST) {
        Some((cut, _)) if cut < end => {
            let (head, tail) = (whole.get(..cut), whole.get(end..));
            format!("{}…{}", head.unwrap_or_default(), tail.unwrap_or_default())
        }
        _ => whole,
    }
}
