//! Guesses the cause of a failure from the last lines of the terminal.

use super::replay::MISTAKE;

/// Texts that programs print, and what they usually mean for a document.
const SIGNS: [(&str, &str); 5] = [
    (
        "Connection refused",
        "no server listens there.\n    \
         An earlier block must start it and show its ready line, so that the replay waits.",
    ),
    ("already in use", "an earlier block has left a server running: let the document press ^C."),
    ("could not compile", "the code does not build: run the same command in a shell."),
    (
        "--offline",
        "the replay has no network, so cargo cannot download anything.\n    \
         Run `cargo build` first.",
    ),
    ("No such file or directory", "commands run in the root of the repository: see --root."),
];

/// The likely cause, if one of the lines tells it.
pub fn likely_cause(shown: &[String]) -> Option<String> {
    not_installed(shown).or_else(|| {
        let meaning = |line: &String| SIGNS.iter().find(|(sign, _)| line.contains(sign));
        shown.iter().rev().find_map(meaning).map(|(_, meaning)| (*meaning).to_owned())
    })
}

fn not_installed(shown: &[String]) -> Option<String> {
    let line = shown.iter().rev().find_map(|line| line.strip_suffix(": command not found"))?;
    let tool = line.rsplit(": ").next().filter(|tool| *tool != MISTAKE)?;
    Some(format!(
        "`{tool}` is not installed here, or not in PATH.\n    Install it, then try again."
    ))
}
