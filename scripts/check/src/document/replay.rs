//! Replays one block in its terminal.
//!
//! The screen of a terminal and the blocks of the document for it are two transcripts, and they must agree. Each step
//! claims its part of the screen. A complete line that no step claims is a failure.

mod typist;

pub use typist::MISTAKE;

use std::time::Duration;

use super::failure::Failure;
use super::plan::Block;
use super::problem::{LineNumber, Problem};
use super::screen::View;
use super::step::{Prompt, Step};
use super::terminal::Terminal;
use super::terminals::Terminals;
use super::verdict;
use crate::Error;

/// The longest wait for the start of a program before a key is pressed.
const START: Duration = Duration::from_secs(2);
/// The longest wait for the first line of a cargo command: cargo may have to build.
const BUILD: Duration = Duration::from_secs(300);
/// A command that has failed gets this time to show the rest of its output.
const REST: Duration = Duration::from_secs(1);
/// A failure shows this many lines of the terminal.
const TAIL: usize = 15;

/// The replay of one block.
pub struct Replay<'a> {
    terminals: &'a mut Terminals,
    block: &'a Block,
    patience: Duration,
    /// How long a slow typist reads before each command; `None` for one that types at once.
    pub pause: Option<Duration>,
}

impl<'a> Replay<'a> {
    /// A block, the terminals of its document, and how long a line may take if the block does not say it.
    pub fn new(terminals: &'a mut Terminals, block: &'a Block, patience: Duration) -> Self {
        Self { terminals, block, patience, pause: None }
    }

    /// Replays the block. Returns where it failed.
    ///
    /// # Errors
    /// If no terminal can be opened.
    pub fn run(mut self) -> Result<Option<Problem>, Error> {
        self.terminals.open(&self.block.info.terminal)?;
        let mut last = self.block.line;
        for (line, step) in &self.block.steps {
            last = *line;
            if let Err(failure) = self.step(step) {
                return self.problem(last, &failure).map(Some);
            }
        }
        if let Some(prompt) = &self.block.settles
            && let Err(failure) = self.settle(prompt, true)
        {
            return self.problem(last, &failure).map(Some);
        }
        Ok(None)
    }

    fn step(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Type(Prompt::Nothing, text) => self.type_without_prompt(text),
            Step::Type(prompt, text) => self.type_at(prompt, text),
            Step::Await(prompt) => self.settle(prompt, false),
            Step::Press(key) => self.press(*key),
            Step::Expect(line) => self.expect(line),
            Step::Gap => {
                self.terminal()?.gap = true;
                Ok(())
            }
        }
    }

    /// Waits for the prompt, types, and claims the typed line.
    fn type_at(&mut self, prompt: &Prompt, text: &str) -> Result<(), Failure> {
        self.settle(prompt, false)?;
        if self.pause.is_some() {
            self.hesitate(prompt)?;
            // The program may have ended meanwhile.
            self.settle(prompt, false)?;
        }
        let text = &self.terminals.pids.apply(text);
        let terminal = self.terminal()?;
        match prompt {
            Prompt::Shell => {
                terminal.building = text.split_whitespace().any(|word| word == "cargo");
                terminal.program = None;
            }
            Prompt::Program(prompt) => terminal.program = Some(prompt.clone()),
            Prompt::Continuation | Prompt::Nothing => {}
        }
        terminal.type_line(text)?;
        let shown = format!("{}{text}", prompt.on_screen());
        let late = |patience| Failure::late(text, patience);
        let end = self.until(late, |_, view| Ok(verdict::entered(&shown, view)))?;
        self.terminal()?.screen.claim(end);
        Ok(())
    }

    /// Types into a program without a prompt. The terminal itself shows the typed line.
    fn type_without_prompt(&mut self, text: &str) -> Result<(), Failure> {
        let text = &self.terminals.pids.apply(text);
        self.wait_for_program(text, None)?;
        self.hesitate(&Prompt::Nothing)?;
        self.wait_for_program(text, None)?;
        self.terminal()?.type_line(text)?;
        self.expect(text)
    }

    /// Presses Ctrl and the key. This ends the line of the cursor, so the text there is claimed.
    fn press(&mut self, key: char) -> Result<(), Failure> {
        let name = format!("^{key}");
        // ^D means the end of input only while a line editor reads. ^C is for programs that are busy.
        let prompt = self.terminal()?.program.clone().filter(|_| key == 'D');
        self.wait_for_program(&name, prompt.as_deref())?;
        if let Some(pause) = self.pause {
            self.wait(pause)?;
            self.wait_for_program(&name, prompt.as_deref())?;
        }
        // Bash has left its line editor, and may not have started the program yet: then the key would only reach bash.
        // What bash does by itself, as `read`, starts no program: then this time passes.
        self.terminals.until(&self.block.info.terminal, START, |terminal| {
            Ok(terminal.has_started_a_program().then_some(()))
        })?;
        let terminal = self.terminal()?;
        if terminal.screen.view().lines.is_empty() {
            terminal.screen.claim_to_cursor();
        }
        let code = u8::try_from(key).unwrap_or_default() & 0x1f;
        terminal.type_bytes(&[code])?;
        (terminal.typed, terminal.pressed) = (name.clone(), Some(name));
        Ok(())
    }

    /// Waits for a line of output: the next one, or a later one after a gap.
    fn expect(&mut self, in_document: &str) -> Result<(), Failure> {
        let expected = &self.terminals.pids.apply(in_document);
        if verdict::is_optional(self.terminal()?, expected) {
            return Ok(());
        }
        let late = |patience| Failure::late(expected, patience);
        let (came, end) =
            self.until(late, |terminal, view| verdict::line(expected, terminal, view))?;
        self.terminals.pids.learn(in_document, &came);
        let terminal = self.terminal()?;
        (terminal.gap, terminal.building) = (false, false);
        terminal.screen.claim(end);
        Ok(())
    }

    /// Waits for a prompt. If `may_end`, the end of the program will also do.
    fn settle(&mut self, prompt: &Prompt, may_end: bool) -> Result<(), Failure> {
        let late = |patience| Failure::no_prompt(prompt.in_document(), patience);
        let begin =
            self.until(late, |terminal, view| verdict::prompt(prompt, may_end, terminal, view))?;
        let terminal = self.terminal()?;
        terminal.gap = false;
        terminal.screen.claim(begin);
        Ok(())
    }

    /// Waits until a program reads what is typed. If a prompt is given, the program must show it.
    fn wait_for_program(&mut self, typed: &str, prompt: Option<&str>) -> Result<(), Failure> {
        let late = |patience| Failure::late(typed, patience);
        self.until(late, |terminal, view| {
            if verdict::is_back_in_shell(terminal, view) {
                return Err(Failure::no_program());
            }
            let is_ready = prompt.is_none_or(|prompt| view.waits_at(prompt));
            Ok((is_ready && terminal.runs_a_program()).then_some(()))
        })
    }

    /// Waits for a condition on the part of the screen that is not claimed. Lines that are optional are left out.
    fn until<T>(
        &mut self,
        late: impl FnOnce(Duration) -> Failure,
        mut condition: impl FnMut(&Terminal, &View) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let building = self.terminal()?.building;
        let usual = if building { self.patience.max(BUILD) } else { self.patience };
        let patience = self.block.info.timeout.unwrap_or(usual);
        let met = self.terminals.until(&self.block.info.terminal, patience, |terminal| {
            let mut view = terminal.screen.view();
            let lines = view.lines.iter();
            let optional = lines.take_while(|line| verdict::is_optional(terminal, &line.text));
            if let Some(last) = view.lines.drain(..optional.count()).next_back() {
                view.begin = last.end;
                terminal.screen.claim(view.begin);
            }
            if terminal.screen.overflowed() {
                return Err(Failure::too_long());
            }
            condition(terminal, &view)
        });
        met?.ok_or_else(|| late(patience))
    }

    fn terminal(&mut self) -> Result<&mut Terminal, Failure> {
        Ok(self.terminals.get(&self.block.info.terminal)?)
    }

    fn problem(&mut self, line: LineNumber, failure: &Failure) -> Result<Problem, Error> {
        let name = &self.block.info.terminal;
        // The rest of the output helps the author more than an early report.
        _ = self.terminals.until(name, REST, |terminal| {
            let view = terminal.screen.view();
            Ok(verdict::is_back_in_shell(terminal, &view).then_some(()))
        });
        let terminal = self.terminals.get(name)?;
        let mut text = failure.describe(name, &terminal.typed, &terminal.screen.tail(TAIL));
        if self.pause.is_some() {
            text.push_str(typist::HINT);
        }
        Ok(Problem { line, text })
    }
}
