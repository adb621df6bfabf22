#![doc = env!("CARGO_PKG_DESCRIPTION")]
//!
//! Each kind of check is a module and a subcommand of the same name:
//!
//! - [`document`]: replays the terminal transcripts of Markdown files (`README.md` of this crate says how to write them).
//! - [`prose`]: finds sentences that are hard to read.
//! - [`soak`]: keeps a server busy with ten thousand clients, hostile ones among them, and checks its replies.
//!
//! What they share: [`namespace`] gives a check a network of its own, where port 6379 is always free. [`process`] reads
//! `/proc`.

mod document;
mod help;
mod namespace;
mod process;
mod prose;
mod soak;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Why nothing could be checked (exit code 2): text for the user.
type Error = Box<dyn std::error::Error>;

/// Checks the kit by machine.
#[derive(Parser)]
#[command(version, bin_name = "cargo run -p check --", max_term_width = 80, after_help = help::CHECK)]
struct Cli {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Subcommand)]
enum Kind {
    Document(document::Args),
    Prose(prose::Args),
    Soak(soak::Args),
}

fn main() -> ExitCode {
    let checked = match Cli::parse().kind {
        Kind::Document(args) => document::run(&args),
        Kind::Prose(args) => prose::run(&args),
        Kind::Soak(args) => soak::run(&args),
    };
    checked.unwrap_or_else(|error| {
        eprintln!("check: {error}");
        ExitCode::from(2)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_help_has_examples_and_exit_codes() {
        testkit::check_help(&Cli::command(), "cargo run -p check");
    }
}
