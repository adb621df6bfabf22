//! Builds an own lab.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use harness::labs::Lab;

use super::{Kit, OwnError};

/// An own lab cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is none, or something else is wrong with its folder.
    #[error(transparent)]
    Own(#[from] OwnError),
    /// There is no cargo.
    #[error("Rust is not installed: see https://rustup.rs, then open a new terminal")]
    NoCargo,
    /// The compiler has refused it, and has said why.
    #[error("{0} does not build: the compiler says why, above")]
    Failed(String),
}

/// Builds an own lab, and returns where its program is. The messages of the compiler go to the terminal.
///
/// # Errors
/// If there is no own lab, or if it does not build.
pub fn build(kit: &Kit, lab: Lab) -> Result<PathBuf, BuildError> {
    let manifest = kit.shown(&kit.existing(lab)?.join("Cargo.toml")).to_string();
    let target = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let words = ["--manifest-path", &manifest, "--target-dir", &target];
    run(kit, &format!("my-{}", lab.of_the_kit().short), &words)
}

/// Builds the lab of the kit, and returns where its program is. The messages of the compiler go to the terminal.
///
/// # Errors
/// If it does not build.
pub fn build_kits(kit: &Kit, lab: Lab) -> Result<PathBuf, BuildError> {
    let package = lab.of_the_kit().package;
    run(kit, package, &["-p", package])
}

/// Lets cargo build a package, and returns where its program is.
fn run(kit: &Kit, package: &str, words: &[&str]) -> Result<PathBuf, BuildError> {
    let output = Command::new("cargo")
        // In the top folder, wherever the student is: there cargo finds the settings of the kit.
        .current_dir(&kit.root)
        .args(["build", "-q", "--message-format=json-render-diagnostics"])
        .args(words)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|_| BuildError::NoCargo)?;
    let messages = output.stdout.split(|byte| *byte == b'\n');
    let mut programs = messages.filter_map(|line| {
        let message: serde_json::Value = serde_json::from_slice(line).ok()?;
        let is_ours = message.pointer("/target/name")?.as_str()? == package;
        Some(PathBuf::from(message.get("executable")?.as_str().filter(|_| is_ours)?))
    });
    let failed = || BuildError::Failed(package.to_owned());
    programs.next_back().filter(|_| output.status.success()).ok_or_else(failed)
}
