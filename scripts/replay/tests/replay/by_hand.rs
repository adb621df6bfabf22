//! A recording of which all is known: the film shows just that.

use std::collections::BTreeSet;

use replay::film::{Effect, Film};
use serde_json::Value;

use crate::support::made::{Made, SOURCE, ZERO};
use crate::support::root;
use crate::support::state::State;

/// The state at a time that counts from the first client.
fn at(film: &Film, time: i64) -> State {
    State::at(film, time - ZERO)
}

/// What is in the queue, and in both buffers of A and B.
fn kernel(state: &State) -> (Vec<&str>, [usize; 4]) {
    let [receive, send] = [&state.receive, &state.send];
    let bytes = [(receive, "A"), (receive, "B"), (send, "A"), (send, "B")];
    let queue = state.queue.iter().map(String::as_str).collect();
    (queue, bytes.map(|(buffer, client)| State::bytes(buffer, client)))
}

#[test]
fn queue_and_buffers_are_those_of_the_kernel_at_each_time() {
    let film = Made::new().film();
    assert!(film.has_packets, "{:?}", film.notes);
    for (time, queue, bytes) in [
        (15, vec![], [0, 0, 0, 0]),
        (25, vec!["A"], [0, 0, 0, 0]),
        (250, vec!["A"], [5, 0, 0, 0]),
        (310, vec![], [5, 0, 0, 0]),
        (615, vec![], [0, 0, 0, 0]),
        (760, vec![], [0, 0, 3, 0]),
        (40_000, vec![], [0, 0, 3, 0]),
        (41_000, vec![], [0, 0, 0, 0]),
        (200_100, vec!["B"], [0, 0, 0, 0]),
        (300_000, vec!["B"], [0, 6, 0, 0]),
        (500_310, vec!["B"], [0, 6, 0, 0]),
        (500_330, vec![], [0, 6, 0, 0]),
        (500_620, vec![], [0, 0, 0, 0]),
        (501_020, vec![], [0, 0, 0, 0]),
    ] {
        assert_eq!(kernel(&at(&film, time)), (queue, bytes), "at {time}");
    }
}

#[test]
fn the_server_is_in_the_call_and_at_the_line_that_the_trace_tells() {
    let film = Made::new().film();
    assert!(film.has_lines);
    assert_eq!(film.sources["labs/by-hand/src/server.rs"].join("\n") + "\n", SOURCE);
    let line = |call: usize| {
        let frame = film.calls[call].path.last().map(|frame| &film.frames[*frame])?;
        Some((frame.function.as_str(), frame.line))
    };
    // Asleep in accept, for the next client; in recvfrom, for A; in accept again.
    for (time, name, client, place) in [
        (-5_000, "accept4", None, ("run", 1)),
        (100_000, "recvfrom", Some("A"), ("serve", 3)),
        (400_000, "recvfrom", Some("A"), ("serve", 3)),
    ] {
        let inside = at(&film, time).inside.unwrap();
        let call = &film.calls[inside];
        assert_eq!((call.name.as_str(), call.client.as_deref()), (name, client), "at {time}");
        assert!(call.asleep && call.from <= time - ZERO && time - ZERO <= call.until, "{call:?}");
        assert_eq!(line(inside), Some(place), "at {time}");
    }
    assert_eq!(at(&film, 501_400).inside, Some(film.calls.len() - 1));
    // Between two calls the line is not known: it is between theirs.
    let state = at(&film, 650);
    assert_eq!((state.inside, line(state.last.unwrap())), (None, Some(("serve", 3))));
    assert_eq!(line(state.last.unwrap() + 1), Some(("serve", 4)));
    let names: Vec<&str> = film.calls.iter().map(|call| call.name.as_str()).collect();
    let expected = ["accept4", "recvfrom", "sendto", "recvfrom", "close"];
    assert_eq!(names[..5], expected);
    assert_eq!(names[5..], ["accept4", "recvfrom", "sendto", "recvfrom", "close", "accept4"]);
}

#[test]
fn terminals_log_and_keys_are_as_they_were() {
    let film = Made::new().film();
    let state = at(&film, 400_000);
    assert_eq!(state.screens["A"], ["> SET k v", "OK"]);
    assert_eq!(state.screens["B"], ["> GET k"]);
    assert_eq!(state.keys["k"], "v");
    let first =
        ["Connection from 127.0.0.1:1001", "Received: SET k v", "Sent: OK"].map(str::to_owned);
    assert_eq!(state.log, first);
    assert_eq!(at(&film, 620).log, first[..2], "the answer is not sent yet");
    let end = State::end(&film);
    assert_eq!(end.screens["B"], ["> GET k", "v"]);
    assert_eq!((end.log.len(), end.log[7].as_str()), (8, "Connection closed for 127.0.0.1:1002"));
}

#[test]
fn a_cause_comes_first_where_the_clocks_disagree() {
    let film = Made::new().film();
    let moment = |is: &dyn Fn(&Effect) -> bool| {
        film.moments.iter().position(|moment| moment.does.iter().any(is)).unwrap()
    };
    let arrived = moment(&|it| matches!(it, Effect::Arrived { bytes: 3, .. }));
    let read = moment(&|it| matches!(it, Effect::Read { .. }));
    let written = moment(&|it| matches!(it, Effect::Written { .. }));
    let seen = moment(&|it| matches!(it, Effect::Screen { typed: false, .. }));
    assert!(arrived < read && read < written && written < seen, "{:#?}", film.moments);
    let notes = film.notes.join("\n");
    let note = "To show each cause before its effect, the film moves steps by up to 10 µs.";
    assert!(notes.contains(note), "{notes}");
}

#[test]
fn each_moment_says_what_happens_and_what_the_server_does() {
    let film = Made::new().film();
    let says: Vec<&str> = film.moments.iter().map(|moment| moment.says.as_str()).collect();
    for sentence in [
        "A connects and waits in the accept queue. The server sleeps in accept4 at server.rs:1, for the next client.",
        "The server wakes up and accepts A with accept4 at server.rs:1.",
        "A's 5 bytes arrive: SET k v. The server sleeps in accept4 at server.rs:1, for the next client.",
        "The server reads A's 8 bytes with recvfrom at server.rs:3: SET k v.",
        "The server answers A with sendto at server.rs:4: OK (3 bytes).",
        "The server calls recvfrom at server.rs:3 and sleeps, for A. Only A can wake the server.",
        "A's kernel confirms 3 bytes of the reply. The server sleeps in recvfrom at server.rs:3, for A.",
        "B connects and waits in the accept queue. The server sleeps in recvfrom at server.rs:3, for A.",
        "B's 6 bytes arrive: GET k. The server sleeps in recvfrom at server.rs:3, for A.",
        "The server accepts B with accept4 at server.rs:1. B has waited 300 ms in the accept queue.",
        "B has its reply after 301 ms: v. The server is awake, between server.rs:4 and server.rs:3.",
        "The server closes B's connection with close at server.rs:5.",
    ] {
        assert!(says.contains(&sentence), "{sentence}\n{says:#?}");
    }
    let jumps: Vec<&str> = film.moments.iter().filter_map(|it| it.jump.as_deref()).collect();
    let of = |client: &str| {
        ["connects", "is accepted", "has its reply", "leaves"]
            .map(|what| format!("{client} {what}"))
    };
    let [[a1, a2, a3, a4], [b1, b2, b3, b4]] = [of("A"), of("B")];
    assert_eq!(jumps, [a1, a2, a3, b1, a4, b2, b3, b4]);
}

#[test]
fn without_packets_the_notes_of_the_clients_stand_in() {
    let film = Made::without_packets().film();
    assert!(!film.has_packets && film.notes.join(" ").contains("no rights"), "{:?}", film.notes);
    for (time, queue, bytes) in [
        (120, vec!["A"], [0, 0, 0, 0]),
        (250, vec!["A"], [8, 0, 0, 0]),
        (745, vec![], [0, 0, 0, 0]),
        (300_000, vec!["B"], [0, 6, 0, 0]),
        (501_020, vec![], [0, 0, 0, 0]),
    ] {
        assert_eq!(kernel(&at(&film, time)), (queue, bytes), "at {time}");
    }
    let data = film.moments.iter().flat_map(|it| &it.does).find_map(|effect| match effect {
        Effect::Arrived { data, .. } => Some(data.as_str()),
        _ => None,
    });
    assert_eq!(data, Some("SET k v\n"), "what the server read");
}

#[test]
fn a_text_of_a_client_does_no_harm_and_does_not_fill_the_sentence() {
    let made = Made::new();
    let notes = made.read("clients.jsonl");
    let long = format!("SET k \\u001b[2J{}", " a b".repeat(30));
    made.write("clients.jsonl", &notes.replace("SET k v", &long));
    let film = made.film();
    let words = |says: &str| says.split_whitespace().count();
    let moment = film.moments.iter().find(|moment| moment.says.contains("SET k")).unwrap();
    assert!(words(&moment.says) <= 25 && !moment.says.contains('\x1b'), "{}", moment.says);
    assert!(moment.says.contains("SET k \\u{1b}[2J a b"), "{}", moment.says);
    assert!(moment.says.contains("The server sleeps in accept4"), "{}", moment.says);
}

/// The names of what an object has.
fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_page_gets_the_json_that_it_knows() {
    let film = serde_json::to_value(Made::new().film()).unwrap();
    let all = "format server version scenario about date window clients has_packets has_lines sources \
               frames calls moments questions notes";
    assert_eq!(names(&film), all.split_whitespace().collect::<Vec<_>>());
    assert_eq!(names(&film["frames"][0]), ["function", "file", "line"]);
    let call = ["from", "until", "name", "shown", "client", "asleep", "path"];
    assert_eq!(names(&film["calls"][0]), call);
    assert_eq!(names(&film["moments"][0]), ["at", "client", "says", "jump", "does"]);
    let effects = film["moments"].as_array().unwrap().iter();
    let effects = effects.flat_map(|moment| moment["does"].as_array().unwrap());
    let shapes: BTreeSet<String> = effects
        .map(|it| format!("{} {}", it["kind"].as_str().unwrap(), names(it)[1..].join(" ")))
        .collect();
    let expected = [
        "accepted client",
        "arrived client bytes data",
        "begins call",
        "gone client by",
        "key key value",
        "log text",
        "queued client",
        "read client bytes",
        "returns call",
        "screen client text typed",
        "taken client bytes",
        "written client bytes data",
    ];
    assert_eq!(shapes.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let read = root().join("labs/lab1-blocking/recordings/two-clients");
    let film = serde_json::to_value(crate::support::film(&read)).unwrap();
    let question = &film["questions"][0];
    assert_eq!(names(question), ["name", "at", "text", "choices", "read"]);
    let choice = ["is", "text", "right", "misconception", "says", "because"];
    assert_eq!(names(&question["choices"][0]), choice);
}

#[test]
fn a_source_that_has_changed_is_left_out() {
    let made = Made::new();
    made.write("kit/labs/by-hand/src/server.rs", &SOURCE.replace("write", "send"));
    let film = made.film();
    assert!(!film.has_lines && film.sources.is_empty(), "{:?}", film.sources.keys());
    let note =
        "labs/by-hand/src/server.rs has changed since the recording, so its source is left out.";
    assert!(film.notes.iter().any(|it| it == note), "{:?}", film.notes);
    assert!(film.calls.iter().any(|call| !call.path.is_empty()), "the numbers of the lines stay");
}

#[test]
fn a_recording_names_no_file_outside_the_kit() {
    let made = Made::new();
    let lines = std::fs::read_to_string(made.folder().join("lines.json")).unwrap();
    let secret = made.write("secret.rs", SOURCE);
    for file in ["../secret.rs", secret.to_str().unwrap(), "labs/../../secret.rs"] {
        made.write("lines.json", &lines.replace("labs/by-hand/src/server.rs", file));
        let film = made.film();
        assert!(film.sources.is_empty(), "{file}: {:?}", film.sources);
    }
}
