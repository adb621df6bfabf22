//! `scripts/check.sh`: the command line.

mod cli;
mod files;
mod judging;
mod teaching;
mod verbs;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use grade::own::Kit;
use harness::cleanup;

use cli::{Cli, Verb};

/// The top folder of the kit.
const KIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// How a command has ended: with an exit code, or with a sentence for the user (exit code 2).
type Ended = Result<ExitCode, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = cleanup::end_on_signals().map_err(Into::into).and_then(|()| run(&cli));
    ended.unwrap_or_else(|error| {
        eprintln!("scripts/check.sh: {error}");
        ExitCode::from(2)
    })
}

fn run(cli: &Cli) -> Ended {
    // A test has a kit of its own, or at least a folder for the labs of a student.
    let root = env::var_os("KIT_ROOT").map_or_else(|| KIT.into(), PathBuf::from);
    // Without `..`, paths read as a student would type them.
    let mut kit = Kit::new(root.canonicalize().unwrap_or(root));
    kit.work = env::var_os("KIT_WORK").map_or(kit.work, PathBuf::from);
    match &cli.verb {
        Some(Verb::Start { lab }) => verbs::start(&kit, *lab),
        Some(Verb::Reset { lab }) => verbs::reset(&kit, *lab),
        Some(Verb::Merge { lab }) => verbs::merge(&kit, *lab),
        Some(Verb::Solution { lab }) => verbs::solution(&kit, *lab),
        Some(Verb::Hunt { lab, file }) => verbs::hunt(&kit, *lab, file),
        Some(Verb::Prove { labs, runs }) => verbs::prove(&kit, labs, *runs),
        Some(Verb::Submit { lab, name, out }) => {
            teaching::submit(&kit, *lab, (name.as_deref(), out.as_deref()))
        }
        Some(Verb::Grade { folder, lab, jobs, again, seed }) => {
            teaching::grade(&kit, folder, (*lab, *jobs, *again, *seed))
        }
        Some(Verb::Class { files, out, names }) => {
            teaching::class(&kit, files, (out.as_deref(), *names))
        }
        None => judging::run(&kit, &cli.check),
    }
}
