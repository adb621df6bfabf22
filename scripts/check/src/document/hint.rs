//! Names the likely cause of a failure, where what the terminal shows gives it away.

use super::failure::{Cause, Failure};

/// What a terminal says, and what that usually means in a document.
const SIGNS: [(&str, &str); 5] = [
    (
        "Connection refused",
        "no server listens there. An earlier block has to start it and show its ready line, which the \
         replay then waits for.",
    ),
    (
        "already in use",
        "an earlier block of this document has left a server running: let it press ^C.",
    ),
    ("could not compile", "the code does not build: run the same command in a shell."),
    (
        "--offline",
        "the replay has no network, so cargo cannot download: run `cargo build` before it.",
    ),
    ("No such file or directory", "commands run in the root of the repository: see --root."),
];

/// One sentence, or nothing if there is no sign of a cause.
#[must_use]
pub fn likely_cause(failure: &Failure) -> Option<String> {
    not_installed(&failure.shown)
        .or_else(|| sign(&failure.shown))
        .or_else(|| by_kind(&failure.cause))
}

fn not_installed(shown: &[String]) -> Option<String> {
    let line = shown.iter().rev().find(|line| line.ends_with(": command not found"))?;
    let tool = line.trim_end_matches(": command not found").rsplit(": ").next()?;
    Some(format!("`{tool}` is not installed here, or not in PATH. Install it, then try again."))
}

fn sign(shown: &[String]) -> Option<String> {
    let meaning = |line: &String| SIGNS.iter().find(|(sign, _)| line.contains(sign));
    shown.iter().rev().find_map(meaning).map(|(_, meaning)| (*meaning).to_string())
}

fn by_kind(cause: &Cause) -> Option<String> {
    let hint = match cause {
        Cause::NoPrompt { prompt, .. } if prompt == "$ " => {
            "the command still runs. Let the document end it (^C), or go on with its output; if it is \
             to run to the end of the document, add the word `running` after the backticks."
        }
        Cause::NoPrompt { .. } => "the program is busy or waits for another client.",
        Cause::Extra { .. } => "show the line, or write `...` where lines are left out.",
        Cause::Different { expected, actual } if expected.eq_ignore_ascii_case(actual) => {
            "only upper and lower case differ."
        }
        Cause::Late { .. } => {
            "the program waits, or takes long: `timeout=SECONDS` after the backticks gives it more time."
        }
        _ => return None,
    };
    Some(hint.to_string())
}
