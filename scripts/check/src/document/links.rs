//! Checks that what a document links to is there: files, and headings to jump to.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use super::plan::{LineNumber, line_of};

/// A link that leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where it stands.
    pub line: LineNumber,
    /// Where it leads, as written.
    pub target: String,
    /// One sentence.
    pub why: String,
}

/// How many relative links a document has, and which of them are broken.
#[derive(Debug, Default)]
pub struct Links {
    /// All of them.
    pub count: usize,
    /// Those that lead nowhere.
    pub broken: Vec<Broken>,
}

/// READMEs use HTML for pictures with a dark and a light form.
static HTML_LINK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\b(?:src|srcset|href)\s*=\s*"([^"\s]+)""#).ok());
static HTML_ANCHOR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\b(?:id|name)\s*=\s*"([^"]+)""#).ok());
static ELSEWHERE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|//)").ok());

/// Checks the links of the document `file`. A target that begins with `/` is looked up in `root`.
#[must_use]
pub fn check(file: &Path, text: &str, root: &Path) -> Links {
    let mut links = Links::default();
    for (line, target) in targets(text) {
        if ELSEWHERE.as_ref().is_some_and(|elsewhere| elsewhere.is_match(&target)) {
            continue;
        }
        links.count += 1;
        if let Some(why) = fault(&target, file, text, root) {
            links.broken.push(Broken { line, target, why });
        }
    }
    links
}

fn targets(text: &str) -> Vec<(LineNumber, String)> {
    let mut found = Vec::new();
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        let line = line_of(text, range.start);
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.push((line, dest_url.to_string()));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let links = HTML_LINK.iter().flat_map(|link| link.captures_iter(&html));
                found.extend(links.filter_map(|link| Some((line, link.get(1)?.as_str().into()))));
            }
            _ => {}
        }
    }
    found
}

fn fault(target: &str, file: &Path, text: &str, root: &Path) -> Option<String> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = unescape(path.split('?').next()?);
    if path.is_empty() {
        return missing_anchor(anchor, text);
    }
    let found = match path.strip_prefix('/') {
        Some(from_root) => root.join(from_root),
        None => file.parent()?.join(&path),
    };
    if !found.exists() {
        return Some(format!("there is no {}", found.display()));
    }
    if anchor.is_empty() || found.extension().is_none_or(|extension| extension != "md") {
        return None;
    }
    missing_anchor(anchor, &fs::read_to_string(found).ok()?)
}

fn missing_anchor(anchor: &str, text: &str) -> Option<String> {
    let there = anchor.is_empty() || anchors(text).iter().any(|found| found == anchor);
    (!there).then(|| format!("there is no heading `#{anchor}`"))
}

/// The anchors that GitHub and GitLab make of headings, and those written as HTML.
fn anchors(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut times: HashMap<String, usize> = HashMap::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(inside) | Event::Code(inside) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&inside);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap_or_default());
                let before = times.entry(slug.clone()).or_default();
                found.push(if *before == 0 { slug } else { format!("{slug}-{before}") });
                *before += 1;
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let named = HTML_ANCHOR.iter().flat_map(|anchor| anchor.captures_iter(&html));
                found.extend(named.filter_map(|name| Some(name.get(1)?.as_str().to_string())));
            }
            _ => {}
        }
    }
    found
}

fn slug(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// `%20` and its like. What is not valid stays as it is.
fn unescape(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The labs: a tour\n\n## Lab `1`\n\n## Lab 1\n\n[a](#the-labs-a-tour) [b](#lab-1-1)\n\
        [c](#nowhere) [d](https://example.org/x) [e](Cargo.toml) [f](src/no%20file.rs)\n\n\
        <img src=\"src/lib.rs\"> <a href=\"src/gone.rs\">x</a>\n\n[g](/README.md?x) [h][ref]\n\n[ref]: no.md\n";

    #[test]
    fn links_lead_to_files_and_headings() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let links = check(&root.join("X.md"), TEXT, root);
        let broken: Vec<_> = links.broken.iter().map(|b| (b.line, b.target.as_str())).collect();
        let expected =
            [(8, "#nowhere"), (8, "src/no%20file.rs"), (10, "src/gone.rs"), (12, "no.md")];
        assert_eq!(broken, expected);
        assert_eq!(links.count, 9);
        assert!(links.broken[1].why.ends_with("src/no file.rs"), "{}", links.broken[1].why);
    }
}
