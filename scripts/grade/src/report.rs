//! What the student reads: the list of the steps, and of one that fails all that was seen.

use std::net::SocketAddr;

use colored::Colorize;
use harness::labs::Lab;
use harness::scenario::FailureKind;
use harness::snapshot::Snapshot;
use harness::text::{COLUMNS, cut, wrap, wrapped};
use trace::protocol::Protocol;

use crate::cause;
use crate::course::{Course, Step, Task};
use crate::judge::{Outcome, Problem, Wrong};
use crate::own::Function;

mod bytes;
mod conversation;
mod summary;

pub use summary::summary;

/// Where bytes have come, what the server does now is not the reason.
const BY_BYTES: [FailureKind; 4] =
    [FailureKind::Differs, FailureKind::Closed, FailureKind::TooSoon, FailureKind::TooLate];

/// What is known of a step.
#[derive(Debug)]
pub enum Known {
    /// It was judged.
    Judged(Outcome),
    /// It was not, because a step that it needs does not work.
    Needs,
    /// It was not, because several steps before it have waited in vain for this.
    GivenUp(&'static str),
    /// It belongs to a task that the server knows nothing of.
    NotBegun,
    /// Its clients are content, and its system calls were not judged, because there is no strace.
    Skipped,
}

impl Known {
    /// Whether nothing is wrong, as far as it was judged.
    #[must_use]
    pub fn works(&self) -> bool {
        matches!(self, Self::Judged(Outcome::Passed) | Self::Skipped)
    }
}

/// What it is all about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The lab.
    pub lab: Lab,
    /// Its steps.
    pub course: &'a Course,
    /// Whether no step has ever worked.
    pub is_new: bool,
}

/// A line of the list: the number, what came of it, the title.
#[must_use]
pub fn row(number: usize, step: &Step, known: &Known) -> String {
    let (word, why) = match known {
        Known::Judged(Outcome::Passed) => ("ok".green(), None),
        Known::Judged(Outcome::Failed(_)) => ("FAILS".red().bold(), None),
        Known::Judged(Outcome::Unknown(why)) => ("unknown".yellow(), Some(why.clone())),
        Known::Skipped => ("skipped".dimmed(), Some("its system calls were not judged".to_owned())),
        Known::Needs | Known::GivenUp(_) | Known::NotBegun => ("-".dimmed(), None),
    };
    let not_begun = if matches!(known, Known::NotBegun) { " (not begun)" } else { "" };
    let mut lines = wrap(&format!("{}{not_begun}", step.title), COLUMNS - 14, "");
    if let Some(why) = why {
        lines.extend(wrap(&format!("({why})"), COLUMNS - 14, " "));
    }
    let lines = lines.join(&format!("\n{:14}", ""));
    format!("{number:>4}  {word:<7} {lines}\n")
}

/// The line above the first step of a task.
#[must_use]
pub fn heading(task: &Task) -> String {
    format!("\n  {}: {}\n", format!("Task {}", task.name).bold(), task.title)
}

/// All about a step that fails.
#[must_use]
pub fn failure(number: usize, step: &Step, wrong: &Wrong, about: About<'_>) -> String {
    let title = format!("Step {number}: {}", step.title).bold();
    let read = step.sheet(about.lab);
    let cause = cause(step, wrong, about.lab.protocol);
    let has_hints = !step.hints.is_empty();
    let of_step = format!(" --step {number}");
    let hint = format!("scripts/check.sh {}{of_step} --hint", about.lab.of_the_kit().short);
    let hint = has_hints.then(|| labelled("A hint", &hint));
    let inject = step.inject.as_ref().map(|what| labelled("Injected", what) + "\n");
    let parts = [
        format!("\n{title}\n\n"),
        inject.unwrap_or_default(),
        conversation::show(wrong),
        what_was_seen(wrong),
        cause.map(|cause| labelled("Probably", &cause)).unwrap_or_default(),
        if step.read.is_empty() { String::new() } else { labelled("Read", &read) },
        hint.unwrap_or_default(),
    ];
    parts.concat()
}

/// What was seen of the server.
fn what_was_seen(wrong: &Wrong) -> String {
    let ended = |status: &str, said: &[String]| {
        labelled("The server", &format!("has ended: {status}")) + &last_lines(said)
    };
    match &wrong.what {
        Problem::Client(stopped) => match (&stopped.ended, &stopped.snapshot) {
            (Some((status, said)), _) => ended(status, said),
            (None, snapshot) => {
                let is_reason = !BY_BYTES.contains(&stopped.failure.kind);
                let snapshot = snapshot.as_ref().filter(|_| is_reason);
                let name = |addr: SocketAddr| conversation::name(wrong, addr.port());
                let doing = |snapshot: &Snapshot| labelled("The server", &snapshot.doing(name));
                snapshot.map(doing).unwrap_or_default() + &last_lines(&stopped.said)
            }
        },
        Problem::Start(error) => labelled("The start", &error.to_string()),
        Problem::Ended(status, said) => ended(status, said),
        Problem::Unclosed(count) => {
            let what = if *count == 1 { "a connection" } else { "connections" };
            labelled("The server", &format!("keeps {what} of clients that have left"))
        }
        Problem::Memory(took, most) => labelled(
            "The server",
            &format!("has taken {took} MiB of memory; it may take {most} MiB"),
        ),
        Problem::Limit(limit) => labelled("The server", &format!("was ended: {limit}")),
        Problem::Rule(rule, judged) => {
            let quotes = judged.lines.iter().map(|quote| {
                let raw = cut(&quote.raw, COLUMNS - 4);
                let meaning = wrap(&quote.meaning, COLUMNS - 6, "      ").join("\n");
                format!("    {}\n      {meaning}\n", raw.dimmed())
            });
            let rule = labelled("The rule", rule.demands());
            rule + &labelled("The trace", &judged.sentence) + &quotes.collect::<String>()
        }
    }
}

/// Why it probably fails. It may quote what the server says, so it is made fit for a terminal.
#[must_use]
pub fn cause(step: &Step, wrong: &Wrong, protocol: Protocol) -> Option<String> {
    let text = match &wrong.what {
        // In a hunt the scenario is wrong, and not the server.
        _ if step.read.is_empty() => None,
        Problem::Client(stopped) => {
            cause::unwritten(stopped).or_else(|| cause::of(step, stopped, protocol))
        }
        Problem::Ended(..) => {
            Some("A server goes on when a client has left, whatever it has done.".to_owned())
        }
        Problem::Unclosed(_) => Some(
            "When a read returns 0 bytes, the client has left: close its connection.".to_owned(),
        ),
        Problem::Memory(..) => step.causes.first().map(|cause| cause.say.clone()),
        Problem::Start(_) if step.restarts && !wrong.happened.is_empty() => Some(
            "It was started again on the same port. The kernel remembers the connections that the server has closed, and keeps the port for a minute, unless the listening socket has SO_REUSEADDR before `bind`.".to_owned(),
        ),
        Problem::Start(_) | Problem::Limit(_) | Problem::Rule(..) => None,
    };
    text.map(|text| codec::printable::one_line(&text))
}

/// Which functions the student has not begun, when the first step fails, which needs them all.
#[must_use]
pub fn unwritten(functions: &[&Function]) -> String {
    if functions.is_empty() {
        return String::new();
    }
    let names: Vec<String> = functions.iter().map(|it| format!("`{}`", it.name)).collect();
    format!("\n{}.\n", wrapped(&format!("Still as in the starter: {}", names.join(", "))))
}

/// A sentence behind a word, broken between words.
fn labelled(label: &str, text: &str) -> String {
    let indent = " ".repeat(14);
    let mut lines = text.lines().flat_map(|line| wrap(line, COLUMNS - 14, ""));
    let first = lines.next().unwrap_or_default();
    let label = format!("{label}:");
    let rest: String = lines.map(|line| format!("{indent}{line}\n")).collect();
    format!("  {} {first}\n{rest}", format!("{label:<11}").bold())
}

/// The last lines of a server.
fn last_lines(said: &[String]) -> String {
    if said.is_empty() {
        return String::new();
    }
    let line = |line: &String| {
        let lines = wrap(&codec::printable::one_line(line), COLUMNS - 4, "  ").into_iter().take(2);
        lines.map(|line| format!("    {}\n", cut(&line, COLUMNS - 4).dimmed())).collect::<String>()
    };
    format!("  {}\n", "It said:".bold()) + &said.iter().map(line).collect::<String>()
}
