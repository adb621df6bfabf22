//! Why a step did not pass, in a sentence or two. The page for the student says more: `report`.

use trace::protocol::Protocol;

use crate::course::Step;
use crate::judge::{Outcome, Problem, Wrong};
use crate::report::{self, Known};

/// `None` if the step works.
pub(super) fn of(step: &Step, known: &Known, protocol: Protocol) -> Option<String> {
    let why = match known {
        Known::Judged(Outcome::Passed) => return None,
        Known::Judged(Outcome::Unknown(why)) => why.clone(),
        Known::NotBegun => "The server knows nothing of this task.".to_owned(),
        Known::Skipped => "Its system calls were not judged.".to_owned(),
        Known::Needs => "It needs a step that does not work.".to_owned(),
        Known::GivenUp(what) => format!("Several steps before it waited in vain for {what}."),
        Known::Judged(Outcome::Failed(wrong)) => {
            let cause = report::cause(step, wrong, protocol);
            let cause = cause.map(|cause| format!(" Probably: {cause}")).unwrap_or_default();
            seen(wrong) + &cause
        }
    };
    // Bytes of the server may be in it.
    Some(codec::printable::one_line(&why))
}

/// What was seen.
fn seen(wrong: &Wrong) -> String {
    match &wrong.what {
        Problem::Start(error) => {
            let error = error.to_string();
            format!("It does not start: {}.", error.lines().next().unwrap_or_default())
        }
        Problem::Client(stopped) => {
            let ended = stopped.ended.as_ref();
            let ended = ended.map(|(status, _)| format!(" The server has ended: {status}."));
            let failure = &stopped.failure;
            let action = &failure.action;
            format!("Client {}, {action}: {failure}.", stopped.client) + &ended.unwrap_or_default()
        }
        Problem::Ended(status, _) => format!("The server has ended: {status}."),
        Problem::Unclosed(count) => {
            format!("Connections of clients that have left are still open: {count}.")
        }
        Problem::Memory(took, most) => {
            format!("The server has taken {took} MiB of memory; it may take {most} MiB.")
        }
        Problem::Limit(limit) => format!("The server was ended: {limit}."),
        Problem::Rule(rule, judged) => format!("{} {}", rule.demands(), judged.sentence),
    }
}
