//! In which calls the server slept.

use std::cmp::Reverse;
use std::time::Duration;

use lens::view::ServerCall;
use trace::client_log::EventKind;
use trace::strace::Class;

use super::super::choices::LeftOut;
use super::super::runs::{Run, Runs};
use super::{Found, ms, run_of};

/// A client that waits for longer has waited for something else than the work of the server.
const LONG_US: u64 = 300_000;
/// A sleep that is shorter is no part of a long one.
const NAP_US: u64 = 20_000;

/// Whoever does not think of a write believes that it never waits.
const WRITE_NEVER_SLEEPS: &[(Class, &str)] = &[
    (Class::Accept, "write-never-sleeps"),
    (Class::Read, "write-never-sleeps"),
    (Class::Other, "write-never-sleeps"),
];
/// In an event loop these calls never wait.
const CALLS_SLEEP: &[(Class, &str)] = &[
    (Class::Accept, "non-blocking-calls-sleep"),
    (Class::Read, "non-blocking-calls-sleep"),
    (Class::Write, "non-blocking-calls-sleep"),
];

/// B waits, because A holds its connection and says nothing.
pub(super) fn waited_for_silent(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let Wait { run, times, calls, longest } = waited(runs, "two-clients")?;
    let why = if Class::of(&longest.name) == Class::Read && longest.port == run.port("A") {
        "The thread slept in a read of A's connection. Only A could end this sleep, and there was no other thread for B."
    } else {
        "There is one thread, and it slept in this call. Nobody was awake to serve B."
    };
    Ok(Found {
        run,
        name: "own-waited",
        text: format!(
            "A held its connection and said nothing. B waited {} for its reply. In which of your lines was the server's thread asleep for most of that time?",
            ms(times.1 - times.0)
        ),
        calls,
        why: why.to_owned(),
        noted: noted(run, times),
        read: "#accept-one-client-after-the-other",
        beliefs: &[],
        lures: &["answer(", "serve(", "handle(", "connect("],
    })
}

/// B waits, because A does not read its replies.
pub(super) fn waited_for_slow_reader(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let Wait { run, times, calls, longest } = waited(runs, "slow-reader")?;
    let why = if Class::of(&longest.name) == Class::Write {
        "The kernel keeps some bytes for a client that does not read. When no more fit, a write sleeps until the client reads: to send is to wait, too."
    } else {
        "There is one thread, and it slept in this call. Nobody was awake to serve B."
    };
    Ok(Found {
        run,
        name: "own-waited-for-slow-reader",
        text: format!(
            "A asked for 10 MB and read nothing for a second. B waited {} for its reply. In which of your lines was the server's thread asleep for most of that time?",
            ms(times.1 - times.0)
        ),
        calls,
        why: why.to_owned(),
        noted: noted(run, times),
        read: "#accept-one-client-after-the-other",
        beliefs: WRITE_NEVER_SLEEPS,
        lures: &["answer(", "serve(", "handle(", "connect("],
    })
}

/// The server slept while A was silent, and B was served meanwhile.
pub(super) fn slept_while_others_were_served(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let run = run_of(runs, "two-clients")?;
    let (from, until) = asked_and_answered(run, "B")?;
    let answered = run.event("A", |what| matches!(what, EventKind::Received { .. }));
    let gone = run.event("A", |what| *what == EventKind::Closed);
    let (answered, gone) = answered.zip(gone).ok_or(LeftOut::OtherRun)?;
    let silence = (answered.at_us, gone.at_us);
    let is_meant = |call: &&ServerCall| call.is_asleep() && overlap(call, silence) >= NAP_US;
    let calls: Vec<_> = run.0.calls.iter().filter(is_meant).collect();
    let slept: u64 = calls.iter().map(|call| overlap(call, silence)).sum();
    // Only a call that waits for several sockets is woken by any of them.
    let waits_for_all =
        |call: &&ServerCall| matches!(Class::of(&call.name), Class::Epoll | Class::Poll);
    let was_served = silence.0 < from && until < silence.1;
    if !was_served || !is_most(slept, silence) || !calls.iter().all(waits_for_all) {
        return Err(LeftOut::OtherRun);
    }
    Ok(Found {
        run,
        name: "own-slept",
        text: format!("A held its connection and said nothing for {}. B came meanwhile, and had its reply after {}. In which of your lines did the server's thread sleep while nobody asked?", ms(silence.1.saturating_sub(silence.0)), ms(until - from)),
        calls,
        why: "The thread slept in one place, for all sockets at once. So B could wake it although A was silent.".to_owned(),
        noted: noted(run, (from, until)),
        read: "#sleep-only-in-the-wait",
        beliefs: CALLS_SLEEP,
        lures: &["accept", "answer(", "serve(", "tick("],
    })
}

/// What B waited for: from when until when, and the calls in which the server slept for most of that, the longest first.
struct Wait<'a> {
    run: &'a Run,
    times: (u64, u64),
    calls: Vec<&'a ServerCall>,
    longest: &'a ServerCall,
}

fn waited<'a>(runs: &'a Runs, scenario: &str) -> Result<Wait<'a>, LeftOut> {
    let run = run_of(runs, scenario)?;
    let times = asked_and_answered(run, "B")?;
    let slept = run.0.calls.iter().filter(|call| call.is_asleep() && overlap(call, times) > 0);
    let mut calls: Vec<_> = slept.collect();
    calls.sort_by_key(|call| Reverse(overlap(call, times)));
    let longest = *calls.first().ok_or(LeftOut::OtherRun)?;
    // To wait again for the same client is the same sleep.
    calls.retain(|call| (&call.name, call.port) == (&longest.name, longest.port));
    let sum = calls.iter().map(|call| overlap(call, times)).sum();
    if times.1 - times.0 < LONG_US || !is_most(sum, times) {
        return Err(LeftOut::OtherRun);
    }
    Ok(Wait { run, times, calls, longest })
}

/// What B noted.
fn noted(run: &Run, (asked, answered): (u64, u64)) -> Vec<(u64, String)> {
    let reply = Duration::from_micros(answered.saturating_sub(run.start_us())).as_secs_f64();
    vec![(asked, format!("B asks for a connection; it has its reply at {reply:.3} s"))]
}

/// When a client asked for its connection, and when it had its first reply.
fn asked_and_answered(run: &Run, client: &str) -> Result<(u64, u64), LeftOut> {
    let asked = run.event(client, |what| *what == EventKind::Connecting);
    let answered = run.event(client, |what| matches!(what, EventKind::Received { .. }));
    let times = asked.zip(answered).map(|(asked, answered)| (asked.at_us, answered.at_us));
    times.filter(|(from, until)| from <= until).ok_or(LeftOut::OtherRun)
}

/// How long a call went on between two times.
fn overlap(call: &ServerCall, (from, until): (u64, u64)) -> u64 {
    call.end_us().min(until).saturating_sub(call.start_us.max(from))
}

/// Whether it is more than half of the time.
fn is_most(us: u64, (from, until): (u64, u64)) -> bool {
    us > until.saturating_sub(from) / 2
}
