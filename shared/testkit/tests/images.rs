//! The pictures in `images/`: each has a dark theme and a text for those who do not see it, and loads nothing. The diagrams
//! share the rules of `images/style.css`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;

use testkit::root;

/// A picture that a program made says so, and has a style of its own.
const MADE: &str = "<!-- Made by ";

/// The declarations of each selector.
type Rules = BTreeMap<String, String>;

/// The names and texts of all pictures.
fn pictures() -> Vec<(String, String)> {
    let files = fs::read_dir(root().join("images")).unwrap().map(|file| file.unwrap().path());
    let pictures = files.filter(|path| path.extension().is_some_and(|it| it == "svg"));
    pictures.map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap())).collect()
}

/// The part of the text between these two.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    Some(text.split_once(from)?.1.split_once(to)?.0)
}

/// The rules of a style: for the light theme, and those that replace them in the dark one.
fn rules(style: &str) -> [Rules; 2] {
    let mut style = style.to_owned();
    while let Some(comment) = between(&style, "/*", "*/") {
        style = style.replace(&format!("/*{comment}*/"), "");
    }
    let (light, dark) = style.split_once("@media").unwrap_or((&style, ""));
    [light, dark.split_once('{').map_or("", |(_, rules)| rules)].map(|part| {
        let rules = part.split('}').filter_map(|rule| rule.split_once('{'));
        let rules = rules.flat_map(|(selectors, declarations)| {
            let words = declarations.split_whitespace().collect::<Vec<_>>().join(" ");
            selectors.split(',').map(move |selector| (selector.trim().to_owned(), words.clone()))
        });
        rules.collect()
    })
}

#[test]
fn each_picture_has_two_themes_and_a_description_and_loads_nothing() {
    let pictures = pictures();
    assert!(!pictures.is_empty());
    for (name, text) in pictures {
        for part in ["<title", "<desc", "(prefers-color-scheme: dark)", "aria-labelledby=\""] {
            assert!(text.contains(part), "{name} has no {part}");
        }
        let text = text.replace("http://www.w3.org/2000/svg", "");
        for part in ["http:", "https:", "@import", "<script", "<image"] {
            assert!(!text.contains(part), "{name} has {part}");
        }
    }
}

#[test]
fn diagrams_share_one_style() {
    let shared = rules(&fs::read_to_string(root().join("images/style.css")).unwrap());
    assert!(shared.iter().all(|theme| theme.contains_key(".kernel")), "{shared:?}");
    for (name, text) in pictures().into_iter().filter(|(_, text)| !text.contains(MADE)) {
        let own = rules(between(&text, "<style>", "</style>").unwrap());
        for (selector, light) in own[0].iter().filter(|(it, _)| shared[0].contains_key(*it)) {
            let themes = [("light", Some(light)), ("dark", own[1].get(selector))];
            for ((theme, declarations), shared) in themes.into_iter().zip(&shared) {
                let expected = shared.get(selector);
                assert_eq!(
                    declarations, expected,
                    "{name}: {selector} in the {theme} theme, and in images/style.css"
                );
            }
        }
    }
}
