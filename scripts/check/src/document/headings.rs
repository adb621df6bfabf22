//! The headings of a Markdown file, and the anchors that links to them use.

use std::collections::HashMap;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What our Markdown may have besides the common syntax.
pub const MARKDOWN: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_FOOTNOTES).union(Options::ENABLE_STRIKETHROUGH);

/// A heading.
#[derive(Debug)]
pub struct Heading {
    /// As GitHub and GitLab make it of the text.
    pub anchor: String,
    /// Its level: `#` is the highest.
    #[allow(dead_code, reason = "a test needs it, which includes this file")]
    pub level: HeadingLevel,
    /// The byte of the file where it begins.
    #[allow(dead_code, reason = "the same test needs it")]
    pub begin: usize,
}

/// Reads the headings of a file, in order.
pub fn read(text: &str) -> Vec<Heading> {
    let mut headings = Vec::new();
    let mut title = String::new();
    let mut times: HashMap<String, usize> = HashMap::new();
    for (event, range) in Parser::new_ext(text, MARKDOWN).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => title.clear(),
            Event::Text(inside) | Event::Code(inside) => title.push_str(&inside),
            Event::End(TagEnd::Heading(level)) => {
                let slug = slug(&title);
                let before = times.entry(slug.clone()).or_default();
                let anchor = if *before == 0 { slug } else { format!("{slug}-{before}") };
                headings.push(Heading { anchor, level, begin: range.start });
                *before += 1;
            }
            _ => {}
        }
    }
    headings
}

fn slug(title: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    title.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}
