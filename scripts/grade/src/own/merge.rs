//! Merges a newer start of a file into the student's file, with `git merge-file`.
//!
//! If both have changed the same lines, the student's file stays as it is, and both versions go to a file beside it,
//! `server.rs.merged`. The student edits that file, and merges again: this takes it over, with what the student has changed
//! in `server.rs` meanwhile. The newer start becomes the base as soon as it was offered, so that whoever deletes the
//! file beside stays with the own version and is not asked again.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use harness::labs::Lab;

use super::paths::{base, beside, students, unused_folder, with_ending};
use super::starter::{self, StarterFile};
use super::{Kit, OwnError, read, read_if_there, write};

/// What was merged. Its text is what to tell the student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    short: &'static str,
    /// The files that had something to merge.
    pub files: Vec<MergedFile>,
}

/// A file of the student's that had something to merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergedFile {
    /// The newer start was merged into it.
    Clean {
        /// The file.
        file: PathBuf,
        /// The student's version before, if it was another one.
        copy: Option<PathBuf>,
    },
    /// Both have changed the same lines, so the file is as it was.
    Conflict {
        /// The file.
        file: PathBuf,
        /// The file beside it, with both versions.
        beside: PathBuf,
        /// The lines of the file beside it where the conflicts begin.
        lines: Vec<usize>,
    },
}

impl Merge {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.files.iter().all(|file| matches!(file, MergedFile::Clean { .. }))
    }
}

impl Display for Merge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() {
            writeln!(
                f,
                "Nothing to merge: your files were made from the start that the kit has now."
            )?;
        }
        for file in &self.files {
            match file {
                MergedFile::Clean { file, copy } => {
                    writeln!(f, "{}: the newer start is merged into it.", file.display())?;
                    if let Some(copy) = copy {
                        writeln!(f, "  As it was before: {}", copy.display())?;
                    }
                }
                MergedFile::Conflict { file, beside, lines } => {
                    writeln!(
                        f,
                        "{} is as it was: you and the kit have changed the same lines.",
                        file.display()
                    )?;
                    writeln!(f, "Both versions of them:")?;
                    for line in lines {
                        writeln!(f, "  {}:{line}", beside.display())?;
                    }
                    writeln!(
                        f,
                        "Edit that file until no line begins with <<<<<<<, ======= or >>>>>>>."
                    )?;
                    writeln!(f, "Then take it over: scripts/check.sh merge {}", self.short)?;
                    writeln!(f, "Or stay with your version: rm {}", beside.display())?;
                }
            }
        }
        Ok(())
    }
}

/// Merges the newer start of each of the student's files into it, and finishes merges that were in conflict.
///
/// # Errors
/// If there is no own lab, if git does not work, or if a file cannot be written.
pub fn merge(kit: &Kit, lab: Lab) -> Result<Merge, OwnError> {
    let own = kit.existing(lab)?;
    let files = starter::files(kit, lab)?;
    let work = Work { kit, copies: unused_folder(&own, "before-merge"), own };
    let mut merged = Vec::new();
    for file in students(&files) {
        merged.extend(work.finish(&file.path)?);
        if !beside(&work.own, &file.path).exists() {
            merged.extend(work.merge_newer(file)?);
        }
    }
    Ok(Merge { short: lab.of_the_kit().short, files: merged })
}

struct Work<'a> {
    kit: &'a Kit,
    own: PathBuf,
    /// Where copies of the student's files go.
    copies: PathBuf,
}

impl Work<'_> {
    /// Takes over the file beside a file of the student's, if there is one and it has no conflicts left.
    fn finish(&self, file: &Path) -> Result<Option<MergedFile>, OwnError> {
        let beside = beside(&self.own, file);
        let Some(edited) = read_if_there(&beside)? else { return Ok(None) };
        if !conflicts(&edited).is_empty() {
            return Ok(Some(self.conflict(file, &edited)));
        }
        let mine = read(&self.own.join(file))?;
        // What the student's file was when the file beside it was made.
        let before = read_if_there(&self.mine_before(file))?.unwrap_or_else(|| mine.clone());
        let merged = three_way(&mine, &before, &edited)?;
        if merged != edited {
            write(&with_ending(&self.copies.join(file), ".merged"), &edited)?;
        }
        self.settle(file, &mine, &merged).map(Some)
    }

    /// Merges the newer start, if there is one.
    fn merge_newer(&self, file: &StarterFile) -> Result<Option<MergedFile>, OwnError> {
        let base = base(&self.own, &file.path);
        let before = read_if_there(&base)?.unwrap_or_else(|| file.bytes.clone());
        let mine = read_if_there(&self.own.join(&file.path))?.filter(|_| before != file.bytes);
        let Some(mine) = mine else { return Ok(None) };
        let merged = three_way(&mine, &before, &file.bytes)?;
        let settled = self.settle(&file.path, &mine, &merged)?;
        write(&base, &file.bytes)?;
        Ok(Some(settled))
    }

    /// Puts the result into the student's file, or beside it if it has conflicts.
    fn settle(&self, file: &Path, mine: &[u8], merged: &[u8]) -> Result<MergedFile, OwnError> {
        let beside = beside(&self.own, file);
        if !conflicts(merged).is_empty() {
            write(&self.mine_before(file), mine)?;
            write(&beside, merged)?;
            return Ok(self.conflict(file, merged));
        }
        let copy = (merged != mine).then(|| self.copies.join(file));
        if let Some(copy) = &copy {
            write(copy, mine)?;
        }
        write(&self.own.join(file), merged)?;
        if beside.exists() {
            fs::remove_file(&beside).map_err(|error| OwnError::File { path: beside, error })?;
        }
        let copy = copy.map(|copy| self.kit.shown(&copy).to_string().into());
        Ok(MergedFile::Clean { file: file.to_owned(), copy })
    }

    fn conflict(&self, file: &Path, merged: &[u8]) -> MergedFile {
        let beside = self.kit.shown(&beside(&self.own, file)).to_string().into();
        MergedFile::Conflict { file: file.to_owned(), beside, lines: conflicts(merged) }
    }

    fn mine_before(&self, file: &Path) -> PathBuf {
        with_ending(&base(&self.own, file), ".mine")
    }
}

/// The lines where conflicts begin. The first line is 1.
fn conflicts(text: &[u8]) -> Vec<usize> {
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let marks: [&[u8]; 3] = [b"<<<<<<< ", b"=======", b">>>>>>> "];
    let starts: Vec<usize> =
        lines.filter(|(_, line)| line.starts_with(marks[0])).map(|(index, _)| index + 1).collect();
    if !starts.is_empty() {
        return starts;
    }
    // A part of a conflict that was forgotten.
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let is_mark = |line: &[u8]| line == marks[1] || line.starts_with(marks[2]);
    lines.filter(|(_, line)| is_mark(line)).map(|(index, _)| index + 1).collect()
}

/// What `git merge-file` makes of two versions with a common base.
fn three_way(mine: &[u8], base: &[u8], newer: &[u8]) -> Result<Vec<u8>, OwnError> {
    let failed = |error: io::Error| OwnError::Git(error.to_string());
    let folder = tempfile::tempdir().map_err(failed)?;
    for (name, bytes) in [("mine", mine), ("base", base), ("newer", newer)] {
        fs::write(folder.path().join(name), bytes).map_err(failed)?;
    }
    let output = Command::new("git")
        .current_dir(folder.path())
        .args([
            "merge-file",
            "-p",
            "-L",
            "yours",
            "-L",
            "the start of yours",
            "-L",
            "the newer start",
        ])
        .args(["mine", "base", "newer"])
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    // The exit code is the number of conflicts, up to 127.
    match output.status.code() {
        Some(0..=127) => Ok(output.stdout),
        _ => Err(OwnError::Git(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}
