//! Checks the links of a document: the files and headings they lead to must exist.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Parser, Tag};
use regex::Regex;

use super::headings;
use super::problem::{LineNumber, Problem, line_of};

/// READMEs use HTML for pictures with a dark and a light form.
const ATTRIBUTE: &str = r#"\b(src|srcset|href|id|name)\s*=\s*"([^"]+)""#;
static HTML_ATTRIBUTE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(ATTRIBUTE).ok());

/// The links of a document, and the places in it that links may lead to.
#[derive(Debug)]
struct Page {
    targets: Vec<(LineNumber, String)>,
    /// Those of headings, and those written as HTML.
    anchors: Vec<String>,
}

/// Checks the links of the document `file`. A target that begins with `/` is looked up in `root`. Returns how many
/// links there are, and the broken ones.
pub fn check(file: &Path, text: &str, root: &Path) -> (usize, Vec<Problem>) {
    let page = Page::read(text);
    let inside = page.targets.iter().filter(|(_, target)| !is_elsewhere(target));
    let count = inside.clone().count();
    let broken = inside.filter_map(|(line, target)| {
        let why = page.fault(target, file, root)?;
        Some(Problem { line: *line, text: format!("the link to `{target}` is broken: {why}") })
    });
    (count, broken.collect())
}

/// Whether the target is not in this repository: `https://example.org`, `mailto:a@b`, `//example.org`.
fn is_elsewhere(target: &str) -> bool {
    let start = target.split(['/', '#', '?']).next().unwrap_or_default();
    start.contains(':') || target.starts_with("//")
}

impl Page {
    fn read(text: &str) -> Self {
        let anchors = headings::read(text).into_iter().map(|heading| heading.anchor).collect();
        let mut page = Self { targets: Vec::new(), anchors };
        for (event, range) in Parser::new_ext(text, headings::MARKDOWN).into_offset_iter() {
            let line = line_of(text, range.start);
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.targets.push((line, dest_url.to_string()));
                }
                Event::Html(html) | Event::InlineHtml(html) => page.read_html(line, &html),
                _ => {}
            }
        }
        page
    }

    fn read_html(&mut self, line: LineNumber, html: &str) {
        for found in HTML_ATTRIBUTE.iter().flat_map(|pattern| pattern.captures_iter(html)) {
            match &found[1] {
                "id" | "name" => self.anchors.push(found[2].to_owned()),
                _ => self.targets.push((line, found[2].to_owned())),
            }
        }
    }

    /// Why a link of this page leads nowhere.
    fn fault(&self, target: &str, file: &Path, root: &Path) -> Option<String> {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = percent_decode_str(path.split('?').next()?).decode_utf8_lossy();
        if path.is_empty() {
            return self.missing_anchor(anchor);
        }
        let path = match path.strip_prefix('/') {
            Some(from_root) => root.join(from_root),
            None => file.parent()?.join(&*path),
        };
        if !path.exists() {
            return Some(format!("there is no {}", path.display()));
        }
        if anchor.is_empty() || path.extension().is_none_or(|extension| extension != "md") {
            return None;
        }
        Self::read(&fs::read_to_string(path).ok()?).missing_anchor(anchor)
    }

    fn missing_anchor(&self, anchor: &str) -> Option<String> {
        let is_there = anchor.is_empty() || self.anchors.iter().any(|it| it == anchor);
        (!is_there).then(|| format!("there is no heading `#{anchor}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The labs: a tour\n\n## Lab `1`\n\n## Lab 1\n\n[a](#the-labs-a-tour) [b](#lab-1-1)\n\
        [c](#nowhere) [d](https://example.org/x) [e](Cargo.toml) [f](src/no%20file.rs)\n\n\
        <img src=\"src/main.rs\"> <a href=\"src/gone.rs\">x</a>\n\n[g](/README.md?x) [h][ref]\n\n[ref]: no.md\n";

    #[test]
    fn links_lead_to_files_and_headings() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (count, problems) = check(&root.join("X.md"), TEXT, root);
        let broken: Vec<_> = problems.iter().map(|it| (it.line, it.text.as_str())).collect();
        let expected =
            [(8, "`#nowhere`"), (8, "`src/no%20file.rs`"), (10, "`src/gone.rs`"), (12, "`no.md`")];
        assert_eq!((broken.len(), count), (expected.len(), 9), "{broken:?}");
        for ((line, text), (at, target)) in broken.iter().zip(expected) {
            assert!(*line == at && text.contains(target), "{line}: {text}");
        }
        assert!(broken[1].1.ends_with("src/no file.rs"), "{}", broken[1].1);
    }
}
