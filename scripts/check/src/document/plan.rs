//! Reads a Markdown file into the plan of its replay.

use std::collections::HashMap;
use std::time::Duration;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::info::{self, Info};
use super::step::{self, Prompt, Step};

/// A line of a file, counted from 1.
pub type LineNumber = usize;

/// One transcript.
#[derive(Debug)]
pub struct Block {
    /// Where its first line stands.
    pub line: LineNumber,
    /// In which terminal it happens.
    pub terminal: String,
    /// What happens.
    pub steps: Vec<(LineNumber, Step)>,
    /// The prompt that has to be back at the end, when that is how the document goes on.
    pub settles: Option<Prompt>,
    /// How long each line may take.
    pub timeout: Option<Duration>,
    /// Why the block is not replayed.
    pub skip: Option<String>,
    running: bool,
}

/// What is wrong with a document before anything of it has been replayed.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where.
    pub line: LineNumber,
    /// One sentence.
    pub message: String,
}

impl Block {
    /// How many lines of the block are typed.
    #[must_use]
    pub fn commands(&self) -> usize {
        self.steps.iter().filter(|(_, step)| matches!(step, Step::Type(..))).count()
    }

    /// How many lines of the block are expected.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.steps.iter().filter(|(_, step)| matches!(step, Step::Expect(_))).count()
    }
}

/// Reads the transcripts of a document, in order.
///
/// # Errors
/// The first block that cannot be replayed as it stands.
pub fn read(text: &str) -> Result<Vec<Block>, Malformed> {
    let mut blocks = Vec::new();
    let mut open: Option<(Info, Vec<(LineNumber, String)>)> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let line = line_of(text, range.start);
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(words))) => {
                let info = info::parse(&words).map_err(|message| Malformed { line, message })?;
                open = info.map(|info| (info, Vec::new()));
            }
            Event::Text(inside) => {
                if let Some((_, lines)) = &mut open {
                    lines.extend(
                        inside.lines().zip(line..).map(|(text, at)| (at, text.to_string())),
                    );
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                blocks.extend(open.take().map(|(info, lines)| block(info, &lines, line)));
            }
            _ => {}
        }
    }
    begins_with_a_command(&blocks)?;
    settle(&mut blocks);
    Ok(blocks)
}

/// The line in which a byte stands.
#[must_use]
pub fn line_of(text: &str, offset: usize) -> LineNumber {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn block(info: Info, lines: &[(LineNumber, String)], fence: LineNumber) -> Block {
    let mut steps: Vec<(LineNumber, Step)> = Vec::with_capacity(lines.len());
    for (at, line) in lines {
        let step = step::parse(line, steps.last().map(|(_, step)| step), info.typed);
        steps.push((*at, step));
    }
    let Info { terminal, running, timeout, skip, .. } = info;
    let line = lines.first().map_or(fence, |(line, _)| *line);
    Block { line, terminal, steps, settles: None, timeout, skip, running }
}

fn begins_with_a_command(blocks: &[Block]) -> Result<(), Malformed> {
    let mut seen: Vec<&str> = Vec::new();
    for block in blocks.iter().filter(|block| block.skip.is_none()) {
        let Some((line, first)) = block.steps.first() else {
            return Err(Malformed { line: block.line, message: "an empty transcript".to_string() });
        };
        if !seen.contains(&block.terminal.as_str()) {
            if !matches!(first, Step::Type(Prompt::Shell, _)) {
                let message = format!(
                    "nothing runs in terminal `{}` yet: begin with a command, a line that starts with `$ `",
                    block.terminal
                );
                return Err(Malformed { line: *line, message });
            }
            seen.push(&block.terminal);
        }
    }
    Ok(())
}

/// Decides for each block what has to be back at its end.
///
/// Only the document as a whole tells a command that stays (a server) from one that ends: a terminal in which
/// more output, a key, or something typed without a prompt comes next has a program running in it. One in
/// which a command comes next, or nothing more, has not.
fn settle(blocks: &mut [Block]) {
    let mut last: HashMap<String, Prompt> = HashMap::new();
    let mut next: HashMap<String, Option<Prompt>> = HashMap::new();
    for block in blocks.iter().filter(|block| block.skip.is_none()) {
        for prompt in block.steps.iter().filter_map(|(_, step)| leaves_off(step)) {
            last.insert(block.terminal.clone(), prompt);
        }
    }
    for block in blocks.iter_mut().rev().filter(|block| block.skip.is_none()) {
        block.settles = match next.get(&block.terminal) {
            Some(prompt) => prompt.clone(),
            None if block.running => None,
            None => last.get(&block.terminal).cloned(),
        }
        .filter(|prompt| *prompt != Prompt::Nothing);
        let first = block.steps.first().and_then(|(_, step)| waits_for(step));
        next.insert(block.terminal.clone(), first);
    }
}

/// The prompt that has to be there before this step.
fn waits_for(step: &Step) -> Option<Prompt> {
    match step {
        Step::Type(prompt, _) | Step::Await(prompt) => Some(prompt.clone()),
        Step::Press(_) | Step::Expect(_) | Step::Gap => None,
    }
}

/// The prompt that is back when what this step has begun is over.
fn leaves_off(step: &Step) -> Option<Prompt> {
    match step {
        // A key leaves the program.
        Step::Press(_) | Step::Type(Prompt::Continuation, _) => Some(Prompt::Shell),
        Step::Type(prompt, _) | Step::Await(prompt) => Some(prompt.clone()),
        Step::Expect(_) | Step::Gap => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_in_the_file_also_inside_a_list() {
        let text = "# A\n\n- one\n\n  ```console\n  $ echo a\n  a\n  ```\n\n```text\n$ no\n```\n";
        let blocks = read(text).unwrap();
        assert_eq!(blocks.len(), 1);
        assert_eq!(
            blocks[0].steps,
            [
                (6, Step::Type(Prompt::Shell, "echo a".to_string())),
                (7, Step::Expect("a".to_string()))
            ]
        );
        assert_eq!((blocks[0].commands(), blocks[0].lines()), (1, 1));
    }

    #[test]
    fn a_command_stays_if_the_document_says_more_about_it_and_ends_otherwise() {
        let text = "```console server\n$ serve\n```\n```console client\n$ ask\n```\n\
                    ```console server\nasked\n^C\nbye\n```\n";
        let settles: Vec<_> = read(text).unwrap().into_iter().map(|block| block.settles).collect();
        assert_eq!(settles, [None, Some(Prompt::Shell), Some(Prompt::Shell)]);
        let running = read("```console running\n$ serve\n```\n").unwrap();
        assert_eq!(running[0].settles, None);
    }

    #[test]
    fn a_terminal_begins_with_a_command() {
        let error = read("\n```console server\nready\n```\n").unwrap_err();
        assert_eq!(error.line, 3);
        assert!(error.message.contains("nothing runs in terminal `server`"), "{}", error.message);
    }
}
