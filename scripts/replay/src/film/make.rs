//! From a recording to its film.

use std::path::Path;

use lens::text::human;
use lens::view::timeline::{Axis, within};
use lens::view::{Did, Recorded, ServerCall, writes};

use super::serving::LONG;
use super::sources::Sources;
use super::wire::Wires;
use super::{Call, Film, asked, keys, logged, order, outside, serving, words};

impl Film {
    /// The film of a recording. `kit` is the top folder of the kit, which has the sources.
    #[must_use]
    pub fn new(recorded: &Recorded, kit: &Path) -> Self {
        let axis = Axis::new(recorded);
        let seen = seen(recorded, &axis);
        let mut sources = Sources::new(kit);
        let calls: Vec<Call> =
            seen.iter().map(|call| serving::call(recorded, call, &axis, &mut sources)).collect();
        let wires = Wires::read(recorded, &axis);
        let mut server = serving::steps(recorded, &seen, &calls, &wires, axis.window);
        let expired = logged::place(recorded, &seen, &mut server);
        let expired = keys::follow(&seen, expired, &mut server);
        let (outside, moved) = outside::steps(recorded, &axis, &wires, &server);
        let steps = order::ordered(server.steps, outside, &seen);
        let moments = words::moments(steps, &calls, &seen, (&sources.frames, expired));
        let meta = &recorded.meta;
        let own = meta.lab.strip_prefix("my-");
        let questions = asked::questions(recorded, kit, &moments);
        let mut notes = notes(recorded, (&wires, moved), &sources, &calls);
        let questions = questions.unwrap_or_else(|why| {
            notes.push(format!("The questions cannot be read: {why}"));
            Vec::new()
        });
        Self {
            format: 1,
            server: own.map_or_else(|| meta.lab.clone(), |lab| format!("work/{lab}")),
            version: meta.version.clone(),
            scenario: meta.scenario.clone(),
            about: meta.about.clone(),
            date: meta.date.clone(),
            window: axis.window,
            clients: recorded.clients().into_iter().map(str::to_owned).collect(),
            has_packets: wires.missing.is_none(),
            has_lines: !sources.files.is_empty(),
            sources: sources.files,
            frames: sources.frames,
            calls,
            moments,
            questions,
            notes,
        }
    }
}

/// The calls that the film shows: from the one in which the first client finds the server, to the last one before somebody
/// ends the server.
fn seen<'a>(recorded: &'a Recorded, axis: &'a Axis) -> Vec<&'a ServerCall> {
    let first = recorded.events.first().map_or(0, |event| event.at_us);
    let mut seen: Vec<&ServerCall> =
        within(recorded, axis).skip_while(|call| call.end_us() < first).collect();
    // A signal ends the server: its last call is begun again, and does not return.
    let is_again = |call: &&ServerCall| call.did == Did::NotReturned;
    if seen.iter().rev().nth(1).is_some_and(|call| call.says.starts_with("a signal came")) {
        seen.pop_if(|call| is_again(call));
    }
    seen
}

/// What is not known, and how well the clocks agree.
fn notes(
    recorded: &Recorded,
    (wires, moved): (&Wires, i64),
    sources: &Sources,
    calls: &[Call],
) -> Vec<String> {
    let mut notes: Vec<String> = recorded.clocks().sentences().to_vec();
    if moved > 0 {
        let moved = human(moved);
        notes.push(format!(
            "To show each cause before its effect, the film moves steps by up to {moved}."
        ));
    }
    if let Some(why) = &wires.missing {
        notes.push(format!("There are no packets: {why}."));
        notes.push("The clients' own notes stand in for the packets.".to_owned());
    }
    let lost = recorded.meta.packets.split(", ").find(|part| part.ends_with("dropped by kernel"));
    if let Some(lost) = lost.filter(|lost| !lost.starts_with("0 ")) {
        notes.push(format!(
            "The capture is not whole: {lost}. Buffers may hold more or less than shown."
        ));
    }
    if calls.iter().all(|call| call.path.is_empty()) {
        let why = recorded.meta.lines.strip_prefix("none: ").unwrap_or("the recording has none");
        notes.push(format!("The lines of the calls are not known: {why}."));
    }
    notes.extend(
        sources.changed.iter().map(|file| {
            format!("{file} has changed since the recording, so its source is left out.")
        }),
    );
    let is_long = |call: &Call| writes(&call.name) && call.until - call.from >= LONG;
    if calls.iter().any(is_long) {
        notes.push(
            "While a call that sends goes on, no trace tells how many of its bytes the kernel has."
                .to_owned(),
        );
        notes.push(
            "The film counts such bytes when a packet carries them, or when the call returns."
                .to_owned(),
        );
    }
    notes
}
