//! What happens to the files of a student: while the kit gets newer, and when the student begins again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use grade::own::{self, Kit, MergedFile, OwnError};
use harness::labs::{LABS, Lab};
use tempfile::TempDir;

use crate::root;

const LAB: Lab = LABS[1];
const MINE: &str = "src/protocol.rs";
/// A line that stays in the start of lab 2.
const LINE: &str = "/// What a length belongs to.";

/// A kit in a temporary folder, which the test may make newer.
struct Place {
    _folder: TempDir,
    kit: Kit,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for file in ["Cargo.toml", "Cargo.lock"] {
            fs::copy(root().join(file), folder.path().join(file)).unwrap();
        }
        for lab in LABS {
            for part in ["Cargo.toml", "src", "exercise"] {
                let part = Path::new("labs").join(lab.package).join(part);
                copy(&root().join(&part), &folder.path().join(&part));
            }
        }
        let kit = Kit::new(folder.path());
        Self { _folder: folder, kit }
    }

    fn started() -> Self {
        let place = Self::new();
        own::start(&place.kit, LAB).unwrap();
        place
    }

    fn own(&self, file: &str) -> PathBuf {
        self.kit.own(LAB).join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.own(file)).unwrap()
    }

    /// Replaces a text in a file of the own lab, as its student does.
    fn edit(&self, file: &str, from: &str, to: &str) {
        replace(&self.own(file), from, to);
    }

    /// Replaces a text in a file of the kit's lab: the kit gets newer.
    fn renew_kit(&self, file: &str, from: &str, to: &str) {
        replace(&self.kit.lab(LAB).join(file), from, to);
    }

    fn renewed(&self) -> String {
        own::renew(&self.kit, LAB).unwrap().to_string()
    }

    /// All texts of the student's: the own files, what is beside them, and all copies.
    fn texts(&self) -> BTreeSet<String> {
        let mut files = Vec::new();
        list(&self.kit.own(LAB), &mut files);
        let is_students = |path: &PathBuf| {
            let path = path.strip_prefix(self.kit.own(LAB)).unwrap().to_str().unwrap();
            path.starts_with(MINE) || path.starts_with("before-") || path == "src/main.rs"
        };
        let files = files.into_iter().filter(is_students);
        files.map(|file| fs::read_to_string(file).unwrap()).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            copy(&path, &to.join(path.file_name().unwrap()));
        }
    } else if from.exists() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from:?} is not in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn an_own_lab_is_made_once_and_says_what_to_do() {
    let place = Place::new();
    let text = own::start(&place.kit, LAB).unwrap();
    assert!(
        text.contains("Yours to write: src/protocol.rs") && text.contains("work/lab2/README.md"),
        "{text}"
    );
    let page = place.read("README.md");
    let sheet = "../../labs/lab2-resp/README.md#give-each-reply-its-type";
    let given = "\n- `number::parse` in [shared/src/number.rs](../../shared/src/number.rs): turns";
    let hint = "scripts/check.sh lab2 --hint";
    for part in ["1. `decode_request`", "2. `encode_reply`", hint, sheet, given] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    let settings = fs::read_to_string(place.kit.root.join(".vscode/settings.json")).unwrap();
    assert!(settings.contains("\"work/lab2/Cargo.toml\""), "{settings}");
    place.edit(MINE, LINE, "// mine");
    let refused = own::start(&place.kit, LAB).unwrap_err().to_string();
    assert!(refused.contains("scripts/check.sh reset lab2"), "{refused}");
    assert!(place.read(MINE).contains("// mine"));
}

#[test]
fn without_an_own_lab_the_student_is_told_how_to_make_one() {
    let kit = Place::new().kit;
    let place = Place::new();
    let refused = [
        own::renew(&place.kit, LAB).unwrap_err().to_string(),
        own::merge(&place.kit, LAB).unwrap_err().to_string(),
        own::reset(&place.kit, LAB).unwrap_err().to_string(),
        own::solution(&place.kit, LAB).unwrap_err().to_string(),
        own::build(&place.kit, LAB).unwrap_err().to_string(),
    ];
    for text in refused {
        assert_eq!(text, "there is no work/lab2. To make it: scripts/check.sh start lab2");
    }
    assert!(matches!(own::start(&place.kit, LABS[3]), Err(OwnError::NoExercise("lab4"))));
    assert!(!kit.work.exists() && !place.kit.work.exists());
}

#[test]
fn the_kits_files_are_renewed_and_the_students_are_not() {
    let place = Place::started();
    assert_eq!(place.renewed(), "");
    place.edit(MINE, LINE, "// mine");
    place.renew_kit("src/server.rs", "//! A server", "//! A newer server");
    fs::write(place.own("src/helper.rs"), "// a file of the student's own").unwrap();
    assert_eq!(place.renewed(), "");
    assert!(place.read("src/server.rs").starts_with("//! A newer server"));
    assert!(place.read(MINE).contains("// mine"));
    assert!(place.read("src/helper.rs").contains("of the student's own"));
}

#[test]
fn a_copy_is_kept_of_what_a_student_changed_in_the_kits_files() {
    let place = Place::started();
    place.edit("src/main.rs", "mod server;", "mod helper;\nmod server;");
    let edited = place.read("src/main.rs");
    let renewed = own::renew(&place.kit, LAB).unwrap();
    assert!(!place.read("src/main.rs").contains("mod helper;"));
    let [copy] = renewed.kept_copies.as_slice() else { panic!("{renewed:?}") };
    assert_eq!(fs::read_to_string(place.kit.root.join(copy)).unwrap(), edited);
    assert!(renewed.to_string().contains("work/lab2/before-renew-"), "{renewed}");
    assert_eq!(place.renewed(), "");
}

#[test]
fn what_cargo_writes_into_the_lock_is_no_change_of_the_students() {
    let place = Place::started();
    fs::write(place.own("Cargo.lock"), "written by cargo").unwrap();
    assert_eq!(place.renewed(), "");
    assert_eq!(place.read("Cargo.lock"), "written by cargo");
    fs::write(place.kit.root.join("Cargo.lock"), "newer").unwrap();
    assert_eq!(place.renewed(), "");
    assert_eq!(place.read("Cargo.lock"), "newer");
}

#[test]
fn a_newer_start_is_merged_into_what_the_student_wrote() {
    let place = Place::started();
    place.edit(
        MINE,
        "Err(ProtocolError::new(\"`decode_request`",
        "// mine\n    Err(ProtocolError::new(\"`decode_request`",
    );
    let before = place.read(MINE);
    place.renew_kit(MINE, LINE, "/// What a length is for.");
    let renewed = own::renew(&place.kit, LAB).unwrap();
    assert_eq!(renewed.changed_starters, [Path::new(MINE)]);
    assert!(renewed.to_string().contains("scripts/check.sh merge lab2"), "{renewed}");
    assert_eq!(place.read(MINE), before);
    let merged = own::merge(&place.kit, LAB).unwrap();
    assert!(merged.is_clean(), "{merged}");
    assert_eq!(place.read(MINE), before.replace(LINE, "/// What a length is for."));
    assert!(place.texts().contains(&before));
    assert_eq!(place.renewed(), "");
    assert!(own::merge(&place.kit, LAB).unwrap().to_string().starts_with("Nothing to merge"));
}

/// A start of lab 2 of which the student and the kit have changed the same line.
fn in_conflict() -> (Place, String) {
    let place = Place::started();
    place.edit(MINE, LINE, "/// Mine.");
    let mine = place.read(MINE);
    place.renew_kit(MINE, LINE, "/// Newer.");
    (place, mine)
}

#[test]
fn in_conflict_the_students_file_stays_and_the_merge_can_be_finished() {
    let (place, mine) = in_conflict();
    for _ in 0..2 {
        let merged = own::merge(&place.kit, LAB).unwrap();
        let [MergedFile::Conflict { lines, .. }] = merged.files.as_slice() else {
            panic!("{merged}")
        };
        let beside = place.read("src/protocol.rs.merged");
        assert!(beside.lines().nth(lines[0] - 1).unwrap().starts_with("<<<<<<<"), "{beside}");
        let place_of_it = format!("work/lab2/src/protocol.rs.merged:{}", lines[0]);
        assert!(merged.to_string().contains(&place_of_it), "{merged}");
        assert_eq!(place.read(MINE), mine);
    }
    let renewed = place.renewed();
    assert!(renewed.contains("rm work/lab2/src/protocol.rs.merged"), "{renewed}");
    // The student takes both, and has gone on in the own file meanwhile.
    resolve(&place);
    let resolved = place.read("src/protocol.rs.merged");
    place.edit(MINE, "//! RESP, the", "//! RESP, my");
    let merged = own::merge(&place.kit, LAB).unwrap();
    assert!(merged.is_clean(), "{merged}");
    let expected =
        mine.replace("/// Mine.", "/// Mine.\n/// Newer.").replace("//! RESP, the", "//! RESP, my");
    assert_eq!(place.read(MINE), expected);
    assert!(!place.own("src/protocol.rs.merged").exists());
    assert!(place.texts().contains(&resolved), "what was written there is kept as well");
    assert_eq!(place.renewed(), "");
}

/// Removes the marks of conflicts from the file beside the student's.
fn resolve(place: &Place) {
    let is_text = |line: &&str| {
        !["<<<<<<< ", "=======", ">>>>>>> "].iter().any(|mark| line.starts_with(mark))
    };
    let beside = place.read("src/protocol.rs.merged");
    let lines: Vec<&str> = beside.lines().filter(is_text).collect();
    fs::write(place.own("src/protocol.rs.merged"), lines.join("\n") + "\n").unwrap();
}

#[test]
fn whoever_stays_with_the_own_version_is_not_asked_again() {
    let (place, mine) = in_conflict();
    own::merge(&place.kit, LAB).unwrap();
    fs::remove_file(place.own("src/protocol.rs.merged")).unwrap();
    assert_eq!(place.renewed(), "");
    assert!(own::merge(&place.kit, LAB).unwrap().files.is_empty());
    assert_eq!(place.read(MINE), mine);
}

#[test]
fn a_reset_begins_again_and_keeps_what_was_written() {
    let (place, mine) = in_conflict();
    let text = own::reset(&place.kit, LAB).unwrap();
    assert!(text.contains("What you had written is in work/lab2/before-reset-"), "{text}");
    assert!(place.read(MINE).contains("/// Newer."));
    assert!(place.texts().contains(&mine));
    assert_eq!(place.renewed(), "");
}

#[test]
fn the_solution_is_a_diff_from_the_students_files_to_the_lab() {
    let place = Place::started();
    let text = own::solution(&place.kit, LAB).unwrap();
    let head = "--- work/lab2/src/protocol.rs\n+++ labs/lab2-resp/src/protocol.rs\n";
    assert!(text.starts_with(head) && text.contains("\n+fn decode_array<'a>("), "{text}");
    copy(&place.kit.lab(LAB).join(MINE), &place.own(MINE));
    assert_eq!(own::solution(&place.kit, LAB).unwrap(), "");
}

/// Students edit, the kit gets newer, and all commands are given, in any order. After each command, every text of the
/// student's from before it is still there.
#[test]
fn nothing_that_a_student_wrote_is_ever_lost() {
    for seed in 0..12 {
        let mut random = fastrand::Rng::with_seed(seed);
        let place = Place::started();
        for step in 0..25 {
            let beside = place.own("src/protocol.rs.merged").exists();
            match random.u8(0..8) {
                0..=1 => change_a_line(&place.own(MINE), &format!("// mine {step}"), &mut random),
                2 => change_a_line(
                    &place.kit.lab(LAB).join("src/main.rs"),
                    &format!("// kit {step}"),
                    &mut random,
                ),
                3 => change_a_line(
                    &place.own("src/main.rs"),
                    &format!("// main {step}"),
                    &mut random,
                ),
                4..=5 => {
                    let text = format!("/// Step {step}.\n{LINE}");
                    place.renew_kit(MINE, LINE, &text);
                }
                6 if beside => resolve(&place),
                _ => {}
            }
            let before = place.texts();
            let kits = fs::read_to_string(place.own(".base/src/main.rs")).unwrap();
            match random.u8(0..10) {
                0..=4 => drop(own::renew(&place.kit, LAB).unwrap()),
                5..=8 => drop(own::merge(&place.kit, LAB).unwrap()),
                _ => drop(own::reset(&place.kit, LAB).unwrap()),
            }
            let after = place.texts();
            let lost: Vec<_> = before.difference(&after).filter(|text| **text != kits).collect();
            assert!(lost.is_empty(), "seed {seed}, step {step}: {lost:?}");
        }
    }
}

/// Puts a line over one of the first forty.
fn change_a_line(path: &Path, text: &str, random: &mut fastrand::Rng) {
    let old = fs::read_to_string(path).unwrap();
    let mut lines: Vec<&str> = old.lines().collect();
    let index = random.usize(0..lines.len().min(40));
    lines[index] = if lines[index] == LINE { LINE } else { text };
    fs::write(path, lines.join("\n") + "\n").unwrap();
}
