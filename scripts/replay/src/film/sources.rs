//! The functions on the way to the calls, and their source files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path};

use trace::call_paths;

use super::Frame;

/// The frames of a film, each once, and the files that they name.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    kit: &'a Path,
    pub(super) frames: Vec<Frame>,
    /// The lines of each file that is as it was.
    pub(super) files: BTreeMap<String, Vec<String>>,
    /// The files that have changed since the recording, or are gone.
    pub(super) changed: BTreeSet<String>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(kit: &'a Path) -> Self {
        Self { kit, frames: Vec::new(), files: BTreeMap::new(), changed: BTreeSet::new() }
    }

    /// The numbers of the frames of a path.
    pub(super) fn path(&mut self, path: &[call_paths::Frame]) -> Vec<usize> {
        path.iter().map(|frame| self.number_of(frame)).collect()
    }

    fn number_of(&mut self, frame: &call_paths::Frame) -> usize {
        self.look_up(frame);
        let (function, file, line) = (short(&frame.function), frame.file.clone(), frame.line);
        let frame = Frame { function, file, line };
        self.frames.iter().position(|known| *known == frame).unwrap_or_else(|| {
            self.frames.push(frame);
            self.frames.len() - 1
        })
    }

    /// Reads the file of a frame. If the line is another one now, the file is left out.
    fn look_up(&mut self, frame: &call_paths::Frame) {
        let file = &frame.file;
        if !self.changed.contains(file) && !self.files.contains_key(file) {
            let lines = read(self.kit, file).unwrap_or_default();
            self.files.insert(file.clone(), lines);
        }
        let line = usize::try_from(frame.line).unwrap_or(0).checked_sub(1);
        let lines = self.files.get(file).map(Vec::as_slice).unwrap_or_default();
        let text = line.and_then(|line| lines.get(line));
        if text.is_none_or(|text| text.trim() != frame.text.trim()) {
            self.files.remove(file);
            self.changed.insert(file.clone());
        }
    }
}

/// The lines of a source file of the kit, and of no other file.
fn read(kit: &Path, file: &str) -> Option<Vec<String>> {
    let is_below = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    let is_source = Path::new(file).extension().is_some_and(|extension| extension == "rs");
    let text = (is_below && is_source).then(|| fs::read_to_string(kit.join(file)).ok())??;
    Some(text.lines().map(str::to_owned).collect())
}

/// The name of a function without its module: `run` of `lab1_blocking::server::run`.
fn short(function: &str) -> String {
    let mut parts = function.rsplit("::").filter(|part| !part.starts_with('{'));
    let name = parts.next().unwrap_or(function);
    name.split('<').next().unwrap_or(name).to_owned()
}
