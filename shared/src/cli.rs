//! The command line, the same for every lab: `serve` (the default), `client`, `bench`.

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::limits::Limits;

/// What the user typed.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true, version)]
struct Cli {
    #[command(subcommand)]
    task: Option<Task>,
    #[command(flatten)]
    serve: Serve,
}

/// What a lab can do.
#[derive(Debug, Clone, Subcommand)]
pub enum Task {
    /// Serve clients (this is what happens without a word)
    Serve(Serve),
    /// Talk to a server: one command, or a conversation
    Client(Client),
    /// Measure a server
    Bench(Bench),
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 6379)]
    pub port: u16,
    /// How many clients may wait, connected, to be accepted [default: 1 in labs 1 and 2, 511 in lab 3]
    #[arg(long)]
    pub backlog: Option<i32>,
    /// How much clients may do.
    #[command(flatten)]
    pub limits: Limits,
    /// File that gets the log with timestamps
    #[arg(long, default_value = "logs/server.log")]
    pub log_file: PathBuf,
    /// Tell about connections and errors only, not about each command
    #[arg(long)]
    pub quiet: bool,
}

/// Which server to talk to, and how.
#[derive(Debug, Clone, Args)]
pub struct Client {
    /// Which server.
    #[command(flatten)]
    pub server: Server,
    /// Print each reply as a JSON object on a line of its own
    #[arg(long)]
    pub json: bool,
    /// Send this one command and exit: 0 answered, 1 an error reply, 2 no connection
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub command: Vec<std::ffi::OsString>,
}

/// Where a server is.
#[derive(Debug, Clone, Args)]
pub struct Server {
    /// Address of the server
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// Port of the server
    #[arg(long, default_value_t = 6379)]
    pub port: u16,
}

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct Bench {
    /// Which server.
    #[command(flatten)]
    pub server: Server,
    /// Time SET and GET with large keys (1, 5, 10 KB) and values (10, 50, 100 KB), 5 times each,
    /// one after the other
    #[arg(long, conflicts_with_all = ["clients", "requests", "pipeline"])]
    pub large: bool,
    /// How many clients connect at the same time
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub clients: u32,
    /// How many requests they send, all of them together: half SET, half GET, on the keys bench:0
    /// to bench:999
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub requests: u64,
    /// How many requests a client sends before it waits for their replies
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub pipeline: u32,
    /// Stop when nothing at all has happened for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub patience: u64,
    /// Print the figures as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Reads the command line. Prints help or what is wrong with it, and exits, where that is due.
#[must_use]
pub fn parse(name: &'static str, about: &'static str) -> Task {
    let matches = Cli::command().name(name).bin_name(name).about(about).get_matches();
    match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli.task.unwrap_or(Task::Serve(cli.serve)),
        Err(error) => error.exit(),
    }
}
