//! The command line.

mod help;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Reads what the tools record about a lab, and says it in plain words
#[derive(Debug, Parser)]
#[command(version, bin_name = "scripts/lens.sh", max_term_width = 80, after_help = help::LENS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// What lens can do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Explain what a tool has printed: a log of strace, a recording, or the output of another tool
    #[command(after_help = help::EXPLAIN)]
    Explain(Explain),
    /// Print where the server of a recording listened
    #[command(hide = true, after_help = help::PORT)]
    Port(Port),
    /// Record a lab, or redis, while scripted clients talk to it; or only let them talk to one that runs
    #[command(after_help = help::record())]
    Record(Record),
    /// Draw a flame graph: where a server runs, or where it waits (scripts/profile.sh does all of it)
    #[command(after_help = help::FLAME)]
    Flame(Flame),
    /// Show, live, where a server sleeps, who waits for it, and for how long
    #[command(after_help = help::WATCH)]
    Watch(Watch),
    /// Put recordings on one time axis: what clients, kernel and server were doing
    #[command(after_help = help::TIMELINE)]
    Timeline(Timeline),
    /// Follow one request of a recording: client, packet, server, packet, client
    #[command(after_help = help::FOLLOW)]
    Follow(Follow),
    /// Measure redis-server, lab 3, lab 4 and the baseline under the same loads (scripts/bench.sh builds
    /// them first)
    #[command(after_help = help::bench())]
    Bench(Bench),
    /// Compare the labs and redis-server: timelines, loads, system calls, packets (scripts/compare.sh builds
    /// them first)
    #[command(after_help = help::COMPARE)]
    Compare(Compare),
}

/// How to explain.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// The log, or the folder of a recording; stdin if there is none
    pub file: Option<PathBuf>,
    /// Which tool has printed it
    #[arg(long, value_enum, default_value_t = Tool::Strace)]
    pub tool: Tool,
    /// The port of the server, for packets and sockets
    #[arg(long, required_if_eq_any = [("tool", "tcpdump"), ("tool", "tshark"), ("tool", "ss")])]
    pub port: Option<u16>,
    /// Show the calls that are not about sockets too
    #[arg(long)]
    pub all: bool,
    /// Only count the calls: how often each was made, and how long it took
    #[arg(long, conflicts_with_all = ["all", "tool"])]
    pub summary: bool,
}

/// A tool whose output can be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Tool {
    /// strace -f -ttt -T -yy
    Strace,
    /// ltrace -f -ttt -T, as scripts/ltrace.sh calls it
    Ltrace,
    /// tcpdump -n -A
    Tcpdump,
    /// tshark -n, with the columns of scripts/tshark.sh
    Tshark,
    /// ss --no-header --tcp --all --numeric --processes
    Ss,
}

/// Whose port to print.
#[derive(Debug, clap::Args)]
pub struct Port {
    /// The folder of a recording
    pub folder: PathBuf,
}

/// What to record.
#[derive(Debug, clap::Args)]
pub struct Record {
    /// Which lab: lab1 to lab4, or the name of its package; work/lab2, your own; or redis
    #[arg(required_unless_present = "list")]
    pub lab: Option<String>,
    /// What the clients do
    #[arg(long, required_unless_present = "list")]
    pub scenario: Option<String>,
    /// Only list the scenarios
    #[arg(long)]
    pub list: bool,
    /// Record nothing: let the clients talk to a server that runs already, on this port of 127.0.0.1, and show
    /// what they did and saw
    #[arg(long, value_name = "PORT", conflicts_with_all = ["out", "port", "binary", "options", "lines"])]
    pub running: Option<u16>,
    /// The folder to make [default: captures/LAB/SCENARIO]
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Keep the recording that is there, and renew only the lines of its calls: the source has changed a little
    #[arg(long)]
    pub lines: bool,
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Record this program, and build none
    #[arg(long)]
    pub binary: Option<PathBuf>,
    /// Options for the server itself
    #[arg(last = true)]
    pub options: Vec<String>,
}

/// What to draw.
#[derive(Debug, clap::Args)]
pub struct Flame {
    /// What perf script, or strace -k -T, has printed
    pub input: PathBuf,
    /// The picture, in SVG
    #[arg(short, long)]
    pub output: PathBuf,
    /// The input is of strace: draw where the server waits
    #[arg(long)]
    pub wall: bool,
    /// What stands above the picture
    #[arg(long, default_value = "Flame graph")]
    pub title: String,
    /// What stands below the title
    #[arg(long, default_value = "")]
    pub note: String,
}

/// What to watch.
#[derive(Debug, clap::Args)]
pub struct Watch {
    /// lab1 to lab4; work/lab2, your own; or the number of a process
    pub target: String,
    /// The port of the server, if several of this lab run
    #[arg(long)]
    pub port: Option<u16>,
    /// Print one picture as text, and end
    #[arg(long)]
    pub once: bool,
}

/// What to put on a time axis.
#[derive(Debug, clap::Args)]
pub struct Timeline {
    /// The folders of recordings
    #[arg(required = true, value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Draw a picture, in SVG, and print nothing
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Print all that is known, as JSON
    #[arg(long, conflicts_with = "svg")]
    pub json: bool,
}

/// Which request to follow.
#[derive(Debug, clap::Args)]
pub struct Follow {
    /// The folder of a recording
    pub folder: PathBuf,
    /// The client of the request [default: the second client]
    #[arg(long)]
    pub client: Option<String>,
    /// Which of its requests, from 1
    #[arg(long, default_value_t = 1)]
    pub request: usize,
    /// Draw a picture, in SVG, and print nothing
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Bench {
    /// Measure only these, by name
    #[arg(long, num_args = 1.., value_name = "NAME")]
    pub only: Vec<String>,
    /// How often each is measured; the median counts
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=99))]
    pub rounds: Option<u8>,
    /// Send a small part of each load, twice: to see that it works
    #[arg(long)]
    pub quick: bool,
    /// One more server of the kit, such as an older build: the column 'other'
    #[arg(long, value_name = "PROGRAM")]
    pub with: Option<PathBuf>,
    /// The file that gets all figures
    #[arg(long, default_value = "report/bench.json")]
    pub json: PathBuf,
    /// The file that gets the chart
    #[arg(long, value_name = "FILE.svg", default_value = "report/bench.svg")]
    pub chart: PathBuf,
    /// The folder of the programs that were built [default: the one of lens]
    #[arg(long, value_name = "DIR")]
    pub programs: Option<PathBuf>,
}

/// What to compare.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Compare {
    /// Less of everything, and no flame graphs
    #[arg(long)]
    pub quick: bool,
    /// Also the example of lab 3 that has a thread for each client
    #[arg(long, conflicts_with = "recorded")]
    pub with_threads: bool,
    /// Compare with this server too, which runs already and speaks RESP
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "recorded")]
    pub with: Option<String>,
    /// Compare with this lab of your own too
    #[arg(long = "lab", value_name = "work/labN", conflicts_with = "recorded", value_parser = harness::labs::find_own)]
    pub own: Vec<harness::labs::Lab>,
    /// Read the recordings that come with the kit, and start nothing
    #[arg(long, conflicts_with = "quick")]
    pub recorded: bool,
    /// Print all rows of the table, with those that few readers need
    #[arg(long)]
    pub all: bool,
    /// The folder that gets the page and all figures
    #[arg(long, value_name = "DIR", default_value = "report")]
    pub out: PathBuf,
    /// The folder of the programs that were built [default: the one of lens]
    #[arg(long, value_name = "DIR")]
    pub programs: Option<PathBuf>,
    /// Leave this lab out, by the name of its package: it does not build
    #[arg(long, value_name = "LAB")]
    pub broken: Vec<String>,
    /// The top folder of the kit, with its sources and recordings
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../.."), hide_default_value = true)]
    pub kit: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_help_has_examples_and_exit_codes() {
        let lens = Cli::command();
        testkit::check_help(&lens, "scripts/lens.sh");
        let of_script = testkit::script_examples("scripts/lens.sh");
        assert!(!testkit::check_examples(&lens, "scripts/lens.sh", &of_script).is_empty());
    }
}
