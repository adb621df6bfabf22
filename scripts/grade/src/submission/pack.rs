//! Packs a submission.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use harness::labs::Lab;
use serde_json::Value;
use tar::{Builder, Header};

use super::{ANSWERS, ENDING, MANIFEST, Manifest, SubmissionError, sha256};
use crate::own::{self, Kit};
use crate::results::{commit, git};
use harness::data;

/// The name of a file has at most so many letters of the student's name.
const NAME: usize = 40;

/// A submission that was packed. Its text is what to tell the student.
#[derive(Debug)]
pub struct Packed {
    /// The file.
    pub path: PathBuf,
    /// How many bytes it has.
    pub size: usize,
    /// What it says of itself.
    pub manifest: Manifest,
    /// Whether it has answers to the predictions.
    pub has_answers: bool,
    /// Whether all files are as they were at the start.
    pub is_unchanged: bool,
    /// Sources in the student's folder that are not packed, because they are none of the files to write.
    pub left_out: Vec<PathBuf>,
}

impl Display for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Manifest { kit, commit, lab, name, time, files } = &self.manifest;
        let path = self.path.display();
        writeln!(f, "{path} ({} bytes) has what you wrote of {lab}:", self.size)?;
        for file in files.keys() {
            writeln!(f, "  {}", file.display())?;
        }
        if self.has_answers {
            writeln!(f, "  {ANSWERS}: your answers to the predictions")?;
        }
        let commit = commit.as_deref().and_then(|it| it.get(..9)).map(|it| format!(" ({it})"));
        let commit = commit.unwrap_or_default();
        writeln!(f, "  {MANIFEST}: {name}, {time}, version {kit}{commit} of the kit")?;
        for file in &self.left_out {
            let file = file.display();
            writeln!(
                f,
                "Not in it: {file}, because the lab has no such file. If your code needs it,"
            )?;
            writeln!(f, "move what it has into one of the files above.")?;
        }
        if self.is_unchanged {
            writeln!(f, "Nothing has changed since the start of the lab: is this what you want?")?;
        }
        writeln!(f, "Hand in this one file. To see what is in it: tar -tzf {path}")
    }
}

/// Packs what a student wrote of a lab into `out`, or else into a file in this folder that is named after the lab and the student.
///
/// # Errors
/// If there is no own lab, if nobody says who the student is, or if the file cannot be written.
pub fn submit(
    kit: &Kit,
    lab: Lab,
    name: Option<&str>,
    out: Option<&Path>,
) -> Result<Packed, SubmissionError> {
    let mine = own::students_files(kit, lab)?;
    let name = match name {
        Some(name) => name.to_owned(),
        None => git(&kit.root, &["config", "user.name"]).ok_or(SubmissionError::NoName)?,
    };
    let short = lab.of_the_kit().short;
    let path = match out {
        Some(path) => path.to_owned(),
        None => format!("{short}-{}{ENDING}", file_name(&name)?).into(),
    };
    let now = SystemTime::now();
    let manifest = Manifest {
        kit: env!("CARGO_PKG_VERSION").to_owned(),
        commit: commit(kit),
        lab: short.to_owned(),
        name,
        time: humantime::format_rfc3339_seconds(now).to_string(),
        files: mine.files.iter().map(|(path, bytes)| (path.clone(), sha256(bytes))).collect(),
    };
    let answers = answers(kit, short);
    let mut files = mine.files;
    files.insert(MANIFEST.into(), (json(&manifest) + "\n").into_bytes());
    let has_answers = answers.is_some();
    files.extend(answers.map(|answers| (ANSWERS.into(), (json(&answers) + "\n").into_bytes())));
    let failed = |error| SubmissionError::File { path: path.clone(), error };
    let bytes = archive(&files, now).map_err(failed)?;
    data::replace(&path, &bytes).map_err(failed)?;
    let (is_unchanged, left_out) = (mine.is_unchanged, mine.others);
    Ok(Packed { path, size: bytes.len(), manifest, has_answers, is_unchanged, left_out })
}

/// A name of which a file can be named: of letters and digits, in any script, with `-` between its words.
fn file_name(name: &str) -> Result<String, SubmissionError> {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let safe: String = words.join("-").chars().take(NAME).collect();
    if safe.is_empty() { Err(SubmissionError::Name(name.to_owned())) } else { Ok(safe) }
}

/// The answers to the predictions of this lab, as they are in `work/answers.json`.
fn answers(kit: &Kit, lab: &str) -> Option<Value> {
    let all: Value = serde_json::from_slice(&fs::read(kit.work.join(ANSWERS)).ok()?).ok()?;
    Some(serde_json::json!({ lab: all.get(lab)? }))
}

fn json(value: &impl serde::Serialize) -> String {
    // Texts and numbers can always be written.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn archive(files: &BTreeMap<PathBuf, Vec<u8>>, now: SystemTime) -> io::Result<Vec<u8>> {
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).as_ref().map_or(0, Duration::as_secs);
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, bytes) in files {
        // It has no name of a user.
        let mut header = Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(seconds);
        archive.append_data(&mut header, path, bytes.as_slice())?;
    }
    archive.into_inner()?.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_a_student_whatever_the_name_is() {
        for (name, expected) in [
            ("Ada Lovelace", "Ada-Lovelace"),
            ("../../etc/passwd", "etc-passwd"),
            ("Élodie O'Brien-Weiß\n", "Élodie-O-Brien-Weiß"),
            ("李小龍", "李小龍"),
            ("-rf *", "rf"),
        ] {
            assert_eq!(file_name(name).unwrap(), expected);
        }
        assert_eq!(file_name(&"x".repeat(300)).unwrap().len(), NAME);
        assert!(file_name("../..").is_err());
    }
}
