//! Builds an own lab.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use harness::group::Group;
use harness::labs::Lab;
use serde_json::Value;

use super::{Kit, OwnError};

/// When the output of cargo has ended, cargo ends too.
const END: Duration = Duration::from_secs(5);

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
    /// The compiler has refused it. This is the first thing that it says.
    #[error("it does not compile: {0}")]
    Refused(String),
    /// The compiler has taken too long.
    #[error("it does not compile within {} seconds", .0.as_secs())]
    Slow(Duration),
}

/// Builds an own lab, and returns where its program is. The messages of the compiler go to the terminal.
///
/// # Errors
/// If there is no own lab, or if it does not build.
pub fn build(kit: &Kit, lab: Lab) -> Result<PathBuf, BuildError> {
    run(kit, &name(lab), &words(kit, lab)?)
}

/// Builds the lab of the kit, and returns where its program is. The messages of the compiler go to the terminal.
///
/// # Errors
/// If it does not build.
pub fn build_kits(kit: &Kit, lab: Lab) -> Result<PathBuf, BuildError> {
    let package = lab.of_the_kit().package;
    run(kit, package, &["-p", package].map(str::to_owned))
}

/// Builds an own lab in so much time at most, and returns where its program is. Nothing goes to the terminal.
///
/// # Errors
/// If there is no own lab, or if it does not build. The error has the first message of the compiler.
pub fn build_quietly(kit: &Kit, lab: Lab, most: Duration) -> Result<PathBuf, BuildError> {
    let mut cargo = cargo(kit, "json", &words(kit, lab)?);
    let mut group = Group::start_piped(&mut cargo).map_err(|_| BuildError::NoCargo)?;
    let (lines, end) =
        group.stdout.until(most, |line| line.contains("\"build-finished\"").then_some(()));
    if end.is_none() && !matches!(group.wait(END), Ok(Some(_))) {
        return Err(BuildError::Slow(most));
    }
    let is_built = group.wait(END).ok().flatten().is_some_and(|status| status.success());
    let messages: Vec<Value> =
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let refused = || {
        // What cargo itself has to say is on the other pipe.
        let cargos = || group.stderr.rest().into_iter().find(|line| line.starts_with("error"));
        let first = messages.iter().find_map(first_error).or_else(cargos);
        BuildError::Refused(first.unwrap_or_else(|| "the compiler says nothing".to_owned()))
    };
    let program = messages.iter().filter_map(|message| program(message, &name(lab))).next_back();
    program.filter(|_| is_built).ok_or_else(refused)
}

/// The package of an own lab.
fn name(lab: Lab) -> String {
    format!("my-{}", lab.of_the_kit().short)
}

/// The words that tell cargo which own lab is meant.
fn words(kit: &Kit, lab: Lab) -> Result<[String; 4], OwnError> {
    let manifest = kit.shown(&kit.existing(lab)?.join("Cargo.toml")).to_string();
    let target = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    Ok(["--manifest-path".to_owned(), manifest, "--target-dir".to_owned(), target])
}

fn cargo(kit: &Kit, format: &str, words: &[String]) -> Command {
    let mut cargo = Command::new("cargo");
    // In the top folder, wherever the student is: there cargo finds the settings of the kit.
    cargo.current_dir(&kit.root).args(["build", "-q"]).arg(format!("--message-format={format}"));
    cargo.args(words);
    cargo
}

/// Lets cargo build a package, and returns where its program is.
fn run(kit: &Kit, package: &str, words: &[String]) -> Result<PathBuf, BuildError> {
    let output = cargo(kit, "json-render-diagnostics", words)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|_| BuildError::NoCargo)?;
    let messages = output.stdout.split(|byte| *byte == b'\n');
    let mut programs =
        messages.filter_map(|line| program(&serde_json::from_slice(line).ok()?, package));
    let failed = || BuildError::Failed(package.to_owned());
    programs.next_back().filter(|_| output.status.success()).ok_or_else(failed)
}

/// Where the program of this package is, if this message of cargo says it.
fn program(message: &Value, package: &str) -> Option<PathBuf> {
    let is_ours = message.pointer("/target/name")?.as_str()? == package;
    Some(PathBuf::from(message.get("executable")?.as_str().filter(|_| is_ours)?))
}

/// What the compiler refuses, and where, if this message of cargo says it: `mismatched types (src/protocol.rs:12)`
fn first_error(message: &Value) -> Option<String> {
    let message = message.get("message")?;
    let text = message.get("message")?.as_str()?;
    if message.get("level")?.as_str()? != "error" {
        return None;
    }
    let spans = message.get("spans")?.as_array()?;
    let span = spans.iter().find(|span| span["is_primary"] == true);
    let place = span.map(|span| {
        let file = span["file_name"].as_str().unwrap_or_default();
        format!(" ({file}:{})", span["line_start"])
    });
    Some(codec::printable::one_line(&(text.to_owned() + &place.unwrap_or_default())))
}
