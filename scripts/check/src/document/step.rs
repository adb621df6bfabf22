//! Reads the lines of a block: which are typed, which are keys, which are expected.

use std::sync::LazyLock;

use regex::Regex;

use super::screen::SHELL_PROMPT;

/// What the terminal shows before the text that is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// `$ `: the shell waits for a command.
    Shell,
    /// `> ` below a line that ends in `\`: the shell waits for the rest of the command.
    Continuation,
    /// The prompt of a program, with its trailing space: `127.0.0.1:6379> `.
    Program(String),
    /// `> ` in a block with the word `typed`: a program without a prompt (`nc`, `telnet`, `cat`).
    Nothing,
}

impl Prompt {
    /// As a document shows it.
    pub fn in_document(&self) -> &str {
        match self {
            Self::Shell => "$ ",
            Self::Continuation | Self::Nothing => "> ",
            Self::Program(prompt) => prompt,
        }
    }

    /// As the terminal shows it.
    pub fn on_screen(&self) -> &str {
        match self {
            Self::Shell => SHELL_PROMPT,
            Self::Nothing => "",
            Self::Continuation | Self::Program(_) => self.in_document(),
        }
    }
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Wait for the prompt, then type the text and Enter.
    Type(Prompt, String),
    /// A prompt with nothing typed after it: wait until it is there.
    Await(Prompt),
    /// Press Ctrl and this character.
    Press(char),
    /// This is the next line of output.
    Expect(String),
    /// Any number of lines of output.
    Gap,
}

/// Like `127.0.0.1:6379> `, `telnet> `, `>>> `. The space after it may be missing, because editors trim it.
///
/// Few lines of output look like that. `(nil)` and `(integer) 1` look like the prompt of gdb, so only `(gdb)` counts.
const PROGRAM: &str = r"^((?:[A-Za-z0-9][\w.:\[\]()-]*|not connected|>>)>|\(gdb\))(?: (.*))?$";
static PROGRAM_PROMPT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PROGRAM).ok());

/// Reads one line of a block. `previous` is the step above it; `typed` is a word of the info string.
pub fn parse(line: &str, previous: Option<&Step>, typed: bool) -> Step {
    let continued = matches!(previous, Some(Step::Type(_, above)) if above.ends_with('\\'));
    let plain = line.trim_end();
    if let Some(key) = control_key(plain) {
        Step::Press(key)
    } else if plain == "..." || plain == "…" {
        Step::Gap
    } else if let Some(text) = after_angle(line).filter(|_| typed || continued) {
        let prompt = if continued { Prompt::Continuation } else { Prompt::Nothing };
        Step::Type(prompt, text.to_string())
    } else if plain == "$" {
        Step::Await(Prompt::Shell)
    } else if let Some(text) = line.strip_prefix("$ ") {
        Step::Type(Prompt::Shell, text.to_string())
    } else if let Some((prompt, text)) = after_program_prompt(line) {
        let prompt = Prompt::Program(prompt);
        if text.is_empty() { Step::Await(prompt) } else { Step::Type(prompt, text.to_string()) }
    } else {
        Step::Expect(plain.to_string())
    }
}

/// `^C`, `^D`, `^]` on a line of their own.
fn control_key(line: &str) -> Option<char> {
    let mut characters = line.strip_prefix('^')?.chars();
    let key = characters.next().filter(|key| ('A'..='_').contains(key))?;
    characters.next().is_none().then_some(key)
}

/// The text after `> `. An editor may have trimmed the space.
fn after_angle(line: &str) -> Option<&str> {
    if line == ">" { Some("") } else { line.strip_prefix("> ") }
}

fn after_program_prompt(line: &str) -> Option<(String, &str)> {
    let found = PROGRAM_PROMPT.as_ref()?.captures(line)?;
    let typed = found.get(2).map_or("", |text| text.as_str());
    Some((format!("{} ", found.get(1)?.as_str()), typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(prompt: &str, typed: &str) -> Step {
        Step::Type(Prompt::Program(prompt.to_string()), typed.to_string())
    }

    #[test]
    fn what_follows_a_prompt_is_typed() {
        let shell = Step::Type(Prompt::Shell, "echo hi".to_string());
        assert_eq!(parse("$ echo hi", None, false), shell);
        assert_eq!(
            parse("127.0.0.1:6379> GET name", None, false),
            program("127.0.0.1:6379> ", "GET name")
        );
        assert_eq!(
            parse("127.0.0.1:6379(TX)> EXEC", None, false),
            program("127.0.0.1:6379(TX)> ", "EXEC")
        );
        assert_eq!(parse("telnet> quit", None, false), program("telnet> ", "quit"));
        assert_eq!(parse(">>> 1 + 1", None, false), program(">>> ", "1 + 1"));
        assert_eq!(parse("(gdb) bt", None, false), program("(gdb) ", "bt"));
    }

    #[test]
    fn a_prompt_alone_is_waited_for_even_without_its_space() {
        assert_eq!(parse("$", None, false), Step::Await(Prompt::Shell));
        let prompt = Prompt::Program("127.0.0.1:6379> ".to_string());
        assert_eq!(parse("127.0.0.1:6379>", None, false), Step::Await(prompt.clone()));
        assert_eq!(parse("127.0.0.1:6379> ", None, false), Step::Await(prompt));
    }

    #[test]
    fn replies_are_not_prompts() {
        for line in
            ["(nil)", "(integer) 1", "OK", "1) \"a\"", "-> lab2", "IP a.1 > b.2: Flags", "> quoted"]
        {
            assert_eq!(parse(line, None, false), Step::Expect(line.to_string()), "{line}");
        }
    }

    #[test]
    fn an_angle_is_typed_only_where_it_is_said_or_continues_a_command() {
        let typed = Step::Type(Prompt::Nothing, "PING".to_string());
        assert_eq!(parse("> PING", None, true), typed);
        let nothing = Step::Type(Prompt::Nothing, String::new());
        assert_eq!(parse(">", None, true), nothing);
        let above = parse("$ echo a \\", None, false);
        let below = Step::Type(Prompt::Continuation, "b".to_string());
        assert_eq!(parse("> b", Some(&above), false), below);
    }

    #[test]
    fn keys_and_gaps_stand_alone() {
        assert_eq!(parse("^C", None, false), Step::Press('C'));
        assert_eq!(parse("^]", None, false), Step::Press(']'));
        assert_eq!(parse("^^^^", None, false), Step::Expect("^^^^".to_string()));
        assert_eq!(parse("...", None, false), Step::Gap);
        assert_eq!(parse("…", None, false), Step::Gap);
    }
}
