//! Each step of the documents that this kit re-creates has a place in a sheet. `original/*.toml` lists the steps.
#![expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

#[path = "../src/document/headings.rs"]
mod headings;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    step: Vec<Entry>,
}

/// One step of an original document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// A short title of the document.
    document: String,
    /// What the student does there.
    step: String,
    /// The section that has this step now: a file and the anchor of a heading.
    at: String,
    /// A text that this section contains.
    shows: String,
}

impl Entry {
    /// Why the step has no place below this folder.
    fn fault(&self, top: &Path) -> Option<String> {
        let Self { document, step, at, shows } = self;
        let why = match section(top, at) {
            Ok(text) if words(&text).contains(&words(shows)) => return None,
            Ok(_) => format!("the section {at} does not contain `{shows}`"),
            Err(why) => why,
        };
        Some(format!("\"{step}\" (in \"{document}\"): {why}"))
    }
}

/// The text of a section, up to the next heading of the same level or of a higher one.
fn section(top: &Path, at: &str) -> Result<String, String> {
    let Some((file, anchor)) = at.split_once('#') else {
        return Err(format!("`at = \"{at}\"` names no heading: write FILE#HEADING"));
    };
    let Ok(text) = fs::read_to_string(top.join(file)) else {
        return Err(format!("there is no file {file}"));
    };
    let headings = headings::read(&text);
    let mut from_there = headings.iter().skip_while(|heading| heading.anchor != anchor);
    let Some(heading) = from_there.next() else {
        let all: Vec<String> = headings.iter().map(|it| format!("#{}", it.anchor)).collect();
        return Err(format!("{file} has no heading #{anchor}. It has: {}", all.join(" ")));
    };
    let end = from_there.find(|next| next.level <= heading.level);
    Ok(text[heading.begin..end.map_or(text.len(), |next| next.begin)].to_owned())
}

/// The text without its line breaks.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The steps without a place, of all lists in a folder: one line for each.
fn faults(lists: &Path, top: &Path) -> Vec<String> {
    let files = fs::read_dir(lists).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension() == Some("toml".as_ref())).collect();
    files.sort();
    let of_file = |file: &PathBuf| {
        let name = file.file_name().unwrap().display().to_string();
        match toml::from_str::<List>(&fs::read_to_string(file).unwrap()) {
            Ok(list) => list
                .step
                .iter()
                .filter_map(|step| step.fault(top))
                .map(|why| format!("{name}: {why}"))
                .collect(),
            Err(error) => vec![format!("{name}: {error}")],
        }
    };
    files.iter().flat_map(of_file).collect()
}

#[test]
fn each_lab_of_the_original_has_a_list() {
    for lab in 1..=3 {
        let file = Path::new(TESTS).join(format!("original/lab{lab}.toml"));
        let list = fs::read_to_string(&file).unwrap_or_default();
        let steps = toml::from_str::<List>(&list).map_or(0, |list| list.step.len());
        assert!(steps > 0, "{} lists no step", file.display());
    }
}

#[test]
fn each_step_of_the_original_has_a_place() {
    let faults = faults(&Path::new(TESTS).join("original"), &Path::new(TESTS).join("../../.."));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn a_step_without_a_place_is_named() {
    let folder = Path::new(TESTS).join("documents");
    let expected = [
        "steps.toml: \"Stop it\" (in \"A server\"): the section output.md#other-forms does not contain `pkill`",
        "steps.toml: \"Say hello\" (in \"A server\"): output.md has no heading #hello. It has: \
         #output-in-all-the-forms-a-transcript-may-have #other-forms",
        "steps.toml: \"Say more\" (in \"A server\"): there is no file gone.md",
        "steps.toml: \"End\" (in \"A server\"): `at = \"output.md\"` names no heading: write FILE#HEADING",
    ];
    assert_eq!(faults(&folder, &folder), expected);
}
