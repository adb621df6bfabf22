//! The report: the problems, a line for each document, and a line for all.

use std::io::{self, Write};
use std::path::Path;

use codec::printable::several_lines;

use super::Document;
use super::problem::Problem;
use super::step::Step;

/// Results of tests. Each block is a test, and so is each broken link.
#[derive(Debug, Default)]
pub struct Tally {
    /// As the document says.
    pub passed: usize,
    /// Not as the document says.
    pub failed: usize,
    /// Not replayed, as the document asks.
    pub skipped: usize,
    /// Not replayed, because a block before it failed.
    pub not_reached: usize,
}

/// Writes one problem.
pub fn problem(out: &mut impl Write, file: &Path, problem: &Problem) -> io::Result<()> {
    let text = several_lines(problem.text.trim_end());
    writeln!(out, "FAILED {}:{}\n  {text}\n", file.display(), problem.line)
}

/// Writes the line of one document, after one line for each block that is skipped.
pub fn document(out: &mut impl Write, document: &Document, verdict: &str) -> io::Result<()> {
    let file = document.file.display();
    for (line, reason) in &document.plan.skipped {
        writeln!(out, "{file}:{line}: skipped: {reason}")?;
    }
    let steps = || document.plan.blocks.iter().flat_map(|block| &block.steps);
    let commands = steps().filter(|(_, step)| matches!(step, Step::Type(..))).count();
    let lines = steps().filter(|(_, step)| matches!(step, Step::Expect(_))).count();
    write!(out, "{file}: {}, {} of output", count(commands, "command"), count(lines, "line"))?;
    if document.links > 0 {
        write!(out, ", {}", count(document.links, "link"))?;
    }
    writeln!(out, "{verdict}")?;
    out.flush()
}

/// Writes the last line.
pub fn summary(out: &mut impl Write, tally: &Tally) -> io::Result<()> {
    let Tally { passed, failed, skipped, not_reached } = tally;
    write!(out, "{passed} passed, {failed} failed")?;
    for (count, word) in [(skipped, "skipped"), (not_reached, "not reached")] {
        if *count > 0 {
            write!(out, ", {count} {word}")?;
        }
    }
    writeln!(out)
}

/// Writes what a replay would do.
pub fn plan(out: &mut impl Write, document: &Document) -> io::Result<()> {
    let file = document.file.display();
    for block in &document.plan.blocks {
        writeln!(out, "{file}:{}: terminal {}", block.line, block.info.terminal)?;
        for (line, step) in &block.steps {
            let (what, text) = match step {
                Step::Type(prompt, text) => ("type", format!("{}{text}", prompt.in_document())),
                Step::Await(prompt) => ("await", prompt.in_document().to_owned()),
                Step::Press(key) => ("press", format!("^{key}")),
                Step::Expect(text) => ("expect", text.clone()),
                Step::Gap => ("expect", "any lines".to_owned()),
            };
            writeln!(out, "{line:>5}  {what:<6}  {text}")?;
        }
        if let Some(prompt) = &block.settles {
            writeln!(out, "       await   {}", prompt.in_document())?;
        }
    }
    self::document(out, document, "")
}

fn count(number: usize, noun: &str) -> String {
    kit::bench::text::count(number as u64, noun)
}
