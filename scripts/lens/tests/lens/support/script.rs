//! A script of the kit, run for real but for its cargo.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::{lab, root};

/// Runs the script where `cargo` is this shell script, which then says where the lens is, and what is built is there
/// already. Of all other tools there are only those that a script cannot do without.
pub fn script(name: &str, place: &TempDir, cargo: Option<&str>, words: &[&str]) -> Output {
    let built = Path::new(&lab("lab3-multiclient")).parent().unwrap().to_owned();
    let bin = place.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for tool in ["bash", "env", "basename", "dirname", "sed", "tail"] {
        symlink(Path::new("/usr/bin").join(tool), bin.join(tool)).unwrap();
    }
    if let Some(cargo) = cargo {
        let lens = env!("CARGO_BIN_EXE_lens");
        let built = format!(r#"{{"target":{{"name":"lens"}},"executable":"{lens}"}}"#);
        fs::write(bin.join("cargo"), format!("#!/usr/bin/bash\n{cargo}\necho '{built}'\n"))
            .unwrap();
        fs::set_permissions(bin.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    }
    symlink(built, place.path().join("release")).unwrap();
    let mut command = Command::new("/usr/bin/bash");
    command.arg(root().canonicalize().unwrap().join("scripts").join(name)).args(words);
    command.env("PATH", &bin).env("CARGO_TARGET_DIR", place.path());
    command.current_dir(place.path()).stdin(Stdio::null()).output().unwrap()
}

/// Runs the script as a user does, with the cargo and all tools that are installed.
pub fn real_script(name: &str, place: &TempDir, words: &[&str]) -> Output {
    let mut command = Command::new(root().canonicalize().unwrap().join("scripts").join(name));
    command.args(words).current_dir(place.path()).stdin(Stdio::null()).output().unwrap()
}
