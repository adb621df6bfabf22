//! Asks a question, until the answer is a letter of a choice, or none.

use std::io::{self, BufRead, Write};

use harness::text::{COLUMNS, wrap};

use crate::question::{Choice, Question};

/// What was answered.
pub(crate) enum Reply<'a> {
    /// This choice, and its letter.
    Chosen(char, &'a Choice),
    /// Nothing: the next question.
    Skipped,
    /// Nothing more: the end.
    Ended,
}

/// A question and its choices, each with its letter.
pub(crate) fn show(question: &Question, output: &mut impl Write) -> io::Result<()> {
    for line in wrap(&question.text, COLUMNS, "") {
        writeln!(output, "{line}")?;
    }
    writeln!(output)?;
    for (letter, choice) in lettered(question) {
        for line in wrap(&format!("  {letter}  {}", choice.text), COLUMNS, "     ") {
            writeln!(output, "{line}")?;
        }
    }
    writeln!(output)
}

/// The choices with their letters, in the order of the file, so that a class can talk about `b`.
pub(crate) fn lettered(question: &Question) -> impl Iterator<Item = (char, &Choice)> {
    ('a'..='z').zip(&question.choices)
}

/// Reads lines until one is an answer. A terminal shows what is typed; otherwise it is shown here.
pub(crate) fn ask<'a>(
    question: &'a Question,
    (input, is_terminal): (&mut impl BufRead, bool),
    output: &mut impl Write,
) -> io::Result<Reply<'a>> {
    let last = lettered(question).map(|(letter, _)| letter).last().unwrap_or('a');
    let range = if last == 'b' { "a or b".to_owned() } else { format!("a to {last}") };
    writeln!(output, "Type {range}; Enter alone leaves the question out, Ctrl-D ends.")?;
    loop {
        write!(output, "answer> ")?;
        output.flush()?;
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            writeln!(output)?;
            return Ok(Reply::Ended);
        }
        let line = String::from_utf8_lossy(&line).trim().to_lowercase();
        if !is_terminal {
            writeln!(output, "{}", codec::printable::one_line(&line))?;
        }
        if line.is_empty() {
            return Ok(Reply::Skipped);
        }
        let chosen = lettered(question).find(|(letter, _)| line.strip_prefix(*letter) == Some(""));
        if let Some((letter, choice)) = chosen {
            return Ok(Reply::Chosen(letter, choice));
        }
        writeln!(output, "That is no choice. Type one letter, {range}, and then Enter.")?;
    }
}
