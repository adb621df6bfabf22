//! The command `check`: one subcommand for each kind of check.

use std::process::ExitCode;

use check::{document, soak};
use clap::{Parser, Subcommand};

/// Checks the kit by machine. Exit code: 0 all is well, 1 something is wrong, 2 nothing could be checked.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Subcommand)]
enum Kind {
    Document(document::Args),
    Soak(soak::Args),
}

fn main() -> ExitCode {
    let checked = match Cli::parse().kind {
        Kind::Document(args) => document::run(&args),
        Kind::Soak(args) => soak::run(&args),
    };
    checked.unwrap_or_else(|error| {
        eprintln!("check: {error}");
        ExitCode::from(2)
    })
}
