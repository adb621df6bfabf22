//! What a release is made of: the version stands in two places, and the workflow names files that are there. Nothing else of
//! the workflow can be tried here.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;

use testkit::root;

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The word after `before` in each line that has it.
fn words_after<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    let rests = text.lines().filter_map(|line| line.split_once(before));
    rests.map(|(_, rest)| rest.split([' ', ',']).next().unwrap()).collect()
}

#[test]
fn the_newest_entry_of_the_changelog_is_the_version_of_the_kit() {
    let changes = read("CHANGELOG.md");
    let newest = changes.lines().find_map(|line| line.strip_prefix("## ")).unwrap();
    assert_eq!(newest, env!("CARGO_PKG_VERSION"), "CHANGELOG.md, and the version in Cargo.toml");
}

#[test]
fn a_release_has_an_image_of_each_lab_and_of_the_tools() {
    let workflow = read(".github/workflows/release.yml");
    let images: BTreeSet<&str> = words_after(&workflow, "- { name: ").into_iter().collect();
    let labs = fs::read_dir(root().join("labs")).unwrap().map(|entry| entry.unwrap());
    let labs = labs.filter(|entry| entry.path().join("Cargo.toml").is_file());
    let labs: Vec<String> = labs.map(|lab| lab.file_name().into_string().unwrap()).collect();
    let wanted = labs.iter().map(String::as_str).chain(["tools"]).collect();
    assert_eq!(images, wanted);
}

#[test]
fn the_release_workflow_names_files_that_are_there() {
    let workflow = read(".github/workflows/release.yml");
    let images = words_after(&workflow, "- { name: ").len();
    let files = [words_after(&workflow, ", file: "), words_after(&workflow, "scripts/")].concat();
    assert_eq!(files.len(), images + 2, "{files:?}");
    for file in files {
        let found =
            [root(), root().join("scripts")].iter().any(|folder| folder.join(file).is_file());
        assert!(found, "release.yml names {file}, and there is no such file");
    }
}
