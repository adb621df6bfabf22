//! The command line, the same for every lab: `serve` (the default), `client`, `bench`.

mod help;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use shared::limits::Limits;

/// What the user typed.
#[derive(Debug, Parser)]
// Help fits into 80 columns: each text has a line of its own, and is short.
#[command(
    args_conflicts_with_subcommands = true,
    max_term_width = 80,
    next_line_help = true,
    version
)]
struct Cli {
    #[command(subcommand)]
    task: Option<Task>,
    #[command(flatten)]
    serve: Serve,
}

/// What a lab can do.
#[derive(Debug, Clone, Subcommand)]
pub enum Task {
    /// Serve clients. This is the default: its options work without the word
    Serve(Serve),
    /// Talk to a server: send one command, or open a prompt
    Client(Client),
    /// Measure a server
    Bench(Bench),
}

/// The options of `serve`.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 6379)]
    pub port: u16,
    /// Clients that may wait for accept [default: labs 1, 2: 1; else 511]
    #[arg(long)]
    pub backlog: Option<i32>,
    /// How much clients may do.
    #[command(flatten)]
    pub limits: LimitOptions,
    /// File for the log with timestamps
    #[arg(long, default_value = "logs/server.log")]
    pub log_file: PathBuf,
    /// Log connections and errors only, not each command
    #[arg(long)]
    pub quiet: bool,
}

/// The limits of `serve`.
#[derive(Debug, Clone, Copy, Args)]
pub struct LimitOptions {
    /// The most clients at a time; others get an error [default: 10000]
    #[arg(long, value_name = "N", default_value_t = 10_000, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..))]
    max_clients: u32,
    /// Disconnect a client after this time of silence; 0 means never
    #[arg(long, value_name = "SECONDS", default_value_t = 0, hide_default_value = true)]
    idle_timeout: u32,
    /// Memory for keys and values, as 64kb, 100mb, 2gb; 0 means no limit
    #[arg(long, value_name = "BYTES", hide_default_value = true, default_value = "0", value_parser = parse_size)]
    max_memory: usize,
}

impl From<LimitOptions> for Limits {
    fn from(options: LimitOptions) -> Self {
        let LimitOptions { max_clients, idle_timeout, max_memory } = options;
        Self { max_clients, idle_timeout, max_memory }
    }
}

/// The options of `client`.
#[derive(Debug, Clone, Args)]
pub struct Client {
    /// Which server.
    #[command(flatten)]
    pub server: Server,
    /// Print each reply as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Show the bytes of each request and of its reply
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    /// Send these bytes, each PIECE in a write of its own; show all bytes.
    /// Escapes: \r \n \t \0 \xHH \\ (write each PIECE in 'single quotes').
    /// Enter sends the next one; if no person types, it follows after 1 s
    #[arg(long, value_name = "PIECE", num_args = 1.., conflicts_with_all = ["json", "raw", "command"], verbatim_doc_comment)]
    pub pieces: Vec<OsString>,
    /// Wait for the server, at the start and after a loss [default: 0]
    #[arg(long, value_name = "SECONDS", default_value_t = 0, hide_default_value = true)]
    pub wait: u32,
    /// Send this one command
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub command: Vec<OsString>,
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

/// The options of `bench`.
#[derive(Debug, Clone, Args)]
pub struct Bench {
    /// Which server.
    #[command(flatten)]
    pub server: Server,
    /// Measure SET and GET with keys of 1 to 10 KB, values of 10 to 100 KB
    #[arg(long, conflicts_with_all = ["clients", "requests", "pipeline"])]
    pub large: bool,
    /// Clients that connect at the same time. One that gets no connection
    /// connects again after 0.5 to 0.95 s (the kernel: 1 s)
    #[arg(long, verbatim_doc_comment, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub clients: u32,
    /// Requests of all clients together, half SET, half GET
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub requests: u64,
    /// Requests that a client sends before it waits for replies
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub pipeline: u32,
    /// Stop when nothing has happened for this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub stall_timeout: u64,
    /// Print the figures as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Reads the command line of a lab. If it asks for help or is wrong, prints a text and exits.
#[must_use]
pub fn parse(name: &'static str, about: &'static str) -> Task {
    read(help::of_lab(command(name, about), &format!("cargo run -p {name}")))
}

/// The same for an example of a lab, which only serves.
#[must_use]
pub fn parse_example(lab: &str, name: &'static str, about: &'static str) -> Task {
    read(help::of_example(command(name, about), &format!("cargo run -p {lab} --example {name}")))
}

fn command(name: &'static str, about: &'static str) -> clap::Command {
    Cli::command().name(name).bin_name(name).about(about)
}

fn read(command: clap::Command) -> Task {
    match Cli::from_arg_matches(&command.get_matches()) {
        Ok(cli) => cli.task.unwrap_or(Task::Serve(cli.serve)),
        Err(error) => error.exit(),
    }
}

/// Reads a size in bytes as Redis's configuration writes it: `64kb` is 64 x 1,024, `64k` is 64,000.
fn parse_size(text: &str) -> Result<usize, String> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &lower[digits.len()..] {
        "" | "b" => Some(1),
        "k" => Some(1_000),
        "kb" => Some(1 << 10),
        "m" => Some(1_000_000),
        "mb" => Some(1 << 20),
        "g" => Some(1_000_000_000),
        "gb" => Some(1 << 30),
        _ => None,
    };
    unit.zip(digits.parse::<usize>().ok())
        .and_then(|(unit, count)| count.checked_mul(unit))
        .ok_or_else(|| format!("'{text}' is not a size: write 1000, 64kb, 100mb or 2gb"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_has_examples_and_exit_codes() {
        let run = "cargo run -p lab3-multiclient";
        testkit::check_help(&help::of_lab(command("lab3-multiclient", "A lab"), run), run);
        let run = "cargo run -p lab3-multiclient --example threads";
        testkit::check_help(&help::of_example(command("threads", "A server"), run), run);
    }

    #[test]
    fn a_size_has_a_unit_or_none() {
        assert_eq!(parse_size("1000"), Ok(1000));
        assert_eq!(parse_size("64KB"), Ok(65_536));
        assert_eq!(parse_size("2g"), Ok(2_000_000_000));
        for bad in ["", "mb", "-1", "1.5gb", "10 mb", "7 bananas", "99999999999gb"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }
}
