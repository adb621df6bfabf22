//! `lens`: see `lens --help`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lens::flame::{self, FlameError, Kind};
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
    /// A flame graph of what perf has sampled, or of what strace -k -T has recorded
    Flame {
        /// Output of perf script, or of strace
        input: PathBuf,
        /// The picture, in SVG
        #[arg(short, long)]
        output: PathBuf,
        /// The input is of strace -k -T: draw where the server waits
        #[arg(long)]
        wall: bool,
        /// What stands above the picture
        #[arg(long, default_value = "Flame graph")]
        title: String,
        /// What stands below the title
        #[arg(long, default_value = "")]
        note: String,
    },
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
    let ended: Result<(), Box<dyn std::error::Error>> = match Cli::parse().task {
        Task::Flame { input, output, wall, title, note } => {
            let kind = if wall { Kind::Wall } else { Kind::Cpu };
            flame::run(&flame::Options { kind, input, output, title, note })
                .map(drop)
                .map_err(Into::into)
        }
        Task::Watch { target, port, once } => {
            watch::run(&watch::Options { target, port, once }).map_err(Into::into)
        }
    };
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("lens: {error}");
    // That a server did not run is a result, and no failure.
    let is_result = matches!(error.downcast_ref(), Some(FlameError::NoSamples));
    ExitCode::from(if is_result { 1 } else { 2 })
}
