//! Builds a lab.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use harness::labs::Lab;

use super::RecordError;
use crate::sys::tools::NotInstalled;

/// Builds the lab and returns where its program is.
pub(super) fn build(lab: &Lab, progress: &mut impl Write) -> Result<PathBuf, RecordError> {
    let package = lab.package;
    // Where nobody reads it, the progress is lost; that is no reason to stop.
    let words = lab.cargo_words();
    _ = writeln!(progress, "+ cargo build -q {}", words.join(" "));
    // In the folder of the kit, wherever the user is: there cargo finds the labs, and its settings.
    let output = Command::new("cargo")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .args(["build", "-q", "--message-format=json-render-diagnostics"])
        .args(&words)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|_| NotInstalled("cargo"))?;
    let messages = output.stdout.split(|byte| *byte == b'\n');
    let mut program = messages.filter_map(|line| {
        let message: serde_json::Value = serde_json::from_slice(line).ok()?;
        let is_ours = message.pointer("/target/name")?.as_str()? == package;
        let program = message.get("executable")?.as_str().filter(|_| is_ours)?;
        Some(PathBuf::from(program))
    });
    program
        .next_back()
        .filter(|_| output.status.success())
        .ok_or_else(|| RecordError::Build { package, words: words.join(" ") })
}
