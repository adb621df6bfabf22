//! What the clients of a step did, one numbered line each, up to what went wrong.

use colored::Colorize;
use harness::scenario::{Failure, FailureKind, Happened, What};
use harness::text::{COLUMNS, cut};

use super::bytes;
use crate::judge::Wrong;

/// So many lines are shown; of more, the first and the last.
const LINES: usize = 14;
/// Where the bytes begin.
const MARGIN: usize = 22;

/// The conversation of a step.
pub(super) fn show(wrong: &Wrong) -> String {
    let is_shown = |one: &&Happened| match &one.what {
        What::Failed(failure) => failure.kind != FailureKind::Abandoned,
        What::Connecting => false,
        _ => true,
    };
    let mut rows: Vec<&Happened> = wrong.happened.iter().filter(is_shown).collect();
    // What others did after the failure is not its reason.
    if let Some(last) = rows.iter().position(|one| matches!(one.what, What::Failed(_))) {
        rows.truncate(last + 1);
    }
    let left_out = if rows.len() > LINES { LINES / 2..rows.len() - LINES / 2 } else { 0..0 };
    let numbered = rows.iter().enumerate().filter_map(|(index, one)| match index {
        index if !left_out.contains(&index) => Some(format!("{:>4}. {}", index + 1, line(one))),
        index if index == left_out.start => Some(format!("   …  {} more\n", left_out.len())),
        _ => None,
    });
    let text: String = numbered.collect();
    if text.is_empty() { text } else { text + "\n" }
}

/// What a client is called that comes from this port.
pub(super) fn name(wrong: &Wrong, port: u16) -> String {
    let named = wrong.happened.iter().find(|one| one.port == port);
    named.map_or_else(|| "another client".to_owned(), |one| one.client.clone())
}

fn line(one: &Happened) -> String {
    let room = COLUMNS - MARGIN;
    let (does, what) = match &one.what {
        What::Connecting => ("asks", "for a connection".to_owned()),
        What::Connected => ("is connected", String::new()),
        What::Sent { text, bytes } => {
            let shown = bytes::line(bytes, room);
            let command = command(text, &shown, bytes.count);
            return row(&one.client, "sends", &shown) + &command;
        }
        What::Received { bytes, .. } => ("gets", bytes::line(bytes, room)),
        What::Paused(time) => ("waits", format!("for {} ms", time.as_millis())),
        What::WasSilent(time) => {
            ("gets", format!("nothing for {} ms, as it must be", time.as_millis()))
        }
        What::WasClosed => ("gets", "the end of the connection, as it must be".to_owned()),
        What::ShutDown => ("shuts down", "its side: it sends nothing more".to_owned()),
        What::Closed { with_reset: false } => ("closes", String::new()),
        What::Closed { with_reset: true } => ("resets", "the connection".to_owned()),
        What::Failed(failure) => return failed(&one.client, failure),
    };
    row(&one.client, does, &what)
}

/// The command that was sent, if it cannot be read in its first bytes. Its long arguments are not in `text`.
fn command(text: &str, shown: &str, count: usize) -> String {
    let is_cut = shown.ends_with(&format!("({count} bytes)"));
    let is_the_same = text.chars().zip(shown.chars()).take(5).all(|(a, b)| a == b);
    if !is_cut || is_the_same || text.contains('@') {
        return String::new();
    }
    format!("{:<MARGIN$}{}\n", "      which is", cut(text, COLUMNS - MARGIN))
}

/// What a client does, and with which bytes.
fn row(client: &str, does: &str, what: &str) -> String {
    let start = format!("{:<width$}", format!("{client} {does}"), width = MARGIN - 6);
    format!("{start}{what}").trim_end().to_owned() + "\n"
}

fn failed(client: &str, failure: &Failure) -> String {
    let room = COLUMNS - MARGIN;
    let after = format!("after {:.1} s", failure.waited.as_secs_f64());
    let red = |text: &str| text.red().bold().to_string();
    // What must come, and what comes.
    let both = |must: &str, is: &str| {
        row(client, "must get", must) + &format!("{:<MARGIN$}{}\n", "      and gets", red(is))
    };
    let expected = || match failure.expected.count {
        0 => "nothing".to_owned(),
        _ => bytes::line(&failure.expected, room),
    };
    match failure.kind {
        FailureKind::Refused => row(client, "connects:", &red("the connection is refused")),
        FailureKind::NoReply => both(&expected(), &format!("nothing, {after}")),
        FailureKind::Closed if failure.got.count == 0 => {
            both(&expected(), "the end of the connection")
        }
        FailureKind::Closed | FailureKind::Incomplete | FailureKind::Differs => {
            let [must, is, mark] = bytes::compared(&failure.expected, &failure.got, room);
            let end = match failure.kind {
                FailureKind::Closed => "and then the end of the connection",
                FailureKind::Incomplete => &format!("and then nothing, {after}"),
                _ => "",
            };
            let below = format!("{:MARGIN$}{mark} {end}", "").trim_end().to_owned();
            both(&must, &is) + &below + "\n"
        }
        FailureKind::TooSoon => both(&expected(), &format!("all of it {after}: too soon")),
        FailureKind::TooLate => both(&expected(), &format!("all of it {after}: too late")),
        FailureKind::TooMuch => both("nothing more", &bytes::line(&failure.got, room)),
        FailureKind::StillOpen => both("the end of the connection", &format!("nothing, {after}")),
        FailureKind::NotRead => {
            row(client, "sends:", &red(&format!("the server does not read, {after}")))
        }
        FailureKind::Abandoned | FailureKind::Impossible => {
            row(client, "stops:", &failure.to_string())
        }
    }
}
