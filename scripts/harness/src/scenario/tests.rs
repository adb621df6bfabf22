//! The scenarios themselves, and the steps that they are made of.

use std::collections::HashSet;

use super::*;
use trace::client_log::EventKind::{Connected, Connecting, GaveUp, Sent};

#[test]
fn every_scenario_can_be_read_and_has_a_name_of_its_own() {
    let all = all().unwrap();
    let names: HashSet<_> = all.iter().map(|scenario| &scenario.name).collect();
    assert_eq!(names.len(), all.len());
    let known = [
        "two-clients",
        "expiry",
        "pipeline",
        "split",
        "slow-reader",
        "many",
        "greedy",
        "values",
        "half",
    ];
    for name in known {
        assert_eq!(find(name).unwrap().name, name);
    }
}

#[test]
fn many_clients_are_fifty_with_a_name_each() {
    let many = find("many").unwrap();
    let names: Vec<String> = many.clients.iter().flat_map(Client::names).collect();
    assert_eq!(names.len(), 50);
    assert_eq!((names[0].as_str(), names[49].as_str()), ("C1", "C50"));
}

#[test]
fn an_unknown_scenario_is_answered_with_those_that_there_are() {
    let error = find("tea-party").unwrap_err().to_string();
    assert!(error.contains("'tea-party'") && error.contains("two-clients, expiry"), "{error}");
}

#[test]
fn an_action_that_no_client_can_follow_is_refused() {
    let scenario = |action: &str| {
        let text = format!("name = 'A'\nactions = [{action}]");
        toml::from_str::<Client>(&text)
    };
    let pause = Action::PauseMs(1000);
    assert_eq!(scenario("{ pause_ms = 1000 }").unwrap().actions, [pause]);
    for bad in [
        "'send'",
        "'connect now'",
        "{ pause_ms = 'long' }",
        "{ split = { pieces = 3, command = 'SET a' } }",
        "{ sing = 'SET a' }",
        "{ repeat = { times = 2, actions = ['sing'] } }",
    ] {
        assert!(scenario(bad).is_err(), "{bad}");
    }
}

#[test]
fn actions_can_be_repeated() {
    let text = "name = 'A'\nactions = ['connect', { repeat = { times = 2, actions = [{ send = '{key}' }, 'close'] } }]";
    let client = toml::from_str::<Client>(text).unwrap().filled(&mut Words::new(7));
    let key = Words::new(7).fill("{key}");
    let flat: Vec<&Action> = client.actions.iter().flat_map(Action::flat).collect();
    let send = Action::Send(key);
    assert_eq!(flat, [&Action::Connect, &send, &Action::Close, &send, &Action::Close]);
}

#[test]
fn a_client_whom_nobody_answers_gives_up_and_says_so() {
    // It listens, and nobody ever accepts: the kernel connects the client all the same.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let clients = find("two-clients").unwrap().clients;
    let server = (listener.local_addr().unwrap(), Protocol::Resp);
    let patience = Duration::from_millis(50);
    let (happened, failed) = play(&clients, server, patience, |_| "looked");
    let Failed { client, failure, seen } = failed.unwrap();
    assert_eq!((client.as_str(), failure.kind, seen), ("A", FailureKind::NoReply, "looked"));
    assert_eq!(failure.expected.first, b"+OK\r\n");
    let events: Vec<_> = happened.iter().filter_map(Happened::event).collect();
    let of = |name: &str| {
        let events = events.iter().filter(|event| event.client == name);
        events.map(|event| event.what.clone()).collect::<Vec<_>>()
    };
    assert!(
        matches!(
            of("A").as_slice(),
            [Connecting, Connected, Sent { bytes: 34, .. }, GaveUp { .. }]
        ),
        "{events:?}"
    );
    assert!(matches!(of("B").as_slice(), [GaveUp { .. }]), "{events:?}");
}

const THREE: &str = "{ expect_each = { count = 3, reply = ':#' } }";

/// A server that reads one request, and sends some replies, each after a pause. Its client is impatient.
fn play_slowly(replies: &'static [&[u8]], actions: &str) -> Option<Failed<()>> {
    use std::io::{Read, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = (listener.local_addr().unwrap(), Protocol::Resp);
    let serving = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        _ = client.read(&mut [0; 64]);
        for reply in replies {
            thread::sleep(Duration::from_millis(400));
            // The client may have given up.
            _ = client.write_all(reply);
        }
        // Until the client leaves.
        _ = client.read(&mut [0; 64]);
    });
    let client = format!("name = 'A'\nactions = ['connect', {{ send = 'PING' }}, {actions}]");
    let client: Client = toml::from_str(&client).unwrap();
    let (_, failed) = play(&[client], server, Duration::from_secs(1), |_| ());
    serving.join().unwrap();
    failed
}

/// What a client says of a reply to PING that must begin with `%1`.
fn expect_start(reply: &'static [&[u8]]) -> Option<Failure> {
    let action = "{ expect_start = '%1\\r\\n' }, { expect = '+next' }";
    play_slowly(reply, action).map(|failed| failed.failure)
}

#[test]
fn a_reply_of_which_only_the_start_is_known_is_taken_whole() {
    assert!(expect_start(&[b"%1\r\n+a", b"\r\n:1\r\n+next\r\n"]).is_none());
    let other = expect_start(&[b"*2\r\n+a\r\n:1\r\n"]).unwrap();
    assert_eq!((other.kind, other.expected), (FailureKind::Differs, b"%1\r\n".as_slice().into()));
    let cut = expect_start(&[b"%1\r\n+a\r\n"]).unwrap();
    assert_eq!((cut.kind, cut.got), (FailureKind::Incomplete, b"%1\r\n+a\r\n".as_slice().into()));
}

#[test]
fn a_reply_must_take_the_time_that_it_may_take() {
    let after_400_ms = |least_ms: u64, most_ms: u64| {
        let time = format!("least_ms = {least_ms}, most_ms = {most_ms}");
        let action = format!("{{ expect_in = {{ reply = ':1', {time} }} }}");
        play_slowly(&[b":1\r\n"], &action).map(|failed| failed.failure.kind)
    };
    assert_eq!(after_400_ms(300, 60_000), None);
    assert_eq!(after_400_ms(0, 300), Some(FailureKind::TooLate));
    assert_eq!(after_400_ms(60_000, 90_000), Some(FailureKind::TooSoon));
}

#[test]
fn each_of_several_replies_may_take_as_long_as_one() {
    assert!(play_slowly(&[b":1\r\n", b":2\r\n", b":3\r\n"], THREE).is_none());
}

#[test]
fn the_replies_that_have_come_are_a_part_of_what_is_missing() {
    let failure = play_slowly(&[b":1\r\n", b":2\r\n:"], THREE).unwrap().failure;
    assert_eq!(failure.kind, FailureKind::Incomplete);
    assert_eq!(failure.got, b":1\r\n:2\r\n:".as_slice().into());
    assert_eq!(failure.expected, b":1\r\n:2\r\n:3\r\n".as_slice().into());
}
