//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Shows a recorded run as a film, in one file that a browser opens
///
/// The film has the lines of the server, the queues of the kernel, and the terminals of the clients.
#[derive(Debug, Parser)]
#[command(
    version,
    name = "scripts/lens.sh replay",
    bin_name = "scripts/lens.sh replay",
    max_term_width = 80,
    after_help = "\
Examples:
  scripts/lens.sh replay labs/lab1-blocking/recordings/two-clients
      one run
  scripts/lens.sh replay labs/lab[13]-*/recordings/two-clients
      two runs side by side, from the moment when B connects
  scripts/replay.sh lab1
      a run of now

Exit code:
  0  there is a film
  2  it could not be made: a folder is no recording, for instance"
)]
pub struct Cli {
    /// The folder of a recording, or of two
    #[arg(required = true, num_args = 1..=2, value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// The file to make
    #[arg(short, long, value_name = "FILE", default_value = "captures/replay.html")]
    pub out: PathBuf,
    /// Write the films as JSON, and make no page
    #[arg(long)]
    pub json: bool,
    /// The top folder of the kit, with its sources
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../.."), hide = true)]
    pub kit: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_help_has_examples_and_exit_codes() {
        testkit::check_help(&Cli::command(), "scripts/lens.sh replay");
    }
}
