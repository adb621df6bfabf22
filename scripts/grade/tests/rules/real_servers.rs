//! Real servers: those that are right break no rule, and each mistake breaks the rule that is there for it.

use grade::rules::{Rule, Verdict};
use harness::scenario::{self, Scenario};
use trace::protocol::Protocol;

use crate::server::{lab, python, record};

/// A sends half a request and the rest a second later; B asks in the meantime.
const HALF_A_REQUEST: &str = r#"
    name = "half"
    about = "A sends half a request"
    [[client]]
    name = "A"
    actions = [
        "connect", { send = "PING" }, { expect = "+PONG" }, { signal = "held" },
        { split = { pieces = 2, pause_ms = 1000, command = "SET name Alice" } }, { expect = "+OK" }, "close",
    ]
    [[client]]
    name = "B"
    actions = [
        { wait_for = "held" }, { pause_ms = 200 }, "connect", { send = "PING" }, { expect = "+PONG" }, "close",
    ]
"#;

const BLOCKING: [Rule; 2] = [Rule::OneClientAtATime, Rule::NoSpinning];
const EVENT_LOOP: [Rule; 4] = [
    Rule::SleepsOnlyInTheWait,
    Rule::ReadsOthersWhileOneIsSilent,
    Rule::NoSpinning,
    Rule::OneThread,
];

fn two_clients() -> Scenario {
    scenario::find("two-clients").unwrap()
}

/// Nothing may be broken. On a busy machine it may be unknown; this test may run on one.
fn holds(words: &[String], scenario: &Scenario, protocol: Protocol, rules: &[Rule]) {
    let recorded = record(words, scenario, protocol);
    for rule in rules {
        let judged = recorded.judge(*rule);
        let is_right = match &judged.verdict {
            Verdict::Holds => true,
            Verdict::Broken => false,
            Verdict::Unknown(_) => recorded.was_busy(),
        };
        println!("{} {:?} {:?}", rule.name(), words.first(), judged.verdict);
        assert!(is_right, "{words:?}: {rule:?}: {judged:#?}\n{}", recorded.show());
    }
}

/// The rule must be broken, by a call with this name. A busy machine may hide it, but not three times.
fn breaks((lab, fault): (&str, &str), scenario: &Scenario, rule: Rule, call: &str) {
    let protocol = if lab == "lab1" { Protocol::Lines } else { Protocol::Resp };
    let mut tries = 0;
    loop {
        tries += 1;
        let recorded = record(&python(lab, Some(fault)), scenario, protocol);
        let judged = recorded.judge(rule);
        if tries < 3 && recorded.was_busy() && judged.verdict != Verdict::Broken {
            continue;
        }
        println!("{lab} {fault} {rule:?}: {}", judged.sentence);
        for line in &judged.lines {
            println!("    {}\n        {}", line.raw, line.meaning);
        }
        assert_eq!(judged.verdict, Verdict::Broken, "{lab} {fault}: {rule:?}\n{}", recorded.show());
        assert!(judged.lines.iter().any(|line| line.raw.contains(call)), "{judged:#?}");
        return;
    }
}

#[test]
#[ignore = "needs strace and python3"]
fn rules_on_real_servers_hold_for_blocking_servers_that_are_right() {
    holds(&lab("lab1-blocking"), &two_clients(), Protocol::Lines, &BLOCKING);
    holds(&lab("lab2-resp"), &two_clients(), Protocol::Resp, &BLOCKING);
    holds(&python("lab1", None), &two_clients(), Protocol::Lines, &BLOCKING);
    holds(&python("lab2", None), &two_clients(), Protocol::Resp, &BLOCKING);
}

#[test]
#[ignore = "needs strace and python3"]
fn rules_on_real_servers_hold_for_event_loops_that_are_right() {
    let half: Scenario = toml::from_str(HALF_A_REQUEST).unwrap();
    let slow = scenario::find("slow-reader").unwrap();
    let slow_rules = [Rule::WritesWithoutSleeping, Rule::SleepsOnlyInTheWait, Rule::OneThread];
    for words in [lab("lab3-multiclient"), lab("lab4-fair"), python("lab3", None)] {
        holds(&words, &two_clients(), Protocol::Resp, &EVENT_LOOP);
        holds(&words, &half, Protocol::Resp, &EVENT_LOOP);
        holds(&words, &slow, Protocol::Resp, &slow_rules);
    }
}

#[test]
#[ignore = "needs strace and python3"]
fn rules_on_real_servers_are_broken_by_mistakes_of_blocking_servers() {
    for lab in ["lab1", "lab2"] {
        breaks((lab, "thread_per_client"), &two_clients(), Rule::OneClientAtATime, "accept4(");
    }
    breaks(("lab1", "busy_loop"), &two_clients(), Rule::NoSpinning, "recvfrom(");
}

#[test]
#[ignore = "needs strace and python3"]
fn rules_on_real_servers_are_broken_by_a_wait_for_one_client() {
    let half: Scenario = toml::from_str(HALF_A_REQUEST).unwrap();
    let slow = scenario::find("slow-reader").unwrap();
    for rule in [Rule::SleepsOnlyInTheWait, Rule::ReadsOthersWhileOneIsSilent] {
        breaks(("lab3", "one_client_at_a_time"), &two_clients(), rule, "recvfrom(");
        breaks(("lab3", "waits_for_rest_of_request"), &half, rule, "recvfrom(");
    }
    for rule in [Rule::SleepsOnlyInTheWait, Rule::WritesWithoutSleeping] {
        breaks(("lab3", "blocking_send"), &slow, rule, "sendto(");
    }
    breaks(("lab3", "thread_per_client"), &two_clients(), Rule::OneThread, "recvfrom(");
}

#[test]
#[ignore = "needs strace and python3"]
fn rules_on_real_servers_are_broken_by_a_loop_that_does_not_wait() {
    for fault in ["busy_loop", "polls_every_10_milliseconds", "always_waits_for_writable"] {
        breaks(("lab3", fault), &two_clients(), Rule::NoSpinning, "epoll_wait(");
    }
    let rule = Rule::SleepsOnlyInTheWait;
    breaks(("lab3", "sleeps_after_each_round"), &two_clients(), rule, "nanosleep(");
}
