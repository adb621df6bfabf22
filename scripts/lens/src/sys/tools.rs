//! The tools: whether they are here and work, and how to get them.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// The tools, and the Debian packages that hold them.
const PACKAGES: [(&str, &str); 6] = [
    ("strace", "strace"),
    ("ss", "iproute2"),
    ("perf", "linux-perf"),
    ("tcpdump", "tcpdump"),
    ("redis-server", "redis-server"),
    ("redis-benchmark", "redis-tools"),
];

/// A tool is not here. Says how to get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not installed: {how}", how = how_to_get(.0))]
pub struct NotInstalled(pub &'static str);

/// What to type to get a tool.
pub(crate) fn how_to_get(tool: &str) -> String {
    if !cfg!(target_os = "linux") {
        return "it needs Linux. In a container: docker-compose run --rm tools".to_owned();
    }
    match PACKAGES.iter().find(|(name, _)| *name == tool) {
        Some((_, package)) => {
            format!("apt-get install -y {package}, or scripts/doctor.sh --fix")
        }
        None => "install Rust from https://rustup.rs, or give a program with --binary PATH".into(),
    }
}

/// Whether a program of this name can be started.
pub(crate) fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// The first line of what a tool says about its version; `None` if it is not here.
pub(crate) fn version(tool: impl AsRef<OsStr>) -> Option<String> {
    let output = Command::new(tool).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    Some(String::from_utf8_lossy(&text).lines().next()?.trim().to_owned())
}

/// Tries a command, and says why it does not work and what to type. `mend` is for a tool that is here.
///
/// # Errors
/// The reason, in a sentence.
pub(crate) fn try_out(command: &[&'static str], mend: &str) -> Result<(), String> {
    let Some((tool, args)) = command.split_first() else { return Ok(()) };
    if !is_installed(tool) {
        return Err(NotInstalled(tool).to_string());
    }
    match Command::new(tool).args(args).stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
            let said = codec::printable::one_line(said.trim());
            Err(format!("{tool} does not work here (it says: {said}): {mend}"))
        }
        Err(error) => Err(format!("{tool} cannot be started: {error}")),
    }
}
