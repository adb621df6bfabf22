//! What the server does, who waits for it and for how long, in plain sentences.

use std::time::{Duration, Instant};

use super::View;
use super::history::Since;
use harness::snapshot::{ClientState, Snapshot};

/// A time is not shown below this.
const SHORTEST: Duration = Duration::from_millis(100);
/// A time that may be longer is not shown below this.
const SHORTEST_AT_LEAST: Duration = Duration::from_secs(1);

/// How long something has lasted, for people: `12.3 s`, `2 min 05 s`, `> 8.0 s`. Empty if we do not know.
#[must_use]
pub fn how_long(since: Option<Since>, now: Instant) -> String {
    let (then, shortest, mark) = match since {
        Some(Since::Exactly(then)) => (then, SHORTEST, ""),
        Some(Since::AtLeast(then)) => (then, SHORTEST_AT_LEAST, "> "),
        None => return String::new(),
    };
    let time = now.duration_since(then);
    if time < shortest { String::new() } else { format!("{mark}{}", duration(time)) }
}

fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", (time.as_secs_f64() * 10.0).floor() / 10.0),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// `{before} for 12.3 s`, `{before} for over 8.0 s`, or nothing.
fn lasting(before: &str, since: Option<Since>, now: Instant) -> String {
    let text = how_long(since, now);
    match text.strip_prefix("> ") {
        _ if text.is_empty() => text,
        Some(rest) => format!("{before} for over {rest}"),
        None => format!("{before} for {text}"),
    }
}

/// What the server does: one sentence.
#[must_use]
pub fn server(View { snapshot, history, .. }: &View) -> String {
    let lasting = lasting("", history.thread_since(), snapshot.at);
    format!("The server is {}{lasting}.", doing(snapshot))
}

/// What the server does: `asleep in recvfrom(client 127.0.0.1:40960)`.
#[must_use]
pub fn doing(snapshot: &Snapshot) -> String {
    snapshot.doing(|client| format!("client {client}"))
}

/// Who waits for the server: a sentence, or two; and whether anybody does.
#[must_use]
pub fn waiting(View { snapshot, history, .. }: &View) -> (String, bool) {
    let of = |state| snapshot.clients.iter().filter(move |client| client.state == state);
    let (queued, connecting) =
        (of(ClientState::Queued).count(), of(ClientState::Connecting).count());
    let longest = of(ClientState::Queued)
        .filter_map(|client| history.client_since(client))
        .min_by_key(|(Since::Exactly(then) | Since::AtLeast(then))| *then);
    let mut text = match queued {
        0 => "Nobody waits to be accepted.".to_owned(),
        1 => format!("1 client waits to be accepted{}.", lasting(",", longest, snapshot.at)),
        _ => {
            let lasting = lasting(", the first", longest, snapshot.at);
            format!("{queued} clients wait to be accepted{lasting}.")
        }
    };
    if connecting > 0 {
        text = format!("{text} {connecting} cannot even connect: the queue is full.");
    }
    (text, queued + connecting > 0)
}

/// What a client's state means, in a few words.
#[must_use]
pub fn of_client(state: ClientState) -> &'static str {
    match state {
        ClientState::Connecting => "CANNOT CONNECT",
        ClientState::Queued => "WAITS to be accepted",
        ClientState::Abandoned => "left, never accepted",
        ClientState::Awaited => "server waits for it",
        ClientState::Unread => "has sent something",
        ClientState::Idle => "accepted, idle",
        ClientState::HalfClosed => "has left",
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
    fn a_time_that_says_nothing_is_not_shown() {
        let then = Instant::now();
        let now = then + Duration::from_millis(500);
        assert_eq!(how_long(Some(Since::Exactly(then)), now), "0.5 s");
        assert_eq!(how_long(Some(Since::Exactly(now)), now), "");
        assert_eq!(how_long(Some(Since::AtLeast(then)), now), "");
        let now = then + Duration::from_secs(2);
        assert_eq!(how_long(Some(Since::AtLeast(then)), now), "> 2.0 s");
        assert_eq!(lasting(",", Some(Since::AtLeast(then)), now), ", for over 2.0 s");
    }
}
