//! The files that `--json`, `--junit` and `--result` name.

use std::env;
use std::error::Error;
use std::path::PathBuf;

use grade::own::Kit;
use grade::results::{Graded, Output, OutputError, classroom50, junit};

use super::cli;

/// The files, open.
pub(super) struct Files {
    json: Option<Output>,
    junit: Option<Output>,
    result: Option<Output>,
}

impl Files {
    /// Opens those that are asked for, before any server runs: what cannot be written is said at once.
    pub(super) fn open(asked: &cli::Files) -> Result<Self, Box<dyn Error>> {
        let open = |path: &Option<PathBuf>| path.as_deref().map(Output::open).transpose();
        let files = Self {
            json: open(&asked.json)?,
            junit: open(&asked.junit)?,
            result: open(&asked.result)?,
        };
        if files.all().filter(|output| output.is_stdout()).count() > 1 {
            return Err("only one result can go to stdout: name a file for the others".into());
        }
        Ok(files)
    }

    fn all(&self) -> impl Iterator<Item = &Output> {
        [&self.json, &self.junit, &self.result].into_iter().flatten()
    }

    /// Whether there are any.
    pub(super) fn are_asked(&self) -> bool {
        self.all().next().is_some()
    }

    /// Whether a result goes to stdout: then nothing else may.
    pub(super) fn use_stdout(&self) -> bool {
        self.all().any(Output::is_stdout)
    }

    /// Writes them. No server runs any more.
    pub(super) fn write(self, graded: &Graded, kit: &Kit) -> Result<(), Box<dyn Error>> {
        let write = |output: Option<Output>, text: String| -> Result<(), OutputError> {
            output.map_or(Ok(()), |output| output.write(&text))
        };
        write(self.json, serde_json::to_string_pretty(graded)? + "\n")?;
        write(self.junit, junit(graded)?)?;
        let variable = |name: &str| env::var(name).ok();
        let checkout = env::current_dir().unwrap_or_else(|_| kit.root.clone());
        let result = classroom50(graded, &checkout, variable);
        write(self.result, serde_json::to_string_pretty(&result)? + "\n")?;
        Ok(())
    }
}
