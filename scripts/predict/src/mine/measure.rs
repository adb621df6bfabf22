//! The calls of a run that a question is about. Each measure looks first whether the run was as its question says.

use lens::view::{Did, ServerCall};
use trace::client_log::EventKind;
use trace::strace::Class;

use super::choices::LeftOut;
use super::runs::{Run, Runs};

mod sleep;

use sleep::{slept_while_others_were_served, waited_for_silent, waited_for_slow_reader};

/// What a question is about.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    /// The run.
    pub run: &'a Run,
    /// The name under which the answer is kept.
    pub name: &'static str,
    /// What is asked.
    pub text: String,
    /// What clients noted, and when: it stands before the calls.
    pub noted: Vec<(u64, String)>,
    /// The calls that are meant. All of them must come from the same line.
    pub calls: Vec<&'a ServerCall>,
    /// What there is to learn, in a sentence or two.
    pub why: String,
    /// The heading of the lab sheet that explains it.
    pub read: &'static str,
    /// Misconceptions, by what the call does in which someone sees the right one; lines without a call are `Other`.
    pub beliefs: &'static [(Class, &'static str)],
    /// Words of lines that someone could take for the right one, though they make no call.
    pub lures: &'static [&'static str],
}

/// A measure: the calls in the runs, or why there is no question.
pub type Measure = fn(&Runs) -> Result<Found<'_>, LeftOut>;

/// The measures for a server that serves `many` clients at once, or one after the other. The best ones come first.
#[must_use]
pub fn of(many: bool) -> &'static [Measure] {
    if many {
        &[
            slept_while_others_were_served,
            accepted,
            replied,
            left,
            send_buffer_full,
            third_piece,
            closed,
        ]
    } else {
        &[waited_for_silent, accepted, replied, third_piece, waited_for_slow_reader, closed]
    }
}

/// The run of a scenario.
fn run_of<'a>(runs: &'a Runs, scenario: &str) -> Result<&'a Run, LeftOut> {
    runs.of(scenario).ok_or(LeftOut::OtherRun)
}

fn is_many(runs: &Runs) -> bool {
    runs.lab.serves == harness::labs::Serves::Many
}

fn accepted(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let run = run_of(runs, "two-clients")?;
    let connected =
        run.event("B", |what| *what == EventKind::Connected).ok_or(LeftOut::OtherRun)?;
    let call = run.0.accept_of(connected.port).ok_or(LeftOut::OtherRun)?;
    let late = ms(call.end_us().saturating_sub(connected.at_us));
    let (why, read) = if is_many(runs) {
        (
            format!(
                "epoll_wait only says that somebody waits. This call took B's connection, {late} after B was connected."
            ),
            "#accept-until-nobody-waits",
        )
    } else {
        (
            format!(
                "The kernel had connected B by itself. The connection waited in a queue until this call took it, {late} later."
            ),
            "#accept-one-client-after-the-other",
        )
    };
    Ok(Found {
        run,
        name: "own-accepted",
        text: "Which of your lines took B's connection from the queue of the kernel?".to_owned(),
        calls: vec![call],
        why,
        noted: Vec::new(),
        read,
        beliefs: &[],
        lures: &["connect(", "register(", "welcome(", "serve("],
    })
}

fn replied(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let run = run_of(runs, "pipeline")?;
    let is_answer = |what: &EventKind| matches!(what, EventKind::Received { replies: 16, .. });
    let answer = run.event("A", is_answer).ok_or(LeftOut::OtherRun)?;
    let EventKind::Received { bytes, .. } = answer.what else { return Err(LeftOut::OtherRun) };
    let (mut calls, mut sum) = (Vec::new(), 0);
    for call in run.calls_of("A") {
        let Did::Sent(more) = call.did else { continue };
        if sum >= bytes {
            break;
        }
        sum += more;
        calls.push(call);
    }
    if sum != bytes {
        return Err(LeftOut::OtherRun);
    }
    let times =
        if calls.len() == 1 { "one call".to_owned() } else { format!("{} calls", calls.len()) };
    Ok(Found {
        run,
        name: "own-replied",
        text: "A sent 16 commands in one write. Which of your lines gave the 16 replies to the kernel?".to_owned(),
        why: format!("A line that executes or encodes only writes to memory. This line gave the bytes to the kernel: 16 replies, {times}."),
        calls,
        noted: Vec::new(),
        read: "#answer-every-request-that-has-arrived",
        beliefs: &[],
        lures: &["encode_reply(&reply", "encode_reply(", "execute(", "answer(", "output"],
    })
}

fn third_piece(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let run = run_of(runs, "split")?;
    let events = run.0.events_of("A");
    let pieces: Vec<_> =
        events.filter(|event| matches!(event.what, EventKind::Sent { .. })).take(3).collect();
    let reads: Option<Vec<_>> = pieces.iter().map(|piece| run.0.read_of(piece)).collect();
    let reads = reads.filter(|reads| reads.len() == 3).ok_or(LeftOut::OtherRun)?;
    // Each piece must have been read by itself.
    let is_whole = pieces.iter().zip(&reads).all(|(piece, read)| {
        matches!((&piece.what, read.did), (EventKind::Sent { bytes, .. }, Did::Read(count)) if *bytes == count)
    });
    if !is_whole {
        return Err(LeftOut::OtherRun);
    }
    let read = if is_many(runs) {
        "#keep-half-a-request-for-each-connection"
    } else {
        "#wait-for-the-rest-of-a-request"
    };
    Ok(Found {
        run,
        name: "own-third-piece",
        text: "A sent one command in three pieces, one after the other. Which of your lines took the third piece from the kernel?".to_owned(),
        calls: vec![reads[2]],
        why: "What decodes sees only bytes that are in memory already. This call brought the third piece there; the two before brought the others.".to_owned(),
        noted: Vec::new(),
        read,
        beliefs: &[],
        lures: &["decode_request(", "commit(", "answer(", "consume("],
    })
}

fn send_buffer_full(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let run = run_of(runs, "slow-reader")?;
    let is_full =
        |call: &&ServerCall| Class::of(&call.name) == Class::Write && call.did == Did::Nothing;
    let calls: Vec<_> = run.calls_of("A").filter(is_full).collect();
    Ok(Found {
        run,
        name: "own-send-buffer-full",
        text: "A asked for 10 MB and read nothing for a second. To which of your lines did the kernel say that A's socket takes nothing more (EAGAIN)?".to_owned(),
        calls,
        why: "Only a call that writes learns that the socket is full. What it did not take stays in your write buffer until an event says that there is room.".to_owned(),
        noted: Vec::new(),
        read: "#keep-what-the-kernel-does-not-take",
        beliefs: &[],
        lures: &["MAX_UNSENT", "poll_timeout(", "flush(", "output"],
    })
}

fn left(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let run = run_of(runs, "two-clients")?;
    run.event("A", |what| *what == EventKind::Closed).ok_or(LeftOut::OtherRun)?;
    Ok(Found {
        run,
        name: "own-left",
        text: "A closed its connection. To which of your lines did the kernel say that A sends nothing more?".to_owned(),
        calls: run.calls_of("A").filter(|call| call.did == Did::Left).collect(),
        why: "A read that returns 0 is the end of what a client sends. epoll_wait only says that there is something to read.".to_owned(),
        noted: Vec::new(),
        read: "#let-a-client-leave",
        beliefs: &[],
        lures: &["disconnect(", "close", "drop(", "is_closing", "remove("],
    })
}

fn closed(runs: &Runs) -> Result<Found<'_>, LeftOut> {
    let run = run_of(runs, "two-clients")?;
    Ok(Found {
        run,
        name: "own-closed",
        text: "At which of your lines was A's connection given back to the kernel (close)?".to_owned(),
        calls: run.calls_of("A").filter(|call| call.did == Did::Closed).collect(),
        why: "Rust closes a socket when the value that owns it is dropped: at the end of its block, if nothing drops it before.".to_owned(),
        noted: Vec::new(),
        read: "#let-a-client-leave",
        beliefs: &[],
        lures: &["disconnect(", "break", "return", "drop(", "is_closing", "remove("],
    })
}

/// A time, for a reader.
fn ms(us: u64) -> String {
    trace::duration::Human(std::time::Duration::from_micros(us)).to_string()
}
