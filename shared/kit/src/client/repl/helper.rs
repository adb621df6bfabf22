//! Helps the line editor: completes the names of commands and shows their arguments.

use std::borrow::Cow;

use colored::Colorize;
use rustyline::Context;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use shared::command::usage;
use shared::table::{COMMANDS, find};

/// The helper of the line editor.
#[derive(Debug)]
pub(super) struct Helper {
    in_colour: bool,
}

impl Helper {
    pub(super) fn new(in_colour: bool) -> Self {
        Self { in_colour }
    }
}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = line.get(..position).unwrap_or(line);
        Ok((0, if typed.contains(' ') { Vec::new() } else { names_that_begin_with(typed) }))
    }
}

/// The names that begin with the typed letters, in upper or lower case as typed.
fn names_that_begin_with(typed: &str) -> Vec<Pair> {
    let is_lower = typed.chars().any(char::is_lowercase);
    let names = COMMANDS.iter().map(|command| command.name).chain(["HELP"]);
    let matching = names.filter(|name| name.starts_with(&typed.to_ascii_uppercase()));
    let pair = |name: &str| {
        let name = if is_lower { name.to_ascii_lowercase() } else { name.to_owned() };
        Pair { display: name.clone(), replacement: name + " " }
    };
    matching.map(pair).collect()
}

impl Hinter for Helper {
    type Hint = String;

    fn hint(&self, line: &str, position: usize, _context: &Context<'_>) -> Option<String> {
        (position == line.len()).then(|| missing_args(line)).flatten()
    }
}

/// The arguments of the command in `line` that are not typed yet.
fn missing_args(line: &str) -> Option<String> {
    let args: Vec<&str> = line.split_whitespace().collect();
    let (name, typed) = args.split_first()?;
    let command = find(name.as_bytes())?;
    let parts = usage::parts(command.usage).into_iter().skip(typed.len());
    let parts: Vec<String> = parts
        .map(|(text, is_optional)| if is_optional { format!("[{text}]") } else { text.to_owned() })
        .collect();
    let gap = if line.ends_with(' ') { "" } else { " " };
    (!parts.is_empty()).then(|| format!("{gap}{}", parts.join(" ")))
}

impl Highlighter for Helper {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        _default: bool,
    ) -> Cow<'b, str> {
        if self.in_colour { prompt.bold().to_string().into() } else { prompt.into() }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.in_colour { hint.bright_black().to_string().into() } else { hint.into() }
    }
}

impl Validator for Helper {}

impl rustyline::Helper for Helper {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_in_the_case_that_was_typed() {
        let names = |typed| {
            let pairs = names_that_begin_with(typed);
            pairs.into_iter().map(|pair| pair.display).collect::<Vec<_>>()
        };
        assert_eq!(names("GE"), ["GET"]);
        assert_eq!(names("in"), ["incr", "incrby", "info"]);
        assert_eq!(names("nothing"), [""; 0]);
    }

    #[test]
    fn the_hint_shows_the_arguments_that_are_not_typed_yet() {
        assert_eq!(missing_args("GET").as_deref(), Some(" key"));
        assert_eq!(missing_args("get ").as_deref(), Some("key"));
        assert_eq!(missing_args("EXPIRE k ").as_deref(), Some("seconds [NX | XX | GT | LT]"));
        assert_eq!(missing_args("GET k"), None);
        assert_eq!(missing_args("NOSUCH "), None);
    }
}
