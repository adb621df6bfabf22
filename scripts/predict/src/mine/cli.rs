//! The words that may follow `scripts/check.sh questions`.

use std::env;
use std::io;
use std::path::PathBuf;

use clap::Args;
use grade::own::Kit;
use harness::labs::{self, Lab, UnknownLab};

use super::{MineError, Options, run};

/// The top folder of the kit.
const KIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Which server to ask about.
#[derive(Debug, Args)]
pub struct Questions {
    /// Which lab: lab1, lab2 or lab3
    #[arg(value_parser = find)]
    pub lab: Lab,
    /// Ask about the lab of the kit, and not about yours; no answer is kept
    #[arg(long)]
    pub kit: bool,
}

impl Questions {
    /// Asks in the terminal.
    ///
    /// # Errors
    /// [`MineError`], in a sentence.
    pub fn run(&self) -> Result<(), MineError> {
        // A test has a kit of its own.
        let root = env::var_os("KIT_ROOT").map_or_else(|| KIT.into(), PathBuf::from);
        let kit = Kit::new(root.canonicalize().unwrap_or(root));
        let options = Options { kit, lab: self.lab, kits: self.kit };
        run(&options, io::stdin().lock(), io::stdout().lock())
    }
}

/// The lab of the kit that is meant: `lab2`, or `work/lab2` for the student's own one.
fn find(name: &str) -> Result<Lab, UnknownLab> {
    labs::find(name).map(Lab::of_the_kit)
}
