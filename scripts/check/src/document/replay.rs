//! Replays one block in its terminal.
//!
//! What a terminal shows, and what the document's blocks for it say, are two transcripts that have to agree.
//! Each step claims the part of the screen that it accounts for. A complete line that no step claims is a failure.

use std::time::Duration;

use super::failure::{Cause, Failure};
use super::plan::{Block, LineNumber};
use super::screen::View;
use super::step::{Prompt, Step};
use super::terminal::Terminal;
use super::terminals::{Never, Terminals};
use super::verdict::{self, Shell};
use crate::Error;

/// How long the first line of a command may take to come when cargo has to build first.
const BUILD: Duration = Duration::from_secs(300);
/// How long a failed command may go on, to show the rest of its output.
const REST: Duration = Duration::from_secs(1);
/// How many lines of the terminal a failure shows.
const TAIL: usize = 15;

/// The replay of one block.
pub struct Replay<'a> {
    terminals: &'a mut Terminals,
    block: &'a Block,
    patience: Duration,
}

impl<'a> Replay<'a> {
    /// A block, the terminals of its document, and how long a line may take unless the block says otherwise.
    pub fn new(terminals: &'a mut Terminals, block: &'a Block, patience: Duration) -> Self {
        Self { terminals, block, patience }
    }

    /// Replays the block; `Some` is where it failed.
    ///
    /// # Errors
    /// When no terminal can be opened.
    pub fn run(mut self) -> Result<Option<Failure>, Error> {
        self.terminals.open(&self.block.terminal)?;
        for (line, step) in &self.block.steps {
            if let Err(cause) = self.step(step) {
                return Ok(Some(self.failure(*line, cause)?));
            }
        }
        if let Some(prompt) = &self.block.settles
            && let Err(cause) = self.settle(prompt, Shell::IsFine)
        {
            let last = self.block.steps.last().map_or(self.block.line, |(line, _)| *line);
            return Ok(Some(self.failure(last, cause)?));
        }
        Ok(None)
    }

    fn step(&mut self, step: &Step) -> Result<(), Cause> {
        match step {
            Step::Type(Prompt::Nothing, text) => self.type_blindly(text),
            Step::Type(prompt, text) => self.type_at(prompt, text),
            Step::Await(prompt) => self.settle(prompt, Shell::IsTooFar),
            Step::Press(key) => self.press(*key),
            Step::Expect(line) => self.expect(line),
            Step::Gap => {
                self.terminal()?.gap = true;
                Ok(())
            }
        }
    }

    /// Waits for the prompt, types, and claims the line in which that was done.
    fn type_at(&mut self, prompt: &Prompt, text: &str) -> Result<(), Cause> {
        self.settle(prompt, Shell::IsTooFar)?;
        let terminal = self.terminal()?;
        match prompt {
            Prompt::Shell => {
                terminal.building = text.split_whitespace().any(|word| word == "cargo");
                terminal.program = None;
            }
            Prompt::Program(prompt) => terminal.program = Some(prompt.clone()),
            Prompt::Continuation | Prompt::Nothing => {}
        }
        (terminal.typed, terminal.pressed) = (text.to_string(), None);
        terminal.type_bytes(format!("{text}\r").as_bytes())?;
        let shown = format!("{}{text}", prompt.on_screen());
        let entered = self.until(
            |patience| Cause::Late { expected: text.to_string(), patience },
            |_, view| Ok(verdict::entered(&shown, view)),
        )?;
        self.terminal()?.screen.claim(entered);
        Ok(())
    }

    /// Types into a program without a prompt; the terminal itself shows what is typed.
    fn type_blindly(&mut self, text: &str) -> Result<(), Cause> {
        self.handed_over(text, None)?;
        let terminal = self.terminal()?;
        (terminal.typed, terminal.pressed) = (text.to_string(), None);
        terminal.type_bytes(format!("{text}\r").as_bytes())?;
        self.expect(text)
    }

    /// Presses Ctrl and the key, which breaks off the line of the cursor: what stands there is claimed.
    fn press(&mut self, key: char) -> Result<(), Cause> {
        let name = format!("^{key}");
        // A line editor takes ^D for the end only while it reads; ^C is for programs that are busy.
        let prompt = self.terminal()?.program.clone().filter(|_| key == 'D');
        self.handed_over(&name, prompt.as_deref())?;
        let terminal = self.terminal()?;
        (terminal.typed, terminal.pressed) = (name.clone(), Some(name));
        if terminal.screen.view().lines.is_empty() {
            terminal.screen.claim_to_cursor();
        }
        let code = u8::try_from(key).unwrap_or_default() & 0x1f;
        Ok(terminal.type_bytes(&[code])?)
    }

    /// Waits for a line of output: the next one, or one further down if a gap stands before it.
    fn expect(&mut self, expected: &str) -> Result<(), Cause> {
        if verdict::never_counts(self.terminal()?, expected) {
            return Ok(());
        }
        let late = |patience| Cause::Late { expected: expected.to_string(), patience };
        let end = self.until(late, |terminal, view| verdict::line(expected, terminal, view))?;
        let terminal = self.terminal()?;
        (terminal.gap, terminal.building) = (false, false);
        terminal.screen.claim(end);
        Ok(())
    }

    /// Waits for a prompt, before which everything has to be claimed.
    fn settle(&mut self, prompt: &Prompt, shell: Shell) -> Result<(), Cause> {
        let late =
            |patience| Cause::NoPrompt { prompt: prompt.in_document().to_string(), patience };
        let begin =
            self.until(late, |terminal, view| verdict::prompt(prompt, shell, terminal, view))?;
        let terminal = self.terminal()?;
        terminal.gap = false;
        terminal.screen.claim(begin);
        Ok(())
    }

    /// Waits until what is typed goes to a program, and that is at its prompt, if one is given.
    fn handed_over(&mut self, expected: &str, prompt: Option<&str>) -> Result<(), Cause> {
        let late = |patience| Cause::Late { expected: expected.to_string(), patience };
        self.until(late, |terminal, view| {
            if verdict::back_in_shell(terminal, view) {
                return Err(Cause::NoProgram);
            }
            let ready = prompt.is_none_or(|prompt| view.waits_at(prompt));
            Ok((ready && terminal.runs_a_program()).then_some(()))
        })
    }

    /// Waits for a condition on what is not claimed yet, apart from lines that never count.
    fn until<T>(
        &mut self,
        late: impl FnOnce(Duration) -> Cause,
        mut condition: impl FnMut(&Terminal, &View) -> Result<Option<T>, Cause>,
    ) -> Result<T, Cause> {
        let building = self.terminal()?.building;
        let usual = if building { self.patience.max(BUILD) } else { self.patience };
        let patience = self.block.timeout.unwrap_or(usual);
        let found = self.terminals.until(&self.block.terminal, patience, |terminal| {
            let mut view = terminal.screen.view();
            while let Some(line) =
                view.lines.first().filter(|line| verdict::never_counts(terminal, &line.text))
            {
                view.begin = line.end;
                terminal.screen.claim(view.begin);
                view.lines.remove(0);
            }
            if terminal.screen.overflowed() {
                return Err(Cause::TooLong);
            }
            condition(terminal, &view)
        });
        found.map_err(|never| match never {
            Never::Instead(cause) => cause,
            Never::InTime => late(patience),
            Never::Broken(error) => Cause::Broken(error),
        })
    }

    fn terminal(&mut self) -> Result<&mut Terminal, Cause> {
        Ok(self.terminals.at(&self.block.terminal)?)
    }

    fn failure(&mut self, line: LineNumber, cause: Cause) -> Result<Failure, Error> {
        // The rest of the output helps the author more than an early report: the verdict stands anyway.
        let ended = |terminal: &mut Terminal| {
            let view = terminal.screen.view();
            Ok::<_, Cause>(verdict::back_in_shell(terminal, &view).then_some(()))
        };
        let _ = self.terminals.until(&self.block.terminal, REST, ended);
        let terminal = self.terminals.at(&self.block.terminal)?;
        let (typed, shown) = (terminal.typed.clone(), terminal.screen.tail(TAIL));
        Ok(Failure { line, terminal: self.block.terminal.clone(), typed, cause, shown })
    }
}
