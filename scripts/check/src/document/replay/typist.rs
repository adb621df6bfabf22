//! A student who reads for a while before each command, and makes a typing mistake.
//!
//! In the shell, the student presses Enter before the mistake is seen. Elsewhere a wrong command would change the log of
//! the server, so the student sees the mistake and erases it. The key Backspace erases a letter in every line editor
//! that we use (bash, redis-cli, the kit's client), and in a program that leaves this to the terminal (nc, telnet).

use std::time::Duration;

use super::super::screen::SHELL_PROMPT;
use super::{Failure, Prompt, Replay, verdict};

/// No command begins like this.
pub const MISTAKE: &str = "qzx";
/// What bash says about it.
const NOT_FOUND: &str = "bash: qzx: command not found";
/// The byte that the key Backspace sends.
const BACKSPACE: &str = "\x7f";

/// What to do if a document fails.
pub const HINT: &str = "\n  This was a slow typist, who made a mistake before each command.\n  \
    If the document passes without --slow-typist, the step needs a quick student:\n  \
    give it more time, or let it wait for what the student does.";

impl Replay<'_> {
    /// Does what a slow typist does before a command. The terminal waits for it, and does so afterwards.
    pub(super) fn hesitate(&mut self, prompt: &Prompt) -> Result<(), Failure> {
        let Some(pause) = self.pause else { return Ok(()) };
        if *prompt == Prompt::Shell {
            self.wait(pause)?;
            return self.mistype_a_command();
        }
        self.terminal()?.type_bytes(MISTAKE.as_bytes())?;
        self.wait(pause)?;
        let erased = BACKSPACE.repeat(MISTAKE.len());
        Ok(self.terminal()?.type_bytes(erased.as_bytes())?)
    }

    /// Lets the time pass. The programs run on.
    pub(super) fn wait(&mut self, pause: Duration) -> Result<(), Failure> {
        self.terminals.until(&self.block.info.terminal, pause, |_| Ok(None::<()>))?;
        Ok(())
    }

    /// Types a command that does not exist, and claims what bash says about it.
    fn mistype_a_command(&mut self) -> Result<(), Failure> {
        self.terminal()?.type_line(MISTAKE)?;
        let late = |patience| Failure::late(NOT_FOUND, patience);
        let expected = [format!("{SHELL_PROMPT}{MISTAKE}"), NOT_FOUND.to_owned()];
        let end = self.until(late, |terminal, view| {
            let mut lines = view.lines.iter().zip(&expected);
            if let Some((line, _)) = lines.find(|(line, expected)| line.text != **expected) {
                return Err(Failure::extra(&line.text));
            }
            let is_back = verdict::is_back_in_shell(terminal, view);
            Ok(view.lines.get(1).filter(|_| is_back).map(|line| line.end))
        })?;
        self.terminal()?.screen.claim(end);
        Ok(())
    }
}
