//! Takes the passages out of a file: paragraphs, headings, list items, cells of tables.

use std::mem;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use toml::{Table, Value};
use unicode_segmentation::UnicodeSegmentation;

use crate::document::{LineNumber, MARKDOWN, line_of};

/// Stands for code, a picture or a link: one word. It is a letter without upper and lower case, which our texts do not
/// have, so that it may begin a sentence.
const OPAQUE: char = '\u{a000}';

/// The sections of a help that have commands, and no sentences, in their first column.
const COMMANDS: [&str; 5] = ["EXAMPLES", "SEE ALSO", "SYNOPSIS", "Examples:", "Usage:"];

/// A text without its marks.
#[derive(Debug, Default)]
pub struct Passage {
    /// The text, with [`OPAQUE`] in place of code and links.
    pub text: String,
    /// What each [`OPAQUE`] stands for.
    opaque: Vec<String>,
    /// The text of the link or the picture that has begun: one word, whatever is in it.
    link: Option<String>,
    /// Where the lines of the file begin: a byte of the text, and the line.
    lines: Vec<(usize, LineNumber)>,
}

impl Passage {
    /// The line of the file that has this byte of the text.
    pub fn line(&self, at: usize) -> LineNumber {
        let before = self.lines.iter().take_while(|(begin, _)| *begin <= at);
        before.last().map_or(1, |(_, line)| *line)
    }

    /// The sentences, and the byte where each begins. Here one may begin with a number or a small letter: the standard
    /// (UAX 29) would take the two sentences for one.
    pub fn sentences(&self) -> Vec<(usize, &str)> {
        let mut masked = self.text.clone();
        for (at, _) in self.text.match_indices(". ") {
            let next = at + 2..at + 3;
            let begins =
                masked.get(next.clone()).is_some_and(|it| it.contains(char::is_alphanumeric));
            if begins && !["e.g", "i.e"].iter().any(|it| self.text[..at].ends_with(it)) {
                masked.replace_range(next, "N");
            }
        }
        let parts = masked.split_sentence_bound_indices();
        parts.map(|(begin, part)| (begin, &self.text[begin..begin + part.len()])).collect()
    }

    /// A part of the text that begins at this byte, as the author wrote it.
    pub fn shown(&self, begin: usize, part: &str) -> String {
        let before = self.text[..begin].matches(OPAQUE).count();
        let mut opaque = self.opaque.iter().skip(before);
        let original = |letter| match letter {
            OPAQUE => opaque.next().cloned().unwrap_or_default(),
            letter => letter.to_string(),
        };
        part.trim().chars().map(original).collect()
    }

    fn push(&mut self, text: &str) {
        self.link.as_mut().unwrap_or(&mut self.text).push_str(text);
    }

    fn push_code(&mut self, code: String) {
        if let Some(link) = &mut self.link {
            link.push_str(&code);
        } else {
            self.text.push(OPAQUE);
            self.opaque.push(code);
        }
    }
}

/// The passages of a Markdown file.
pub fn in_markdown(content: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut passage = Passage::default();
    let mut is_code = false;
    for (event, range) in Parser::new_ext(content, MARKDOWN).into_offset_iter() {
        passage.lines.push((passage.text.len(), line_of(content, range.start)));
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
                passage.link = Some(String::new());
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let link = passage.link.take().unwrap_or_default();
                passage.push_code(link);
            }
            Event::Text(text) if !is_code => passage.push(&text),
            Event::Code(code) => passage.push_code(format!("`{code}`")),
            Event::SoftBreak | Event::HardBreak => passage.push(" "),
            Event::Start(Tag::Emphasis | Tag::Strong)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong) => {}
            Event::Start(_) | Event::End(_) => passages.push(mem::take(&mut passage)),
            _ => {}
        }
    }
    passages.retain(|passage| !passage.text.trim().is_empty());
    passages
}

/// The texts of a TOML file: all strings, each read as Markdown.
///
/// # Errors
/// If the file is no TOML.
pub fn in_toml(content: &str) -> Result<Vec<Passage>, toml::de::Error> {
    let mut texts = Vec::new();
    collect(Value::Table(content.parse::<Table>()?), &mut texts);
    let mut passages = Vec::new();
    for text in texts {
        // The file may have more backslashes than the text, but not in its beginning.
        let begin = text.split(['"', '\\', '\n']).find(|part| part.len() > 8).unwrap_or(&text);
        let line = line_of(content, content.find(begin).unwrap_or_default());
        for mut passage in in_markdown(&text) {
            passage.lines = vec![(0, line)];
            passages.push(passage);
        }
    }
    passages.sort_by_key(|passage| passage.line(0));
    Ok(passages)
}

/// The passages of a text for `--help`, by a program or in the head of a script. Lines in the same column are one
/// passage, up to the next item of a list. Lines in two columns begin an item. Commands are left out.
pub fn in_help(content: &str) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    let (mut column, mut has_commands) = (None, false);
    for (index, line) in content.lines().enumerate() {
        let words = line.trim();
        let text = words.rsplit_once("  ").map_or(words, |(_, text)| text);
        let begin = line.trim_end().len() - text.len();
        if !words.is_empty() && !line.starts_with(' ') {
            has_commands = COMMANDS.iter().any(|title| line.starts_with(title));
        }
        if words.is_empty() || (has_commands && begin <= 2) {
            column = None;
            continue;
        }
        if text != words || column != Some(begin) {
            passages.push(Passage::default());
        }
        column = Some(begin);
        if let Some(passage) = passages.last_mut() {
            passage.lines.push((passage.text.len(), index + 1));
            passage.text.extend([text, " "]);
        }
    }
    passages
}

/// The head of a script, and empty lines for all others.
pub fn head_of_script(content: &str) -> String {
    let head = content.lines().skip(1).map_while(|line| line.strip_prefix('#'));
    head.map(|line| format!("\n{}", line.strip_prefix(' ').unwrap_or(line))).collect()
}

fn collect(value: Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains(' ') => texts.push(text),
        Value::Array(values) => values.into_iter().for_each(|value| collect(value, texts)),
        Value::Table(table) => table.into_iter().for_each(|(_, value)| collect(value, texts)),
        _ => {}
    }
}
