//! The command: what it makes, and what it says.

use std::fs;

use tempfile::TempDir;

use crate::support::{replay, root, said};

fn recording(lab: &str) -> String {
    root().join("labs").join(lab).join("recordings/two-clients").display().to_string()
}

#[test]
fn one_recording_or_two_make_one_file() {
    let place = TempDir::new().unwrap();
    let [lab1, lab3] = [recording("lab1-blocking"), recording("lab3-multiclient")];
    let output = replay(&[&lab1], place.path());
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).starts_with("The film: captures/replay.html\n"), "{}", said(&output));
    assert!(said(&output).contains("open this file in a browser"), "{}", said(&output));
    let page = fs::read_to_string(place.path().join("captures/replay.html")).unwrap();
    assert!(page.contains("\"server\":\"lab1-blocking\"") && !page.contains("lab3-multiclient"));
    let output = replay(&[&lab1, &lab3, "-o", "both.html"], place.path());
    assert!(output.status.success(), "{}", said(&output));
    let page = fs::read_to_string(place.path().join("both.html")).unwrap();
    assert!(page.contains("\"server\":\"lab1-blocking\"") && page.contains("lab3-multiclient"));
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let place = TempDir::new().unwrap();
    let one = recording("lab1-blocking");
    for (words, sentence) in [
        (vec![], "the following required arguments were not provided"),
        (vec![&*one, &*one, &*one], "found; no more were expected"),
        (vec!["nothing"], "nothing is no recording"),
        (vec![&*one, "-o", "/proc/none/replay.html"], "/proc/none/replay.html: "),
    ] {
        let output = replay(&words, place.path());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(sentence), "{}", said(&output));
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "nothing was made");
}
