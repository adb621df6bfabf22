//! Submissions: what a student packs, what nobody can sneak in, and what comes of them on the instructor's machine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod graded;
mod hostile;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use grade::own::{self, Kit};
use grade::submission::{self, Packed, SubmissionError, sha256};
use harness::labs::{LABS, Lab};
use tempfile::TempDir;
use testkit::root;

const LAB: Lab = LABS[1];
const MINE: &str = "src/protocol.rs";

/// The labs of a student, and a folder for submissions.
struct Student {
    folder: TempDir,
    kit: Kit,
}

impl Student {
    /// A student who has begun lab 2.
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let kit = Kit { root: root(), work: folder.path().join("work") };
        own::start(&kit, LAB).unwrap();
        Self { folder, kit }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes the student's file of lab 2.
    fn solve(&self, text: &str) {
        self.write(&format!("work/lab2/{MINE}"), text);
    }

    fn submit(&self, file: &str) -> Packed {
        submission::submit(&self.kit, LAB, Some("Ada Lovelace"), Some(&self.path(file))).unwrap()
    }
}

/// The solution of lab 2.
fn solution() -> String {
    fs::read_to_string(root().join("labs/lab2-resp").join(MINE)).unwrap()
}

#[test]
fn a_submission_has_what_the_student_wrote_and_says_of_which_kit() {
    let student = Student::new();
    student.solve("// mine\n");
    student.write("work/lab2/src/server.rs", "// a change of the kit's file");
    let answers = r#"{"lab1": {"a": {"choice": "x", "right": true}}, "lab2": {"b": {"choice": "y", "right": false, "misconception": "m"}}}"#;
    student.write("work/answers.json", answers);
    let packed = student.submit("new/lab2-ada.submission.tar.gz");
    assert!(!packed.is_unchanged && packed.left_out.is_empty(), "{packed}");
    let text = packed.to_string();
    for part in ["  src/protocol.rs\n", "answers to the predictions", "Ada Lovelace, 20", "Hand in"]
    {
        assert!(text.contains(part), "{text}");
    }
    let opened = submission::open(&student.kit, &packed.path, None).unwrap();
    assert_eq!(opened.lab, LAB);
    assert_eq!(opened.student.as_deref(), Some("Ada Lovelace"));
    assert_eq!(opened.files.len(), 1);
    assert_eq!(opened.files[Path::new(MINE)], b"// mine\n");
    assert_eq!(opened.notes, [""; 0]);
    // Answers of another lab are not handed in.
    let answers: serde_json::Value = serde_json::from_slice(&opened.answers.unwrap()).unwrap();
    assert_eq!(answers["lab2"]["b"]["misconception"], "m");
    assert!(answers.get("lab1").is_none());
    let manifest = opened.manifest.unwrap();
    assert_eq!(manifest.files[Path::new(MINE)], sha256(b"// mine\n"));
    assert_eq!(manifest.kit, env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_student_is_told_what_may_be_wrong_with_a_submission() {
    let student = Student::new();
    assert!(student.submit("a.submission.tar.gz").to_string().contains("Nothing has changed"));
    student.solve("mod helper;\n");
    student.write("work/lab2/src/protocol/helper.rs", "");
    let text = student.submit("a.submission.tar.gz").to_string();
    assert!(text.contains("Not in it: src/protocol/helper.rs") && !text.contains("Nothing has"));
    let none = submission::submit(&student.kit, LABS[0], Some("Ada"), None).unwrap_err();
    assert_eq!(none.to_string(), "there is no work/lab1. To make it: scripts/check.sh start lab1");
    let nameless = submission::submit(&student.kit, LAB, Some("../.."), None).unwrap_err();
    assert!(matches!(nameless, SubmissionError::Name(_)), "{nameless}");
}

#[test]
fn a_folder_with_the_files_is_a_submission_but_links_out_of_it_are_not() {
    let student = Student::new();
    student.write("plain/src/protocol.rs", "// mine");
    student.write("plain/src/server.rs", "// of another lab");
    student.write("plain/build.rs", "fn main() {}");
    let open = |folder: &str| submission::open(&student.kit, &student.path(folder), Some(LAB));
    let opened = open("plain").unwrap();
    assert_eq!(opened.files.keys().collect::<Vec<_>>(), [Path::new(MINE)]);
    assert_eq!(opened.notes, ["ignored: src/server.rs (not a file of this lab)"]);
    let unknown = submission::open(&student.kit, &student.path("plain"), None).unwrap_err();
    assert!(unknown.to_string().contains("say --lab lab1"), "{unknown}");
    // The file is a link, or its folder is.
    fs::create_dir_all(student.path("link/src")).unwrap();
    symlink("/etc/passwd", student.path("link").join(MINE)).unwrap();
    assert!(matches!(open("link"), Err(SubmissionError::Empty(..))));
    fs::create_dir_all(student.path("linked")).unwrap();
    symlink(student.path("plain/src"), student.path("linked/src")).unwrap();
    assert!(matches!(open("linked"), Err(SubmissionError::Empty(..))));
}
