//! The scenarios themselves, and the language of their steps.

use std::collections::HashSet;

use super::*;
use trace::client_log::EventKind::{Connected, Connecting, GaveUp, Sent};

#[test]
fn every_scenario_can_be_read_and_has_a_name_of_its_own() {
    let all = all().unwrap();
    let names: HashSet<_> = all.iter().map(|scenario| &scenario.name).collect();
    assert_eq!(names.len(), all.len());
    for name in ["two-clients", "expiry", "pipeline", "split", "slow-reader", "many"] {
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
fn steps_are_read_from_words() {
    let words = || "SET # value-#".to_owned();
    let millis = Duration::from_millis;
    assert_eq!("connect".parse(), Ok(Step::Connect));
    assert_eq!("send SET # value-#".parse(), Ok(Step::Send { count: 1, words: words() }));
    assert_eq!("pipeline 16 SET # value-#".parse(), Ok(Step::Send { count: 16, words: words() }));
    let split = Step::Split { pieces: 3, apart: millis(50), words: words() };
    assert_eq!("split 3 50 SET # value-#".parse(), Ok(split));
    assert_eq!("expect (nil)".parse(), Ok(Step::Expect("(nil)".to_owned())));
    assert_eq!("replies 2".parse(), Ok(Step::Replies(2)));
    assert_eq!("pause 1000".parse(), Ok(Step::Pause(millis(1000))));
    for bad in ["", "send", "connect now", "pause", "pause long", "split 3 SET a", "sing"] {
        assert_eq!(bad.parse::<Step>(), Err(()), "{bad}");
    }
}

#[test]
fn a_client_whom_nobody_answers_gives_up_and_says_so() {
    // It listens, and nobody ever accepts: the kernel connects the client all the same.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut scenario = find("two-clients").unwrap();
    for client in &mut scenario.clients {
        client.patience_ms = Some(50);
    }
    let events = run(&scenario, listener.local_addr().unwrap(), trace::protocol::Protocol::Resp);
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
