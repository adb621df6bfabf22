//! The command that starts a server that is judged.

use std::process::{Command, Stdio};

use super::Start;
use super::conditions::{Conditions, SECOND_PORT};
use crate::rules;
use crate::sandbox::Sandbox;

/// The command that starts a server, and all that stands before it.
pub(super) fn command(
    start: &Start,
    (port, second): (u16, Option<u16>),
    (sandbox, conditions): (&Sandbox, Conditions<'_>),
) -> Command {
    let second = second.map(|port| port.to_string()).unwrap_or_default();
    let options = conditions.options.iter().map(|option| option.replace(SECOND_PORT, &second));
    let words: Vec<String> = match start {
        Start::Lab(program) => {
            // It does not run where we are.
            let program = std::path::absolute(program).unwrap_or_else(|_| program.clone());
            let (program, port) = (program.display().to_string(), port.to_string());
            // The log is on stderr, too, and the file would lie where the student is.
            let words = [&program, "--port", &port, "--log-file", "/dev/null"];
            words.map(str::to_owned).into_iter().chain(options).collect()
        }
        Start::Shell(line) => {
            let line = line.replace("{port}", &port.to_string());
            let line = options.fold(line, |line, option| format!("{line} {option}"));
            // The shell is replaced, so that signals reach the server.
            ["sh", "-c", &format!("exec {line}")].map(str::to_owned).to_vec()
        }
    };
    let mut all = Vec::new();
    if let Some(log) = conditions.trace {
        all.extend(["strace".to_owned(), "-o".to_owned(), log.display().to_string()]);
        all.extend(rules::OPTIONS.iter().copied().chain(["-e", rules::CALLS]).map(str::to_owned));
        if let Some(inject) = conditions.inject {
            all.extend(["-e".to_owned(), format!("inject={inject}")]);
        }
        all.push("--".to_owned());
    }
    all.extend(sandbox.words());
    all.extend(words);
    let mut command = Command::new(&all[0]);
    command.args(&all[1..]);
    sandbox.set_up(&mut command, matches!(start, Start::Lab(_)));
    command
}

/// Whether system calls can be judged.
#[must_use]
pub fn has_strace() -> bool {
    let mut strace = Command::new("strace");
    strace.arg("-V").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    strace.status().is_ok_and(|status| status.success())
}
