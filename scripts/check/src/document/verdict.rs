//! What the screen means for the step that waits: the step is done, it has to wait, or it has failed.

use super::failure::Failure;
use super::matching;
use super::screen::{Mark, SHELL_PROMPT, View};
use super::step::Prompt;
use super::terminal::Terminal;

/// Looks for the expected line: the next one, or a later one after a gap. Returns its text, and where it ends.
///
/// # Errors
/// If another line has come, or the program has ended.
pub fn line(
    expected: &str,
    terminal: &Terminal,
    view: &View,
) -> Result<Option<(String, Mark)>, Failure> {
    let is_it = |text: &str| matching::matches(expected, text);
    let may_be_left_out = |text: &str| terminal.gap || matching::is_about_a_late_reply(text);
    let next = view.lines.iter().find(|line| is_it(&line.text) || !may_be_left_out(&line.text));
    match next {
        Some(line) if is_it(&line.text) => Ok(Some((line.text.clone(), line.end))),
        Some(line) => Err(Failure::different(expected, &line.text)),
        None if is_back_in_shell(terminal, view) => Err(Failure::missing(expected)),
        None => Ok(None),
    }
}

/// Looks for the prompt. Every line before it must be accounted for. Returns where it begins. If `may_end`, the
/// prompt of the shell will also do: the program has ended.
///
/// # Errors
/// If there is a line before it, or the program has ended and may not.
pub fn prompt(
    prompt: &Prompt,
    may_end: bool,
    terminal: &Terminal,
    view: &View,
) -> Result<Option<Mark>, Failure> {
    let is_extra = |text: &str| !terminal.gap && !matching::is_about_a_late_reply(text);
    if let Some(line) = view.lines.iter().find(|line| is_extra(&line.text)) {
        return Err(Failure::extra(&line.text));
    }
    let has_ended = is_back_in_shell(terminal, view);
    if view.waits_at(prompt.on_screen()) || (has_ended && may_end) {
        return Ok(Some(view.lines.last().map_or(view.begin, |line| line.end)));
    }
    if has_ended { Err(Failure::no_program()) } else { Ok(None) }
}

/// Where the line of a typed command ends, once Enter has ended it. Some line editors break a long line, so that it
/// looks like several.
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

/// Whether this line may come or not, whatever the document says.
///
/// The lines about building depend on what is built already. After a key, some programs show the key, and some end their
/// line. Bash does so as well if the key has ended the program.
pub fn is_optional(terminal: &Terminal, line: &str) -> bool {
    let text = line.trim();
    let is_of_key = terminal.pressed.as_ref().is_some_and(|key| text.is_empty() || text == key);
    is_of_key || matching::is_about_building(line)
}

/// Whether the program has ended.
pub fn is_back_in_shell(terminal: &Terminal, view: &View) -> bool {
    terminal.closed || view.waits_at(SHELL_PROMPT)
}
