//! What the terminal shows now, and what that means for the step that waits: go on, wait, or give up.

use super::failure::Cause;
use super::matching;
use super::screen::{Mark, SHELL_PROMPT, View};
use super::step::Prompt;
use super::terminal::Terminal;

/// What it means that the shell is back while we wait for the prompt of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// The block is over, and its last line may have been `quit`.
    IsFine,
    /// There is more to type into the program.
    IsTooFar,
}

/// Has the expected line come? It is the next one, unless a gap lets others come first.
///
/// # Errors
/// Another line came, or none can come any more.
pub fn line(expected: &str, terminal: &Terminal, view: &View) -> Result<Option<Mark>, Cause> {
    let is_it = |text: &str| matching::matches(expected, text);
    let mut lines = view.lines.iter();
    let next = if terminal.gap { lines.find(|line| is_it(&line.text)) } else { lines.next() };
    let expected = || expected.to_string();
    match next {
        Some(line) if is_it(&line.text) => Ok(Some(line.end)),
        Some(line) => Err(Cause::Different { expected: expected(), actual: line.text.clone() }),
        None if back_in_shell(terminal, view) => Err(Cause::Missing { expected: expected() }),
        None => Ok(None),
    }
}

/// Is the prompt there, and nothing before it that the document leaves out? Then: where it begins.
///
/// # Errors
/// There is something before it, or the program has ended.
pub fn prompt(
    prompt: &Prompt,
    shell: Shell,
    terminal: &Terminal,
    view: &View,
) -> Result<Option<Mark>, Cause> {
    if let Some(line) = view.lines.first().filter(|_| !terminal.gap) {
        return Err(Cause::Extra { actual: line.text.clone() });
    }
    let here = view.waits_at(prompt.on_screen());
    let ended = back_in_shell(terminal, view);
    if here || (ended && shell == Shell::IsFine) {
        return Ok(Some(view.lines.last().map_or(view.begin, |line| line.end)));
    }
    if ended { Err(Cause::NoProgram) } else { Ok(None) }
}

/// Where the line ends in which something was typed, once Enter has ended it.
///
/// Some line editors break a long line by themselves, so that it looks like several.
#[must_use]
pub fn entered(shown: &str, view: &View) -> Option<Mark> {
    let mut so_far = String::new();
    for line in &view.lines {
        so_far.push_str(&line.text);
        if so_far.len() >= shown.trim_end().len() || !shown.starts_with(&so_far) {
            return Some(line.end);
        }
    }
    None
}

/// Is this a line that may come or not, whatever the document says?
///
/// Whether cargo talks depends on what has been built before. After a key, some programs show it, some end
/// their line, and bash does so too if the key has ended the program.
#[must_use]
pub fn never_counts(terminal: &Terminal, line: &str) -> bool {
    let text = line.trim();
    let of_key = terminal.pressed.as_ref().is_some_and(|key| text.is_empty() || text == key);
    of_key || matching::is_chatter(line)
}

/// Has the program ended?
#[must_use]
pub fn back_in_shell(terminal: &Terminal, view: &View) -> bool {
    terminal.closed || view.waits_at(SHELL_PROMPT)
}
