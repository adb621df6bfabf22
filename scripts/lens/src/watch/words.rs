//! Who waits, where and for how long, in plain sentences.

use std::time::{Duration, Instant};

use super::calls::WaitsFor;
use super::look::{Client, Look, Place, Thread};
use super::memory::{Memory, Since};

/// An age of which we know only that it is more is not worth telling below this.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// How long something has lasted, for people: `12.3 s`, `2 min 05 s`, `> 8.0 s`. Empty if we do not know.
#[must_use]
pub fn how_long(since: Option<Since>, now: Instant) -> String {
    match since {
        Some(Since::Exactly(then)) => duration(now.duration_since(then)),
        Some(Since::AtLeast(then)) if now.duration_since(then) >= WORTH_TELLING => {
            format!("> {}", duration(now.duration_since(then)))
        }
        _ => String::new(),
    }
}

fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", (time.as_secs_f64() * 10.0).floor() / 10.0),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// ` for 12.3 s`, ` for over 8.0 s`, or nothing.
fn lasting(since: Option<Since>, now: Instant) -> String {
    let text = how_long(since, now);
    match text.strip_prefix("> ") {
        _ if text.is_empty() => text,
        Some(rest) => format!(" for over {rest}"),
        None => format!(" for {text}"),
    }
}

/// What the server does: one sentence.
#[must_use]
pub fn server(look: &Look, memory: &Memory) -> String {
    let lasting = lasting(memory.thread_since(), look.at);
    match &look.thread {
        Thread::Runs => "The server is awake and works.".to_owned(),
        Thread::Stopped => format!("The server is stopped by a tracer or by Ctrl-Z{lasting}."),
        Thread::AsleepSomewhere => format!("The server is asleep{lasting}."),
        Thread::Asleep { .. } => {
            let place = place_of_sleep(look);
            format!("The server is asleep in {place}{lasting}.")
        }
    }
}

/// The call in which the server sleeps, and for whom: `recvfrom(client 127.0.0.1:40960)`.
#[must_use]
pub fn place_of_sleep(look: &Look) -> String {
    let Thread::Asleep { call, on, .. } = &look.thread else { return String::new() };
    let Some(call) = call else { return "a call to the kernel".to_owned() };
    let on = match (call.waits_for, on) {
        (WaitsFor::Client, _) => "a new client".to_owned(),
        (WaitsFor::Any, _) => match look.clients.iter().filter(|it| !it.place.is_outside()).count()
        {
            0 => "new clients".to_owned(),
            1 => "1 client and new ones".to_owned(),
            clients => format!("{clients} clients and new ones"),
        },
        (_, Some((_, Some(client)))) => format!("client {client}"),
        (_, Some((descriptor, None))) => format!("descriptor {descriptor}"),
        (_, None) => "…".to_owned(),
    };
    format!("{}({on})", call.name)
}

/// Who waits for it: a sentence, or two; and whether there is somebody.
#[must_use]
pub fn waiting(look: &Look, memory: &Memory) -> (String, bool) {
    let at = |place| look.clients.iter().filter(move |client: &&Client| client.place == place);
    let waits = at(Place::Waits).count();
    let longest = at(Place::Waits)
        .filter_map(|client| memory.client_since(client))
        .min_by_key(|(Since::Exactly(then) | Since::AtLeast(then))| *then);
    let lasting = lasting(longest, look.at);
    let mut text = match waits {
        0 => "Nobody waits to be accepted.".to_owned(),
        1 => format!("1 client waits to be accepted{}.", lasting.replace(" for", ", for")),
        _ => {
            let first = if lasting.is_empty() { lasting } else { format!(", the first{lasting}") };
            format!("{waits} clients wait to be accepted{first}.")
        }
    };
    let knocks = at(Place::Knocks).count();
    if knocks > 0 {
        text = format!("{text} {knocks} cannot even connect: the queue is full.");
    }
    (text, waits + knocks > 0)
}

/// What a client's place means, in a few words.
#[must_use]
pub fn place(place: Place) -> &'static str {
    match place {
        Place::Knocks => "KNOCKS: queue is full",
        Place::Waits => "WAITS to be accepted",
        Place::LeftUnserved => "left, never accepted",
        Place::IsWaitedFor => "server waits for it",
        Place::Unheard => "has said something",
        Place::Quiet => "accepted, quiet",
        Place::Left => "has left",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_for_people() {
        let words =
            [(49, "0.0 s"), (12_399, "12.3 s"), (59_999, "59.9 s"), (125_000, "2 min 05 s")];
        for (millis, text) in words {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
        assert_eq!(duration(Duration::from_secs(7_300)), "2 h 01 min");
    }

    #[test]
    fn what_we_know_too_little_about_is_not_told() {
        let then = Instant::now();
        let now = then + Duration::from_millis(500);
        assert_eq!(how_long(Some(Since::Exactly(then)), now), "0.5 s");
        assert_eq!(how_long(Some(Since::AtLeast(then)), now), "");
        let now = then + Duration::from_secs(2);
        assert_eq!(how_long(Some(Since::AtLeast(then)), now), "> 2.0 s");
        assert_eq!(lasting(Some(Since::AtLeast(then)), now), " for over 2.0 s");
    }
}
