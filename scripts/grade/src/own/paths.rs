//! Where the files of an own lab are, and which of them are the student's.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::starter::StarterFile;

/// The files of the student's among all.
pub fn students(files: &[StarterFile]) -> impl Iterator<Item = &StarterFile> {
    files.iter().filter(|file| file.is_students)
}

/// Where that version of a file is kept which the kit has written.
pub fn base(own: &Path, file: &Path) -> PathBuf {
    own.join(".base").join(file)
}

/// The name of a folder that is not there yet: `before-reset-2026-11-26T06-27-18Z`
pub fn unused_folder(own: &Path, name: &str) -> PathBuf {
    let time = humantime::format_rfc3339_seconds(SystemTime::now()).to_string().replace(':', "-");
    let mut folder = own.join(format!("{name}-{time}"));
    let mut number = 2;
    while folder.exists() {
        folder = own.join(format!("{name}-{time}-{number}"));
        number += 1;
    }
    folder
}

/// The file beside a file of the student's that has both versions.
pub fn beside(own: &Path, file: &Path) -> PathBuf {
    with_ending(&own.join(file), ".merged")
}

/// A path with something behind its name.
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}
