//! The folder of an own lab: made, renewed, begun again.

use std::fmt::{self, Display};
use std::fs;
use std::path::{Path, PathBuf};

use harness::labs::Lab;
use similar::TextDiff;

use super::paths::{base, beside, students, unused_folder};
use super::starter::{self, LOCK, StarterFile};
use super::{Exercise, Kit, OwnError, editor, read_if_there, write};

/// Makes the student's own lab. Returns what to tell the student: what is where, and what to type next.
///
/// # Errors
/// If there is one already, or if it cannot be made.
pub fn start(kit: &Kit, lab: Lab) -> Result<String, OwnError> {
    let (own, short) = (kit.own(lab), lab.of_the_kit().short);
    if own.exists() {
        return Err(OwnError::Exists(short));
    }
    let files = starter::files(kit, lab)?;
    for file in &files {
        write_with_base(&own, file)?;
    }
    let exercise = Exercise::read(kit, lab)?;
    let yours: Vec<_> = exercise.files().iter().map(|file| file.display().to_string()).collect();
    let (folder, yours) = (kit.shown(&own), yours.join(", "));
    let editor = editor::register(kit, lab)?;
    Ok(format!(
        "\
{folder} is your own lab. Yours to write: {yours}
  what to do    {folder}/README.md
  to run it     cd {folder} && cargo run
  to test it    cd {folder} && cargo test
  to grade it   scripts/check.sh {short}
{editor}
"
    ))
}

/// What [`renew`] has found. Its text is what to tell the student; it is empty if there is nothing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewed {
    short: &'static str,
    /// Copies of files of the kit that the student had changed.
    pub kept_copies: Vec<PathBuf>,
    /// Files of the student's whose start has changed in the kit since the student began.
    pub changed_starters: Vec<PathBuf>,
    /// Merges that the student must finish by hand.
    pub unfinished_merges: Vec<PathBuf>,
}

impl Display for Renewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for copy in &self.kept_copies {
            writeln!(
                f,
                "A file of the kit had been changed. Your version of it: {}",
                copy.display()
            )?;
        }
        for file in &self.changed_starters {
            writeln!(f, "The kit has a newer start of {}.", file.display())?;
            writeln!(f, "To merge it into yours: scripts/check.sh merge {}", self.short)?;
        }
        for file in &self.unfinished_merges {
            writeln!(
                f,
                "A merge is not finished. To go on: scripts/check.sh merge {}",
                self.short
            )?;
            writeln!(f, "To stay with your version: rm {}", file.display())?;
        }
        Ok(())
    }
}

/// Writes the kit's files of an own lab anew, where they differ. The student's are left alone.
///
/// # Errors
/// If there is no own lab, or if it cannot be written.
pub fn renew(kit: &Kit, lab: Lab) -> Result<Renewed, OwnError> {
    let own = kit.existing(lab)?;
    let (mut kept_copies, mut changed_starters, mut unfinished_merges) = (vec![], vec![], vec![]);
    let copies = unused_folder(&own, "before-renew");
    for file in starter::files(kit, lab)? {
        let current = read_if_there(&own.join(&file.path))?;
        let base = read_if_there(&base(&own, &file.path))?;
        let is_current = current.as_ref() == Some(&file.bytes);
        let is_newer = base.as_ref().is_some_and(|base| *base != file.bytes);
        if let (true, Some(_)) = (file.is_students, &current) {
            if is_newer {
                changed_starters.push(file.path.clone());
            }
            let unfinished = beside(&own, &file.path);
            if unfinished.exists() {
                unfinished_merges.push(kit.shown(&unfinished).to_string().into());
            }
            continue;
        }
        let is_lock = file.path == Path::new(LOCK);
        if is_lock && current.is_some() && base.is_some() && !is_newer {
            continue;
        }
        if let Some(changed) =
            current.filter(|current| !is_current && !is_lock && base.as_ref() != Some(current))
        {
            write(&copies.join(&file.path), &changed)?;
            kept_copies.push(kit.shown(&copies.join(&file.path)).to_string().into());
        }
        write_with_base(&own, &file)?;
    }
    Ok(Renewed { short: lab.of_the_kit().short, kept_copies, changed_starters, unfinished_merges })
}

/// Moves the student's files into a folder beside them, and writes their start anew. Returns what to tell the student.
///
/// # Errors
/// If there is no own lab, or if it cannot be written.
pub fn reset(kit: &Kit, lab: Lab) -> Result<String, OwnError> {
    let own = kit.existing(lab)?;
    let files = starter::files(kit, lab)?;
    let copies = unused_folder(&own, "before-reset");
    for file in students(&files) {
        for path in [own.join(&file.path), beside(&own, &file.path)] {
            if let Some(bytes) = read_if_there(&path)? {
                write(&copies.join(path.strip_prefix(&own).unwrap_or(&path)), &bytes)?;
                fs::remove_file(&path).map_err(|error| OwnError::File { path, error })?;
            }
        }
        write_with_base(&own, file)?;
    }
    let renewed = renew(kit, lab)?;
    let (folder, copies) = (kit.shown(&own), kit.shown(&copies));
    Ok(format!(
        "{renewed}{folder} is as at its start. What you had written is in {copies}\nTo take it back: cp -r {copies}/. {folder}\n"
    ))
}

/// What the lab of the kit does in another way: a diff from the student's files to those of the lab.
///
/// # Errors
/// If there is no own lab, or if it cannot be read.
pub fn solution(kit: &Kit, lab: Lab) -> Result<String, OwnError> {
    let (own, solved) = (kit.existing(lab)?, kit.lab(lab));
    let mut text = String::new();
    for file in Exercise::read(kit, lab)?.files() {
        let (mine, theirs) = (own.join(file), solved.join(file));
        let read = |path: &Path| read_if_there(path).map(Option::unwrap_or_default);
        let (old, new) = (read(&mine)?, read(&theirs)?);
        let (old, new) = (String::from_utf8_lossy(&old), String::from_utf8_lossy(&new));
        let mut config = TextDiff::configure();
        let diff = config.algorithm(similar::Algorithm::Patience).diff_lines(&*old, &*new);
        let (mine, theirs) = (kit.shown(&mine).to_string(), kit.shown(&theirs).to_string());
        text += &diff.unified_diff().header(&mine, &theirs).to_string();
    }
    Ok(text)
}

fn write_with_base(own: &Path, file: &StarterFile) -> Result<(), OwnError> {
    write(&own.join(&file.path), &file.bytes)?;
    write(&base(own, &file.path), &file.bytes)
}
