//! `scripts/lens.sh`, run for real but for its cargo: it gets the lens that the tests are built with.

use std::process::Command;

use crate::support::script::script;
use crate::support::{root, said};
use tempfile::TempDir;

#[test]
fn lens_sh_takes_paths_from_the_folder_of_the_user() {
    let place = TempDir::new().unwrap();
    let recording = root().join("labs/lab1-blocking/recordings/two-clients");
    let copied = Command::new("cp").arg("-r").arg(recording).arg(place.path()).status().unwrap();
    assert!(copied.success());
    let output = script("lens.sh", &place, Some("true"), &["follow", "two-clients"]);
    assert!(output.status.success(), "{output:?}");
    assert!(said(&output).starts_with("lab1-blocking: request 1 of client B"), "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        stderr, "Building scripts/lens: a minute or two, this once.\n",
        "the build is quiet"
    );
}

#[test]
fn lens_sh_says_what_is_wrong_in_a_sentence() {
    let broken = "echo 'error[E0308]: mismatched types' >&2; exit 101";
    for (cargo, words, code, sentence) in [
        (
            broken,
            &["watch", "lab1"][..],
            2,
            "lens.sh: the lens cannot be built: error[E0308]: mismatched types\n",
        ),
        ("true", &["frob"], 2, "error: unrecognized subcommand 'frob'"),
        ("true", &["watch"], 2, "Usage: scripts/lens.sh watch <TARGET>"),
        ("true", &["explain", "no.log"], 2, "To make one: scripts/lens.sh record"),
        ("true", &["--help"], 0, "scripts/lens.sh VERB --help"),
    ] {
        let output = script("lens.sh", &TempDir::new().unwrap(), Some(cargo), words);
        assert!(said(&output).contains(sentence), "{}", said(&output));
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    }
}
