//! Archives that were made to do harm.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use grade::submission::{self, Submission, SubmissionError};
use tar::{Builder, EntryType, Header};

use crate::{LAB, MINE, Student};

/// An archive under construction.
struct Hostile(Builder<GzEncoder<File>>);

impl Hostile {
    fn new(path: &Path) -> Self {
        Self(Builder::new(GzEncoder::new(File::create(path).unwrap(), Compression::fast())))
    }

    /// Adds an entry, whatever its name: the library would refuse some.
    fn add(&mut self, name: &str, kind: EntryType, size: u64, bytes: impl Read) -> &mut Self {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o777);
        if matches!(kind, EntryType::Symlink | EntryType::Link) {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        self.0.append(&header, bytes).unwrap();
        self
    }

    fn file(&mut self, name: &str, text: &str) -> &mut Self {
        self.add(name, EntryType::Regular, text.len() as u64, text.as_bytes())
    }
}

/// Opens the archive that this makes.
fn open(student: &Student, make: impl FnOnce(&mut Hostile)) -> Result<Submission, SubmissionError> {
    let path = student.path("hostile.tar.gz");
    let mut archive = Hostile::new(&path);
    make(&mut archive);
    archive.0.into_inner().unwrap().finish().unwrap();
    submission::open(&student.kit, &path, Some(LAB))
}

#[test]
fn only_files_of_the_expected_names_are_taken() {
    let student = Student::new();
    let before = fs::read_dir(student.path("")).unwrap().count();
    let opened = open(&student, |archive| {
        archive.file("../../work/lab2/src/protocol.rs", "up").file("/etc/hostile", "absolute");
        archive.file("src/../src/protocol.rs", "around").file("build.rs", "fn main() {}");
        archive.file("Cargo.toml", "[dependencies]").file(".cargo/config.toml", "[build]");
        archive.file("src/server.rs", "not of this lab").file("bad\x1b[2Jname", "escape");
        archive.add("src/link.rs", EntryType::Symlink, 0, io::empty());
        archive.add(MINE, EntryType::Symlink, 0, io::empty());
        archive.add(MINE, EntryType::Link, 0, io::empty());
        archive.add(MINE, EntryType::Fifo, 0, io::empty());
        archive.add(MINE, EntryType::Char, 0, io::empty());
        archive.add("src", EntryType::Directory, 0, io::empty());
        archive.file(MINE, "mine").file(&format!("./{MINE}"), "once more");
    });
    let opened = opened.unwrap();
    assert_eq!(opened.files.len(), 1);
    assert_eq!(opened.files[Path::new(MINE)], b"mine");
    // All others are said, none of them with bytes that a terminal would obey.
    assert_eq!(opened.notes.len(), 14, "{:#?}", opened.notes);
    assert!(
        opened.notes.iter().all(|note| note.starts_with("ignored: ") && !note.contains('\x1b'))
    );
    assert!(!Path::new("/etc/hostile").exists());
    assert_eq!(fs::read_dir(student.path("")).unwrap().count(), before + 1);
}

#[test]
fn an_archive_with_a_gigabyte_is_refused_after_16_mib() {
    let student = Student::new();
    // It takes long to pack so much, and nobody reads on behind the limit: so its end is missing.
    let (gigabyte, packed) = (1024 * 1024 * 1024, 32 * 1024 * 1024);
    for name in ["zeros", MINE] {
        let opened = open(&student, |archive| {
            archive.add(name, EntryType::Regular, gigabyte, io::repeat(0).take(packed));
        });
        let error = opened.unwrap_err();
        assert!(matches!(error, SubmissionError::TooLarge { .. }), "{error}");
    }
    let opened = open(&student, |archive| {
        for number in 0..1000 {
            archive.file(&number.to_string(), "");
        }
    });
    assert!(opened.unwrap_err().to_string().contains("more than 200 files"));
    let opened = open(&student, |archive| {
        let size = 2 * 1024 * 1024;
        archive.add(MINE, EntryType::Regular, size, io::repeat(b' ').take(size));
    });
    assert!(matches!(opened, Err(SubmissionError::Empty(..))));
}

#[test]
fn what_is_no_archive_is_refused_with_its_name() {
    let student = Student::new();
    for bytes in [&b""[..], b"no archive", &[0x1f, 0x8b, 8, 0, 0, 0]] {
        let path = student.path("broken.tar.gz");
        File::create(&path).unwrap().write_all(bytes).unwrap();
        let error = submission::open(&student.kit, &path, Some(LAB)).unwrap_err();
        assert!(error.to_string().contains("broken.tar.gz: "), "{error}");
    }
}

/// What a submission says of itself may be wrong, too.
#[test]
fn a_manifest_is_not_believed() {
    let student = Student::new();
    let manifest = |lab: &str, name: &str| {
        format!(
            r#"{{"kit": "9.9", "commit": null, "lab": "{lab}", "name": "{name}", "time": "", "files": {{"src/protocol.rs": "00"}}}}"#
        )
    };
    let opened = open(&student, |archive| {
        archive.file("manifest.json", &manifest("lab2", r"Eve\u001b[2J\n")).file(MINE, "mine");
    });
    let opened = opened.unwrap();
    assert!(!opened.student.unwrap().contains(['\x1b', '\n']));
    assert_eq!(opened.notes, ["src/protocol.rs has changed since it was packed"]);
    let opened = open(&student, |archive| {
        archive.file("manifest.json", &manifest("lab3", "Eve")).file(MINE, "mine");
    });
    assert!(opened.unwrap_err().to_string().contains("none of the files of lab3: src/server.rs"));
}
