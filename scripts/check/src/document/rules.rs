//! Checks how a document leads its reader: each block says where to type, each output fits a terminal, and each
//! prediction is followed by its answer.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

use super::info;
use super::problem::{LineNumber, Problem, line_of};
use super::step::{self, Step};

/// The terminals of a document that needs more than one.
const NAMES: [&str; 4] = ["server", "client-1", "client-2", "observer"];
/// The width of a student's terminal.
const COLUMNS: usize = 80;
/// The command that asks a question before a run.
const ASKS: &str = "check.sh predict";

/// A transcript: where it begins, the name of its terminal, and the paragraph directly before it.
struct Transcript {
    line: LineNumber,
    name: String,
    before: Option<String>,
}

/// What the rules need to know of a document.
#[derive(Default)]
struct Reader {
    transcripts: Vec<Transcript>,
    problems: Vec<Problem>,
    /// The paragraph that has just ended.
    paragraph: Option<String>,
    /// The line of a transcript that was read last.
    step: Option<Step>,
    is_strong: bool,
    /// `**Predict:**` without an answer up to now.
    predictions: Vec<LineNumber>,
}

/// Checks a document. Returns what is wrong, in the order of its lines.
pub fn check(text: &str) -> Vec<Problem> {
    let mut reader = Reader::default();
    let mut block: Option<CodeBlockKind> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let line = line_of(text, range.start);
        if let (Some(kind), Event::Text(inside)) = (&block, &event) {
            reader.read_block(kind, line, inside);
        }
        reader.read_prediction(line, &event);
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                reader.begin_block(line, &kind);
                block = Some(kind);
            }
            Event::End(TagEnd::CodeBlock) => block = None,
            Event::End(TagEnd::Paragraph) => {
                reader.paragraph = Some(text[range].trim().to_owned());
            }
            Event::Start(_) | Event::Html(_) | Event::Rule => reader.paragraph = None,
            _ => {}
        }
    }
    reader.end_section();
    reader.check_terminals();
    reader.problems.sort_by_key(|problem| problem.line);
    reader.problems
}

impl Reader {
    fn begin_block(&mut self, line: LineNumber, kind: &CodeBlockKind) {
        // A block whose words are wrong is a problem of the plan.
        if let CodeBlockKind::Fenced(words) = kind
            && let Ok(Some(info)) = info::parse(words)
        {
            let before = self.paragraph.take();
            self.step = None;
            self.transcripts.push(Transcript { line, name: info.terminal, before });
        }
    }

    /// Looks for lines of output that a terminal would break.
    fn read_block(&mut self, kind: &CodeBlockKind, first: LineNumber, inside: &str) {
        let CodeBlockKind::Fenced(words) = kind else { return };
        let language = words.split_whitespace().next();
        let transcript = info::parse(words).ok().flatten();
        if transcript.is_none() && language != Some("text") {
            return;
        }
        for (line, shown) in (first..).zip(inside.lines()) {
            if let Some(info) = &transcript {
                let step = step::parse(shown, self.step.as_ref(), info.typed);
                let is_output = matches!(step, Step::Expect(_));
                self.step = Some(step);
                if !is_output {
                    continue;
                }
            }
            let width = shown.width();
            if width > COLUMNS {
                let text = format!(
                    "this line of output is {width} columns wide, and a terminal has {COLUMNS}\n  \
                     Write `…` for a part that nobody needs, or let the program print less."
                );
                self.problems.push(Problem { line, text });
            }
        }
    }

    /// Looks for `**Predict:**`, and for what may answer it.
    fn read_prediction(&mut self, line: LineNumber, event: &Event) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.end_section(),
            Event::Start(Tag::Strong) => self.is_strong = true,
            Event::End(TagEnd::Strong) => self.is_strong = false,
            Event::Text(text) if self.is_strong && text.trim_end_matches(':') == "Predict" => {
                self.predictions.push(line);
            }
            Event::Text(text) | Event::Code(text) if text.contains(ASKS) => {
                self.predictions.clear();
            }
            Event::Html(html) | Event::InlineHtml(html) if html.contains("<details") => {
                self.predictions.clear();
            }
            _ => {}
        }
    }

    fn end_section(&mut self) {
        let text = "nothing answers this prediction before the next heading\n  \
                    Let the student answer it: `scripts/check.sh predict LAB QUESTION`\n  \
                    Or fold the answer, with an empty line before it and after it:\n  \
                    <details><summary>What you see</summary> THE ANSWER </details>";
        let unanswered = self.predictions.drain(..);
        self.problems.extend(unanswered.map(|line| Problem { line, text: text.to_owned() }));
    }

    /// Where there are several terminals, each block says which one it means.
    fn check_terminals(&mut self) {
        let names: BTreeSet<&str> = self.transcripts.iter().map(|it| it.name.as_str()).collect();
        if names.len() < 2 {
            return;
        }
        for Transcript { line, name, before } in &self.transcripts {
            let expected = format!("Terminal **{}**:", name.replace('-', " "));
            let text = if !NAMES.contains(&name.as_str()) {
                format!(
                    "a student knows no terminal `{name}`\n  \
                     Where there are several, write one of these after `console`:\n  {}",
                    NAMES.join(", ")
                )
            } else if before.as_deref() == Some(&expected) {
                continue;
            } else {
                format!(
                    "the text does not say where to type this\n  \
                     Write a paragraph of its own directly before the block: {expected}"
                )
            };
            self.problems.push(Problem { line: *line, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<LineNumber> {
        check(text).iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn each_block_says_where_to_type_if_there_are_several_terminals() {
        let right = "Terminal **server**:\n\n```console server\n$ a\n```\n\n<details><summary>s</summary>\n\n\
                     Terminal **client 1**:\n\n```console client-1 skip: no\n$ b\n```\n\n</details>\n\n\
                     - one\n\n  Terminal **server**:\n\n  ```console server\n  c\n  ```\n";
        assert_eq!(lines(right), [0; 0]);
        for (from, to) in [
            ("Terminal **client 1**:", "In terminal **client 1**:"),
            ("Terminal **client 1**:", "Terminal **client 2**:"),
            ("Terminal **client 1**:", "Type this.\nTerminal **client 1**:"),
            ("Terminal **client 1**:", "Terminal **client 1**:\n\n- a list\n"),
        ] {
            let wrong = right.replace(from, to);
            let block = 1 + wrong.lines().position(|line| line.contains("client-1")).unwrap();
            assert_eq!(lines(&wrong), [block], "{wrong}");
        }
        assert_eq!(lines(&right.replace("console client-1", "console guest")), [11]);
        assert_eq!(lines("```console\n$ a\n```\n\nText.\n\n```console\n$ b\n```\n"), [0; 0]);
    }

    #[test]
    fn output_fits_a_terminal() {
        let (fits, wide) = ("é".repeat(80), "é".repeat(81));
        let typed = format!("$ echo {wide} \\\n> {wide}\n");
        let text = |language: &str, line: &str| format!("```{language}\n{typed}{line}\n```\n");
        assert_eq!(lines(&text("console", &fits)), [0; 0]);
        assert_eq!(lines(&text("console", &wide)), [4]);
        assert_eq!(lines(&text("console", &"漢".repeat(41))), [4]);
        assert_eq!(lines(&format!("```text\n{fits}\n{wide}\n```\n")), [3]);
        assert_eq!(lines(&format!("{wide}\n\n```rust\n{wide}\n```\n")), [0; 0]);
    }

    #[test]
    fn a_prediction_is_followed_by_its_answer() {
        for answer in [
            "```console\n$ scripts/check.sh predict lab1 dance\n```",
            "`scripts/check.sh predict lab1 dance`",
            "<details><summary>What you see</summary>\n\nIt waits.\n\n</details>",
        ] {
            for word in ["**Predict:**", "**Predict**:"] {
                let right = format!("## A\n\n{word} what?\n\n{answer}\n\n## B\n");
                assert_eq!(lines(&right), [0; 0], "{right}");
                let late = format!("## A\n\n{word} what?\n\n## B\n\n{answer}\n");
                assert_eq!(lines(&late), [3], "{late}");
                let early = format!("## A\n\n{answer}\n\n{word} what?\n");
                assert_eq!(lines(&early).len(), 1, "{early}");
            }
        }
    }
}
