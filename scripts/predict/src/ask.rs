//! Asks a question, until the answer is a letter of a choice, or none.

use std::io::{self, BufRead, Write};

use harness::text::{COLUMNS, wrap};

use crate::question::{Choice, Question};

/// What was answered.
pub(crate) enum Reply<'a> {
    /// This choice, and its letter.
    Chosen(char, &'a Choice),
    /// Nothing.
    Skipped,
}

/// Where answers come from.
pub(crate) struct Input<R> {
    lines: R,
    /// A terminal shows what is typed, and a person reads there.
    is_terminal: bool,
    /// Nothing more comes.
    pub(crate) has_ended: bool,
}

impl<R: BufRead> Input<R> {
    pub(crate) fn new((lines, is_terminal): (R, bool)) -> Self {
        Self { lines, is_terminal, has_ended: false }
    }

    /// Shows a question, and reads lines until one is an answer.
    pub(crate) fn ask<'a>(
        &mut self,
        question: &'a Question,
        output: &mut impl Write,
    ) -> io::Result<Reply<'a>> {
        show(question, output)?;
        let last = lettered(question).map(|(letter, _)| letter).last().unwrap_or('a');
        let range = if last == 'b' { "a or b".to_owned() } else { format!("a to {last}") };
        writeln!(output, "Type {range}; Enter alone leaves the question out, Ctrl-D ends.")?;
        loop {
            let line = self.line("answer> ", output)?.to_lowercase();
            if line.is_empty() {
                return Ok(Reply::Skipped);
            }
            let mut choices = lettered(question);
            if let Some((letter, choice)) = choices.find(|(letter, _)| line == letter.to_string()) {
                return Ok(Reply::Chosen(letter, choice));
            }
            writeln!(output, "That is no choice. Type one letter, {range}, and then Enter.")?;
        }
    }

    /// Waits for Enter, so that a person can read what is there before more comes.
    pub(crate) fn pause(&mut self, output: &mut impl Write) -> io::Result<()> {
        if self.is_terminal && !self.has_ended {
            self.line("Enter goes on.", output)?;
            writeln!(output)?;
        }
        Ok(())
    }

    /// What is typed in a line, without the spaces around it; nothing at the end.
    fn line(&mut self, prompt: &str, output: &mut impl Write) -> io::Result<String> {
        write!(output, "{prompt}")?;
        output.flush()?;
        let mut line = Vec::new();
        self.has_ended = self.lines.read_until(b'\n', &mut line)? == 0;
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if !self.is_terminal || self.has_ended {
            writeln!(output, "{}", codec::printable::one_line(&line))?;
        }
        Ok(line)
    }
}

/// A question and its choices, each with its letter.
fn show(question: &Question, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "{}\n", wrap(&question.text, COLUMNS, "").join("\n"))?;
    for (letter, choice) in lettered(question) {
        let choice = wrap(&format!("  {letter}  {}", choice.text), COLUMNS, "     ");
        writeln!(output, "{}", choice.join("\n"))?;
    }
    writeln!(output)
}

/// The choices with their letters, in the order of the file, so that a class can talk about `b`.
pub(crate) fn lettered(question: &Question) -> impl Iterator<Item = (char, &Choice)> {
    ('a'..='z').zip(&question.choices)
}
