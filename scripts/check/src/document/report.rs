//! Says what was found: a line for each document, the failures as they happen, and a line for all.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use super::Document;
use super::links::Links;
use super::plan::{Block, LineNumber};
use super::step::Step;

/// How many tests of which outcome. Each block is a test, and so is a link that is broken.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    /// As the document says.
    pub passed: usize,
    /// Not as the document says.
    pub failed: usize,
    /// Not replayed, as the document asks.
    pub skipped: usize,
    /// Not replayed, since a block before it failed.
    pub not_reached: usize,
}

impl Tally {
    /// Adds the tests of another document.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.not_reached += other.not_reached;
    }
}

/// Writes one failure.
///
/// # Errors
/// Those of the output.
pub fn failure(
    out: &mut impl Write,
    file: &Path,
    line: LineNumber,
    what: impl Display,
) -> io::Result<()> {
    writeln!(out, "FAILED {}:{line}\n  {}\n", file.display(), what.to_string().trim_end())
}

/// Writes the line of one document, and one for each block that was left out.
///
/// # Errors
/// Those of the output.
pub fn document(out: &mut impl Write, document: &Document, tally: Tally) -> io::Result<()> {
    let file = document.file.display();
    for block in &document.blocks {
        if let Some(reason) = &block.skip {
            writeln!(out, "{file}:{}: skipped: {reason}", block.line)?;
        }
    }
    let verdict = if tally.failed == 0 { "ok" } else { "FAILED" };
    writeln!(out, "{file}: {}: {verdict}", counts(&document.blocks, &document.links))?;
    out.flush()
}

/// Writes the last line.
///
/// # Errors
/// Those of the output.
pub fn summary(out: &mut impl Write, tally: Tally) -> io::Result<()> {
    let Tally { passed, failed, skipped, not_reached } = tally;
    write!(out, "{passed} passed, {failed} failed")?;
    for (count, word) in [(skipped, "skipped"), (not_reached, "not reached")] {
        if count > 0 {
            write!(out, ", {count} {word}")?;
        }
    }
    writeln!(out)
}

/// Writes what a replay would do.
///
/// # Errors
/// Those of the output.
pub fn plan(out: &mut impl Write, document: &Document) -> io::Result<()> {
    let file = document.file.display();
    for block in &document.blocks {
        writeln!(out, "{file}:{}: terminal {}", block.line, block.terminal)?;
        if let Some(reason) = &block.skip {
            writeln!(out, "       skipped: {reason}")?;
            continue;
        }
        for (line, step) in &block.steps {
            match step {
                Step::Type(prompt, text) => {
                    writeln!(out, "{line:>5}  type    {}{text}", prompt.in_document())?;
                }
                Step::Await(prompt) => {
                    writeln!(out, "{line:>5}  await   {}", prompt.in_document())?;
                }
                Step::Press(key) => writeln!(out, "{line:>5}  press   ^{key}")?,
                Step::Expect(text) => writeln!(out, "{line:>5}  expect  {text}")?,
                Step::Gap => writeln!(out, "{line:>5}  expect  any lines")?,
            }
        }
        if let Some(prompt) = &block.settles {
            writeln!(out, "       await   {}", prompt.in_document())?;
        }
    }
    writeln!(out, "{file}: {}", counts(&document.blocks, &document.links))
}

fn counts(blocks: &[Block], links: &Links) -> String {
    let replayed = || blocks.iter().filter(|block| block.skip.is_none());
    let mut text = format!(
        "{}, {} of output",
        count(replayed().map(Block::commands).sum(), "command"),
        count(replayed().map(Block::lines).sum(), "line"),
    );
    if links.count > 0 {
        text.push_str(", ");
        text.push_str(&count(links.count, "link"));
    }
    text
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
