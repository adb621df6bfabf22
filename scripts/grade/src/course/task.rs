//! Open tasks of a lab: a student chooses some of them, and a server need not know the others.

use harness::scenario::FailureKind;
use serde::Deserialize;

use crate::judge::{Problem, Wrong};
use crate::server::StartError;

/// How the error begins that a server sends for a command that it does not know.
const UNKNOWN: &[u8] = b"-ERR unknown command";

/// A task: several steps of a lab are about it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What its steps call it.
    pub name: String,
    /// What is to be done, in a few words.
    pub title: String,
    /// The commands that it adds, in capitals.
    #[serde(default)]
    pub commands: Vec<String>,
}

impl Task {
    /// Whether a step has failed only because the server does not know a command or an option of this task.
    #[must_use]
    pub fn is_not_begun(&self, wrong: &Wrong) -> bool {
        match &wrong.what {
            Problem::Start(StartError::UnknownOption(_)) => true,
            Problem::Client(stopped) => {
                stopped.failure.kind == FailureKind::Differs
                    && unknown_command(&stopped.failure.got.first)
                        .is_some_and(|name| self.commands.contains(&name))
            }
            _ => false,
        }
    }
}

/// The command, in capitals, that a server says it does not know.
fn unknown_command(reply: &[u8]) -> Option<String> {
    // Earlier replies of the same action may stand before it.
    let from = reply.windows(UNKNOWN.len()).position(|part| part == UNKNOWN)? + UNKNOWN.len();
    let text = String::from_utf8_lossy(reply.get(from..)?);
    let name = text.split(['\'', '`']).nth(1)?;
    Some(name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_name_an_unknown_command_in_its_own_words() {
        for reply in [
            &b"-ERR unknown command 'getdel'\r\n"[..],
            b"-ERR unknown command 'GETDEL', with args beginning with: 'k' \r\n",
            b"-ERR unknown command `GetDel`\r\n",
            b":1\r\n-ERR unknown command 'GETDEL'\r\n",
        ] {
            assert_eq!(unknown_command(reply).as_deref(), Some("GETDEL"));
        }
        assert_eq!(unknown_command(b"-ERR unknown command\r\n"), None);
        assert_eq!(unknown_command(b"$-1\r\n"), None);
    }
}
