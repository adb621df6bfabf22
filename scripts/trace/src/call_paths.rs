//! From which line of the server's source each call of a recording was made: `lines.json`.
//!
//! ```json
//! {"frames": [{"function": "lab1_blocking::main", "file": "labs/lab1-blocking/src/main.rs", "line": 15, "text": …}, …],
//!  "paths": [[0, 1], [0, 1, 2], …],
//!  "calls": [null, 0, 1, 1, …]}
//! ```
//!
//! `calls` has an entry for each whole call of `strace.log`, of all threads, in the order in which a [`Joiner`] returns
//! them: the number of its path, or `null` if the line is not known. A path is a list of numbers of frames, the outermost
//! function first. A frame is a function of the kit, its file below the top folder of the kit, and the line in it that has
//! called the next function, or the kernel. Functions of libraries are left out.
//!
//! [`Joiner`]: crate::strace::Joiner

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A function on the way to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// With its module: `lab1_blocking::server::run`.
    pub function: String,
    /// The source file, below the top folder of the kit.
    pub file: String,
    /// The line that has called the next function, or the kernel.
    pub line: u32,
    /// What that line says.
    pub text: String,
}

/// The paths of the calls of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallPaths {
    frames: Vec<Frame>,
    paths: Vec<Vec<usize>>,
    calls: Vec<Option<usize>>,
}

impl CallPaths {
    /// Reads them from the folder of a recording. An old recording has none.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let file = fs::read(folder.join("lines.json")).unwrap_or_default();
        serde_json::from_slice(&file).unwrap_or_default()
    }

    /// Adds the next call of the log. An empty path says that its line is not known.
    pub fn push(&mut self, path: &[Frame]) {
        let path: Vec<usize> = path.iter().map(|it| number_of(&mut self.frames, it)).collect();
        let is_known = !path.is_empty();
        self.calls.push(is_known.then(|| number_of(&mut self.paths, &path)));
    }

    /// The path of a call, by its number in the log, the outermost function first; empty if it is not known.
    #[must_use]
    pub fn path(&self, call: usize) -> Vec<Frame> {
        let path = self.calls.get(call).copied().flatten().and_then(|path| self.paths.get(path));
        let frames = path.into_iter().flatten();
        frames.filter_map(|frame| self.frames.get(*frame).cloned()).collect()
    }

    /// How many calls there are.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Of how many calls the line is known.
    #[must_use]
    pub fn known(&self) -> usize {
        self.calls.iter().flatten().count()
    }
}

/// The place of a value in a list that has each value once.
fn number_of<T: Clone + PartialEq>(list: &mut Vec<T>, value: &T) -> usize {
    list.iter().position(|it| it == value).unwrap_or_else(|| {
        list.push(value.clone());
        list.len() - 1
    })
}

/// The line of a path that says most: that of the innermost function that is not of the crates that all labs share.
/// As `server.rs:53`.
#[must_use]
pub fn place(path: &[Frame]) -> Option<String> {
    let own = path.iter().rfind(|frame| !frame.file.starts_with("shared/"));
    let frame = own.or(path.last())?;
    let name = frame.file.rsplit('/').next()?;
    Some(format!("{name}:{}", frame.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(file: &str, line: u32) -> Frame {
        Frame { function: "f".to_owned(), file: file.to_owned(), line, text: "x();".to_owned() }
    }

    #[test]
    fn a_path_comes_back_as_it_was_and_each_frame_is_written_once() {
        let (main, server) = (frame("labs/a/src/main.rs", 1), frame("labs/a/src/server.rs", 53));
        let mut paths = CallPaths::default();
        for path in
            [vec![], vec![main.clone()], vec![main.clone(), server.clone()], vec![main.clone()]]
        {
            paths.push(&path);
        }
        let text = serde_json::to_string(&paths).unwrap();
        assert!(text.ends_with(r#""paths":[[0],[0,1]],"calls":[null,0,1,0]}"#), "{text}");
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lines.json"), text).unwrap();
        let read = CallPaths::read(folder.path());
        assert_eq!(read, paths);
        assert_eq!((read.calls(), read.known()), (4, 3));
        assert_eq!(read.path(2), [main, server]);
        assert_eq!([read.path(0), read.path(99)], [[], []]);
    }

    #[test]
    fn a_garbled_file_does_no_harm() {
        let paths: CallPaths =
            serde_json::from_str(r#"{"frames":[],"paths":[[7]],"calls":[0,1,null]}"#).unwrap();
        assert!((0..4).all(|call| paths.path(call).is_empty()));
        assert_eq!(CallPaths::read(Path::new("/no/such/folder")), CallPaths::default());
    }

    #[test]
    fn the_line_of_the_lab_says_more_than_one_of_a_shared_crate() {
        let (lab, kit) = (frame("labs/a/src/server.rs", 53), frame("shared/kit/src/log.rs", 9));
        assert_eq!(place(&[lab, kit.clone()]).as_deref(), Some("server.rs:53"));
        assert_eq!(place(&[kit]).as_deref(), Some("log.rs:9"));
        assert_eq!(place(&[]), None);
    }
}
