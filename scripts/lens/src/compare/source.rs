//! What stands in the repository itself: how long a lab's code is, and what changes from one to the next.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use harness::labs::{LABS, Lab};
use similar::TextDiff;

use crate::report::model::{Lesson, Missing};

/// What changes between two labs, as `scripts/lesson-diff.sh` says it.
const LESSONS: [&str; 3] = ["the protocol changes", "the waiting changes", "the sharing changes"];

/// How many lines of code a lab has that are its own: no empty ones, no comments, no tests.
pub(super) fn lines(kit: &Path, lab: Lab) -> Option<f64> {
    let src = sources(kit, lab);
    let files = files(&src);
    let count = |file: &PathBuf| count(&fs::read_to_string(src.join(file)).unwrap_or_default());
    let lines = u32::try_from(files.iter().map(count).sum::<usize>()).ok()?;
    (!files.is_empty()).then(|| lines.into())
}

fn count(text: &str) -> usize {
    let code = text.lines().map(str::trim).take_while(|line| *line != "#[cfg(test)]");
    code.filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

fn sources(kit: &Path, lab: Lab) -> PathBuf {
    kit.join(lab.folder()).join("src")
}

/// All files below a folder, from there.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below)).into_iter().flatten().flatten() {
            let path = below.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                _ => _ = found.insert(path),
            }
        }
    }
    found
}

/// The lessons: all that differs between two labs that follow each other.
pub(super) fn lessons(kit: &Path, missing: &mut Vec<Missing>) -> Vec<Lesson> {
    let pairs = LABS.windows(2).zip(LESSONS);
    let lessons: Vec<Lesson> = pairs
        .filter_map(|(pair, about)| {
            let [from, to] = pair else { return None };
            let diff = diff(kit, *from, *to);
            let (from, to) = (from.package.to_owned(), to.package.to_owned());
            (!diff.is_empty()).then(|| Lesson { from, to, about: about.to_owned(), diff })
        })
        .collect();
    if lessons.len() < LESSONS.len() {
        let why = "the sources of the labs are not there, or are all the same: git status tells";
        let what = "what changes from stage to stage".to_owned();
        missing.push(Missing { stage: None, what, why: why.to_owned() });
    }
    lessons
}

fn diff(kit: &Path, from: Lab, to: Lab) -> String {
    let (before, after) = (sources(kit, from), sources(kit, to));
    let all: BTreeSet<PathBuf> = files(&before).union(&files(&after)).cloned().collect();
    // A file that is not there is an empty one.
    let text = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
    let of_file = |file: &PathBuf| {
        let (old, new) = (text(before.join(file)), text(after.join(file)));
        let mut config = TextDiff::configure();
        let diff = config.algorithm(similar::Algorithm::Patience).diff_lines(&old, &new);
        let name = |lab: Lab| format!("{}/src/{}", lab.folder(), file.display());
        let (old, new) = (name(from), name(to));
        let text = diff.unified_diff().header(&old, &new).to_string();
        // As git and diff do it: where lines of one file end and those of the next begin.
        if text.is_empty() { text } else { format!("diff {old} {new}\n{text}") }
    };
    all.iter().map(of_file).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_code_is_counted() {
        let text = "//! Head.\n\nfn main() {\n    // Why.\n    run(); // here\n}\n\n#[cfg(test)]\nmod tests {}\n";
        assert_eq!(super::count(text), 3);
    }
}
