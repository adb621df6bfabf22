//! What the page knows without a page: `page/tests/*.test.js`, run by Node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{film, root};

#[test]
#[ignore = "needs node"]
fn in_node_the_state_and_the_time_of_a_film_are_right() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    let files = fs::read_dir(page.join("tests")).unwrap().map(|entry| entry.unwrap().path());
    let tests: Vec<PathBuf> =
        files.filter(|file| file.to_string_lossy().ends_with(".test.js")).collect();
    assert!(tests.len() >= 4, "{tests:?}");
    let written = tempfile::tempdir().unwrap();
    for (name, lab) in [("lab1", "lab1-blocking"), ("lab3", "lab3-multiclient")] {
        let film = film(&root().join("labs").join(lab).join("recordings/two-clients"));
        let text = serde_json::to_string(&film).unwrap();
        fs::write(written.path().join(name).with_extension("json"), text).unwrap();
    }
    let mut command = Command::new("node");
    command.env("FILMS", written.path()).arg("--test").args(&tests).current_dir(page);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    // A version of Node that found no test would succeed as well.
    assert!(said.lines().any(|line| line.contains("pass ")), "{said}");
    assert!(!said.lines().any(|line| line.ends_with("pass 0")), "{said}");
}
