//! A comparison that is made, and what it has found.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{lab, said, with_example};

/// `lens compare` in this folder, with the labs that the tests are built with, unless the words name others.
pub fn compare(place: &TempDir, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lens"));
    command.arg("compare").args(words).current_dir(place.path()).stdin(Stdio::null());
    if words.contains(&"--programs") {
        return command;
    }
    let is_threaded = words.contains(&"--with-threads");
    let programs = if is_threaded {
        with_example("lab3-multiclient", "threads")
    } else {
        Path::new(&lab("lab3-multiclient")).parent().unwrap().to_owned()
    };
    command.arg("--programs").arg(programs);
    command
}

/// Runs it to its end, which is this one.
pub fn ended(command: &mut Command, code: i32) -> Output {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    output
}

/// What it has found.
pub fn read(place: &TempDir) -> Value {
    serde_json::from_slice(&fs::read(place.path().join("report/compare.json")).unwrap()).unwrap()
}

/// A stage by its name.
pub fn stage<'a>(found: &'a Value, name: &str) -> &'a Value {
    let stages = found["stages"].as_array().unwrap();
    stages.iter().find(|stage| stage["name"] == name).unwrap()
}

/// The figure of a stage in a row of the table.
pub fn figure(found: &Value, row: &str, name: &str) -> Option<f64> {
    let stages = found["stages"].as_array().unwrap();
    let column = stages.iter().position(|stage| stage["name"] == name).unwrap();
    let rows = found["rows"].as_array().unwrap();
    let row = rows.iter().find(|one| one["name"] == row).unwrap_or_else(|| panic!("no row {row}"));
    row["cells"][column]["value"].as_f64()
}

/// All that is missing, in one text.
pub fn missing(found: &Value) -> String {
    let all = found["missing"].as_array().unwrap().iter();
    let words = |one: &Value| {
        ["stage", "what", "why"].map(|name| one[name].as_str().unwrap_or("all").to_owned())
    };
    all.map(|one| words(one).join(": ") + "\n").collect()
}
