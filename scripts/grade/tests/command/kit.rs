//! A kit in a temporary folder, with two steps of lab 2.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The server of each lab in Python, below the folder of this crate.
pub const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/server.py");

const STEPS: &str = include_str!("steps.toml");

/// The folder of the kit in which everything is done.
pub struct TestKit(TempDir);

impl TestKit {
    pub fn new() -> Self {
        let kit = Self(TempDir::new().unwrap());
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        kit.write("labs/lab2-resp/exercise/steps.toml", STEPS);
        for file in ["src/protocol.rs", "exercise/exercise.toml"] {
            let file = Path::new("labs/lab2-resp").join(file);
            kit.write(&file.display().to_string(), &fs::read_to_string(root.join(&file)).unwrap());
        }
        let servers = root.join("scripts/grade/servers").canonicalize().unwrap();
        fs::create_dir_all(kit.path("scripts/grade")).unwrap();
        std::os::unix::fs::symlink(servers, kit.path("scripts/grade/servers")).unwrap();
        kit
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// `scripts/check.sh WORDS`, in this kit.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = grade();
        command.args(words).env("KIT_ROOT", self.0.path());
        command
    }

    pub fn check(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }
}

/// The program behind `scripts/check.sh`.
pub fn grade() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grade"));
    command.env("NO_COLOR", "1").env_remove("KIT_ROOT");
    command
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
