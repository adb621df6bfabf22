//! The files of an own lab at its start.

use std::path::{Path, PathBuf};
use std::{fs, io};

use harness::labs::Lab;

use super::manifest::{manifest, up};
use super::{Exercise, Kit, OwnError, page, read};

/// A file of an own lab.
pub struct StarterFile {
    /// Its path below the folder of the lab.
    pub path: PathBuf,
    /// What is in it at the start.
    pub bytes: Vec<u8>,
    /// Whether it is the student's. All others are the kit's.
    pub is_students: bool,
}

/// The file of locked versions. Cargo changes it, so it never is what the kit has written.
pub const LOCK: &str = "Cargo.lock";

/// All files of an own lab, as they are at the start.
pub fn files(kit: &Kit, lab: Lab) -> Result<Vec<StarterFile>, OwnError> {
    let exercise = Exercise::read(kit, lab)?;
    let folder = kit.lab(lab);
    let mut files = Vec::new();
    for path in sources(&folder)? {
        let source = folder.join(&path);
        let mut bytes = read(&source)?;
        let is_students = exercise.files().contains(&path.as_path());
        if is_students {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let derived = exercise.derive(&path, &text);
            bytes = derived.map_err(|error| OwnError::Derive { path: source, error })?.into();
        }
        files.push(StarterFile { path, bytes, is_students });
    }
    let config = format!(
        "# Beside what is built of the kit, so that little is built twice.\n[build]\ntarget-dir = \"{}/target\"\n",
        up(kit)
    );
    let kits = [
        ("Cargo.toml", manifest(kit, lab)?.into_bytes()),
        (LOCK, read(&kit.root.join(LOCK))?),
        (".cargo/config.toml", config.into_bytes()),
        ("tests/exercise.rs", read(&folder.join("exercise/tests.rs"))?),
        ("README.md", page::page(&exercise, lab, &up(kit)).into_bytes()),
    ];
    files.extend(kits.map(|(path, bytes)| StarterFile {
        path: path.into(),
        bytes,
        is_students: false,
    }));
    Ok(files)
}

/// The sources of a lab, below its folder, in order.
pub fn sources(lab: &Path) -> Result<Vec<PathBuf>, OwnError> {
    let (mut folders, mut found) = (vec![lab.join("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(|error| OwnError::File { path: folder, error })?;
        for path in entries.iter().map(fs::DirEntry::path) {
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(lab).unwrap_or(&path).to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}
