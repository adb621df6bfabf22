//! The submissions of a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Batch, BatchError};
use crate::own::Kit;
use crate::results::commit;
use crate::submission::{self, ENDING, Submission, SubmissionError, sha256};

/// What the name of a file ends with that is a submission, however it is called.
const ENDINGS: [&str; 4] = [ENDING, ".submission", ".tar.gz", ".tgz"];

/// A submission of a folder.
#[derive(Debug)]
pub struct Item {
    /// The name of its result.
    pub name: String,
    /// The name of its file, below the folder.
    pub file: String,
    /// The student's name, or else that of the file.
    pub student: String,
    /// What is in it.
    pub submission: Submission,
    /// The SHA-256 of all that is used of it.
    pub hash: String,
    /// What the instructor may want to know.
    pub notes: Vec<String>,
}

/// The submissions of a folder, in the order of their names, and those that cannot be graded.
pub(super) fn list(
    batch: &Batch<'_>,
    folder: &Path,
) -> Result<(Vec<Item>, Vec<SubmissionError>), BatchError> {
    let failed = |error| BatchError::File { path: folder.to_owned(), error };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "results") {
            // A learning platform packs what a student has handed in into a folder of the student's.
            let inside: Vec<PathBuf> = archives(&path);
            if inside.is_empty() { paths.push(path) } else { paths.extend(inside) }
        } else if is_archive(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(BatchError::Empty(folder.to_owned()));
    }
    let (mut items, mut refused, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    for path in paths {
        match submission::open(batch.kit, &path, batch.lab) {
            Err(error) => refused.push(error),
            Ok(submission) if batch.lab.is_some_and(|lab| lab.of_the_kit() != submission.lab) => {}
            Ok(submission) => items.push(item(batch.kit, (folder, &path), submission, &mut names)),
        }
    }
    Ok((items, refused))
}

fn archives(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| is_archive(path)).collect()
}

fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.is_file() && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn item(
    kit: &Kit,
    (folder, path): (&Path, &Path),
    submission: Submission,
    names: &mut BTreeSet<String>,
) -> Item {
    let file = path.strip_prefix(folder).unwrap_or(path).display().to_string();
    let file = codec::printable::one_line(&file);
    let end = ENDINGS.iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(&file);
    let mut name = end.replace('/', "-");
    // Two files may differ in their endings only.
    while !names.insert(name.clone()) {
        name += "-2";
    }
    let student = submission.student.clone().unwrap_or_else(|| name.clone());
    let mut notes = submission.notes.clone();
    notes.extend(other_kit(kit, &submission));
    let hash = hash(&submission);
    Item { name, file, student, submission, hash, notes }
}

/// What to say if a submission was made with another kit.
fn other_kit(kit: &Kit, submission: &Submission) -> Option<String> {
    let manifest = submission.manifest.as_ref()?;
    let version = |version: &str, commit: Option<&String>| match commit {
        Some(commit) => format!("{version} ({})", commit.get(..9).unwrap_or(commit)),
        None => version.to_owned(),
    };
    let ours = (env!("CARGO_PKG_VERSION"), commit(kit));
    let theirs = version(&manifest.kit, manifest.commit.as_ref());
    let is_same = manifest.kit == ours.0 && manifest.commit == ours.1;
    let ours = version(ours.0, ours.1.as_ref());
    let text = format!("was made with version {theirs} of the kit; this is {ours}");
    (!is_same).then(|| codec::printable::one_line(&text))
}

/// The hash of all that a result depends on.
fn hash(submission: &Submission) -> String {
    let mut all = format!("{} {:?}", submission.lab.short, submission.student).into_bytes();
    let files = submission.files.iter().map(|(path, bytes)| (path.as_path(), bytes));
    let answers = submission.answers.iter().map(|bytes| (Path::new("answers"), bytes));
    for (path, bytes) in files.chain(answers) {
        all.extend(format!(" {} {}", path.display(), sha256(bytes)).into_bytes());
    }
    sha256(&all)
}
