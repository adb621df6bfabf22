//! Reads a Markdown file into the plan of its replay.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::info::{self, Info};
use super::problem::{LineNumber, Problem, line_of};
use super::step::{self, Prompt, Step};

/// The transcripts of a document.
#[derive(Debug, Default)]
pub struct Plan {
    /// The blocks that are replayed, in order.
    pub blocks: Vec<Block>,
    /// The lines of the blocks that are not replayed, and the reasons.
    pub skipped: Vec<(LineNumber, String)>,
}

/// One transcript.
#[derive(Debug)]
pub struct Block {
    /// Its first line.
    pub line: LineNumber,
    /// How it is replayed.
    pub info: Info,
    /// What happens.
    pub steps: Vec<(LineNumber, Step)>,
    /// The prompt that must be back at the end, if the document goes on with it.
    pub settles: Option<Prompt>,
}

/// Reads the transcripts of a document.
///
/// # Errors
/// The first block that cannot be replayed as it is.
pub fn read(text: &str) -> Result<Plan, Problem> {
    let mut plan = Plan::default();
    let mut open: Option<(Info, Vec<(LineNumber, Step)>)> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let line = line_of(text, range.start);
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(words))) => {
                let info = info::parse(&words).map_err(|text| Problem { line, text })?;
                open = info.map(|info| (info, Vec::new()));
            }
            Event::Text(inside) => {
                let Some((info, steps)) = &mut open else { continue };
                for (at, line) in (line..).zip(inside.lines()) {
                    let previous = steps.last().map(|(_, step)| step);
                    let step = step::parse(line, previous, info.typed);
                    steps.push((at, step));
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((info, steps)) = open.take() else { continue };
                let line = steps.first().map_or(line, |(line, _)| *line);
                match info.skip {
                    Some(reason) => plan.skipped.push((line, reason)),
                    None => plan.blocks.push(Block { line, info, steps, settles: None }),
                }
            }
            _ => {}
        }
    }
    check_beginnings(&plan.blocks)?;
    for index in 0..plan.blocks.len() {
        plan.blocks[index].settles = prompt_at_end(&plan.blocks, index);
    }
    Ok(plan)
}

/// The first block of each terminal must start a program.
fn check_beginnings(blocks: &[Block]) -> Result<(), Problem> {
    let mut seen: Vec<&str> = Vec::new();
    for Block { line, info, steps, .. } in blocks {
        let line = *line;
        let Some((_, first)) = steps.first() else {
            return Err(Problem { line, text: "an empty transcript".to_owned() });
        };
        let name = info.terminal.as_str();
        if !seen.contains(&name) && !matches!(first, Step::Type(Prompt::Shell, _)) {
            let text = format!(
                "nothing runs in terminal `{name}` yet\n  \
                 begin with a command: a line that starts with `$ `"
            );
            return Err(Problem { line, text });
        }
        seen.push(name);
    }
    Ok(())
}

/// The prompt that must be back at the end of a block.
///
/// Only the whole document tells whether a command stays (a server) or ends. If the next block of the terminal begins
/// with output, a key, or text for a program without a prompt, the program still runs. If it begins with a
/// command, or there is no next block, the program has ended.
fn prompt_at_end(blocks: &[Block], index: usize) -> Option<Prompt> {
    let block = &blocks[index];
    let is_here = |other: &&Block| other.info.terminal == block.info.terminal;
    let prompt = match blocks[index + 1..].iter().find(is_here) {
        Some(next) => next.steps.first().and_then(|(_, step)| prompt_before(step)),
        None if block.info.running => None,
        None => {
            let so_far = blocks[..=index].iter().filter(is_here).flat_map(|other| &other.steps);
            so_far.filter_map(|(_, step)| prompt_after(step)).next_back()
        }
    };
    prompt.filter(|prompt| *prompt != Prompt::Nothing)
}

/// The prompt that must be there before this step.
fn prompt_before(step: &Step) -> Option<Prompt> {
    match step {
        Step::Type(prompt, _) | Step::Await(prompt) => Some(prompt.clone()),
        Step::Press(_) | Step::Expect(_) | Step::Gap => None,
    }
}

/// The prompt that comes back when the command of this step has ended.
fn prompt_after(step: &Step) -> Option<Prompt> {
    match step {
        // A key ends the program.
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
        let blocks = read(text).unwrap().blocks;
        assert_eq!(blocks.len(), 1);
        assert_eq!(
            blocks[0].steps,
            [
                (6, Step::Type(Prompt::Shell, "echo a".to_string())),
                (7, Step::Expect("a".to_string()))
            ]
        );
    }

    #[test]
    fn a_command_stays_if_the_document_says_more_about_it_and_ends_otherwise() {
        let text = "```console server\n$ serve\n```\n```console client\n$ ask\n```\n\
                    ```console server\nasked\n^C\nbye\n```\n";
        let settles: Vec<_> =
            read(text).unwrap().blocks.into_iter().map(|block| block.settles).collect();
        assert_eq!(settles, [None, Some(Prompt::Shell), Some(Prompt::Shell)]);
        let running = read("```console running\n$ serve\n```\n").unwrap().blocks;
        assert_eq!(running[0].settles, None);
    }

    #[test]
    fn a_terminal_begins_with_a_command() {
        let error = read("\n```console server\nready\n```\n").unwrap_err();
        assert_eq!(error.line, 3);
        assert!(error.text.contains("nothing runs in terminal `server`"), "{}", error.text);
    }
}
