//! `scripts/check.sh`: the command line.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use grade::check::{self, Details};
use grade::course::{Course, Step};
use grade::judge::{Judge, Outcome};
use grade::report::{self, About, Known};
use grade::server::Start;
use harness::cleanup;

mod cli;

use cli::{Check, Cli};

/// The top folder of the kit.
const KIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

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
    check(&cli.check)
}

fn check(asked: &Check) -> Ended {
    let Some(lab) = asked.lab else { return Err("which lab?".into()) };
    let course = Course::read(Path::new(KIT), lab)?;
    let start = match (&asked.cmd, &asked.binary) {
        (Some(command), _) => Start::Shell(command.clone()),
        (_, Some(binary)) => Start::Lab(binary.clone()),
        _ => return Err("not yet".into()),
    };
    let seed = asked.seed.unwrap_or_else(|| u64::from(fastrand::u16(..)));
    let judge = Judge { lab, start, seed, traces: !asked.no_trace };
    let command = format!("scripts/check.sh {}", lab.short);
    let about = About { lab, course: &course, command: &command };
    let mut out = io::stdout().lock();
    writeln!(out, "{}, seed {seed}\n", lab.short)?;
    let details = if asked.all { Details::All } else { Details::First };
    let is_asked = |index: usize, step: &Step| {
        asked
            .step
            .as_ref()
            .is_none_or(|name| *name == step.name || *name == (index + 1).to_string())
    };
    let known = check::run(&judge, about, (details, is_asked), &mut out)?;
    write!(out, "{}", report::summary(&known, about))?;
    let passed =
        known.iter().all(|known| matches!(known, Known::Judged(Outcome::Passed) | Known::Skipped));
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
