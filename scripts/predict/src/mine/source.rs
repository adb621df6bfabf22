//! The lines of a server's own source.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use lens::view::ServerCall;

use super::MineError;

/// The table of contents of each lab. The kit gives it, and it serves no client.
const MAIN: &str = "main.rs";

/// A line of the source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// Its file, below the folder of the source: `server/connection.rs`.
    pub file: String,
    /// Its number, from 1.
    pub number: u32,
}

/// The source of a server, as it was when the server was built.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its folder, below the top folder of the kit: `work/lab1/src`.
    pub folder: String,
    /// The lines of its files.
    files: BTreeMap<String, Vec<String>>,
}

impl Source {
    /// Reads the source in this folder of the kit.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(kit: &Path, folder: &str) -> Result<Self, MineError> {
        let mut files = BTreeMap::new();
        read_all(&kit.join(folder), "", &mut files)
            .map_err(|error| MineError::Source(format!("{folder}: {error}")))?;
        Ok(Self { folder: folder.to_owned(), files })
    }

    /// The lines of this source from which a call was made, the outermost first; empty if they are not known. A line
    /// that has another text now than in the recording is not known either: somebody has changed the source.
    #[must_use]
    pub fn path(&self, call: &ServerCall) -> Vec<Line> {
        let mut path = Vec::new();
        for frame in &call.path {
            let below = frame.file.strip_prefix(&self.folder);
            let Some(file) = below.and_then(|rest| rest.strip_prefix('/')) else { continue };
            let line = Line { file: file.to_owned(), number: frame.line };
            if self.raw(&line).is_none_or(|text| text.trim() != frame.text) {
                return Vec::new();
            }
            path.push(line);
        }
        path
    }

    /// The innermost of these lines: the one that made the call. Not known if it is not of a file that serves clients.
    #[must_use]
    pub fn line(&self, call: &ServerCall) -> Option<Line> {
        self.path(call).pop().filter(|line| line.file != MAIN)
    }

    /// What a line says, fit for a terminal. A bracket alone says little: it gets the name of its function.
    #[must_use]
    pub fn text(&self, line: &Line) -> String {
        let text = codec::printable::one_line(self.raw(line).unwrap_or_default().trim());
        match self.function(line).filter(|_| !text.contains(char::is_alphanumeric)) {
            Some(name) => format!("{text}  (in the function {name})"),
            None => text,
        }
    }

    /// A line as the tools of the kit write it: `connection.rs:68`. The folder is there where two files have one name.
    #[must_use]
    pub fn name(&self, line: &Line) -> String {
        let name = |file: &str| file.rsplit('/').next().unwrap_or_default().to_owned();
        let short = name(&line.file);
        let is_unique = self.files.keys().filter(|file| name(file) == short).count() == 1;
        format!("{}:{}", if is_unique { &short } else { &line.file }, line.number)
    }

    /// The files that serve clients.
    pub(super) fn served_by(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str).filter(|file| *file != MAIN)
    }

    /// The lines of a file.
    pub(super) fn lines(&self, file: &str) -> &[String] {
        self.files.get(file).map_or(&[], Vec::as_slice)
    }

    fn raw(&self, line: &Line) -> Option<&str> {
        let index = usize::try_from(line.number).ok()?.checked_sub(1)?;
        self.lines(&line.file).get(index).map(String::as_str)
    }

    /// The name of the function that a line is in.
    fn function(&self, line: &Line) -> Option<String> {
        let index = usize::try_from(line.number).ok()?;
        let before = self.lines(&line.file).get(..index)?;
        let head = before.iter().rev().find_map(|text| {
            let head = text.trim_start();
            head.strip_prefix("fn ").or_else(|| head.split_once(" fn ").map(|(_, rest)| rest))
        })?;
        let name = head.chars().take_while(|it| it.is_alphanumeric() || *it == '_');
        Some(name.collect())
    }
}

/// Reads all files with Rust below a folder.
fn read_all(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<String>>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_all(&entry.path(), &format!("{name}/"), files)?;
        } else if entry.path().extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read(entry.path())?;
            let lines = String::from_utf8_lossy(&text).lines().map(str::to_owned).collect();
            files.insert(name, lines);
        }
    }
    Ok(())
}
