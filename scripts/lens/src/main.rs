//! `lens`: see `lens --help`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lens::watch;

/// Says in plain words what a server did, and where it waited
#[derive(Debug, Parser)]
#[command(name = "lens", version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// A live x-ray of a server: where it sleeps, who waits for it, and for how long
    Watch {
        /// lab1, lab2, lab3, or the number of a process
        target: String,
        /// Which one, if several are running
        #[arg(long)]
        port: Option<u16>,
        /// Print one picture as text, and end
        #[arg(long)]
        once: bool,
    },
}

fn main() -> ExitCode {
    let ended = match Cli::parse().task {
        Task::Watch { target, port, once } => watch::run(&watch::Options { target, port, once }),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lens: {error}");
            ExitCode::from(2)
        }
    }
}
