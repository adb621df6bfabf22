//! The words that may follow `scripts/check.sh`.

mod help;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use harness::labs::{self, Lab, UnknownLab};

/// Says how far what you wrote of a lab works, step by step
#[derive(Debug, Parser)]
#[command(
    name = "scripts/check.sh",
    bin_name = "scripts/check.sh",
    version,
    args_conflicts_with_subcommands = true
)]
#[command(max_term_width = 80, after_help = help::CHECK)]
pub struct Cli {
    /// What else to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// What to judge.
    #[command(flatten)]
    pub check: Check,
}

/// What else can be done.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make work/labN: the lab without the functions that you write
    #[command(after_help = help::START)]
    Start {
        /// Which lab: lab1, lab2 or lab3
        #[arg(value_parser = find)]
        lab: Lab,
    },
    /// Put your files of work/labN aside, and begin again
    #[command(after_help = help::RESET)]
    Reset {
        /// Which lab
        #[arg(value_parser = find)]
        lab: Lab,
    },
    /// Take over what a newer kit has changed in the start of your files
    #[command(after_help = help::MERGE)]
    Merge {
        /// Which lab
        #[arg(value_parser = find)]
        lab: Lab,
    },
    /// Hunt for mistakes: your scenario must pass on the lab of the kit, and fail on servers with a mistake
    #[command(after_help = help::HUNT)]
    Hunt {
        /// Which lab
        #[arg(value_parser = find)]
        lab: Lab,
        /// The file with your scenario; an example to copy: scripts/grade/hunt.toml
        file: PathBuf,
    },
    /// Judge servers that are right, again and again: is the grader fair?
    #[command(after_help = help::PROVE)]
    Prove {
        /// Which labs; all, if none is named
        #[arg(value_parser = find)]
        labs: Vec<Lab>,
        /// How often each server is judged: 25 times, in lab 3 100 times
        #[arg(long)]
        runs: Option<usize>,
    },
    /// Show the diff from yours to the lab of the kit, and what the lab does beyond the steps
    #[command(after_help = help::SOLUTION)]
    Solution {
        /// Which lab
        #[arg(value_parser = find)]
        lab: Lab,
    },
    /// Pack what you wrote into one file, to hand it in
    #[command(after_help = help::SUBMIT)]
    Submit {
        /// Which lab
        #[arg(value_parser = find)]
        lab: Lab,
        /// Your name, if it is not the one that git knows
        #[arg(long)]
        name: Option<String>,
        /// The file: labN-NAME.submission.tar.gz in this folder, if none is named
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Grade all submissions in a folder
    #[command(after_help = help::GRADE)]
    Grade {
        /// The folder with the submissions; the results go to its folder `results`
        folder: PathBuf,
        /// Only submissions of this lab, and those that do not say it
        #[arg(long, value_parser = find)]
        lab: Option<Lab>,
        /// So many servers are judged at once: one for each processor, if no number is given
        #[arg(long, value_name = "N")]
        jobs: Option<usize>,
        /// Also those that this kit has graded before
        #[arg(long)]
        again: bool,
        /// All words and cuts follow from this number
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Put results side by side: a page and a table of who passed what, and of what the class believes
    #[command(after_help = help::CLASS)]
    Class {
        /// The results, as --json and `grade` write them
        #[arg(required = true, value_name = "RESULT.json")]
        files: Vec<PathBuf>,
        /// The folder for class.html and class.csv: that of the first result, if none is named
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Whether students have names: off gives them numbers
        #[arg(long, value_name = "on|off", default_value = "on")]
        names: Names,
    },
}

/// Whether students have names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Names {
    /// They have.
    On,
    /// They have numbers.
    Off,
}

/// What to judge, and how.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "options of a command line")]
pub struct Check {
    /// Which lab: lab1, lab2, lab3 or lab4
    #[arg(required = true, value_parser = find)]
    pub lab: Option<Lab>,
    /// Judge the server that this command starts, in any language; {port} stands for the port
    #[arg(long, value_name = "COMMAND", conflicts_with = "binary")]
    pub cmd: Option<String>,
    /// Judge this program, which is started as a lab is, and build none
    #[arg(long, value_name = "PATH", conflicts_with = "cmd")]
    pub binary: Option<PathBuf>,
    /// Judge only this step, by its number or its name, or only this task; and what it needs
    #[arg(long, value_name = "STEP")]
    pub step: Option<String>,
    /// Show all about each step that fails, and not only about the first; try all steps, however many wait for nothing
    #[arg(long)]
    pub all: bool,
    /// Judge nothing: give the next hint for the step that failed last
    #[arg(long)]
    pub hint: bool,
    /// Let the kernel be hostile: strace makes calls of the server fail; each such step, and no other
    #[arg(long, conflicts_with = "no_trace")]
    pub hostile: bool,
    /// Judge no system calls
    #[arg(long)]
    pub no_trace: bool,
    /// Judge again each time a file of yours has changed
    #[arg(long, conflicts_with_all = ["cmd", "binary", "hint"])]
    pub watch: bool,
    /// All words and cuts follow from this number
    #[arg(long)]
    pub seed: Option<u64>,
    /// Run the server as you run, even if you are root
    #[arg(long)]
    pub same_user: bool,
    /// What came of it, and where it is to be written.
    #[command(flatten)]
    pub files: Files,
}

/// Results for a machine, each of which goes to a file, or to stdout (`-`).
#[derive(Debug, Args)]
pub struct Files {
    /// Write what came of each step as JSON; - is stdout, and the page goes to stderr
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hint", "watch"])]
    pub json: Option<PathBuf>,
    /// Write the same as JUnit XML, for GitHub and GitLab
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hint", "watch"])]
    pub junit: Option<PathBuf>,
    /// Write the same as result.json of Classroom 50
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hint", "watch"])]
    pub result: Option<PathBuf>,
}

impl Check {
    /// Whether the student's own lab is judged.
    pub fn is_own(&self) -> bool {
        self.cmd.is_none() && self.binary.is_none()
    }
}

/// The lab of the kit that is meant: `lab2`, or `work/lab2` for the student's own one.
fn find(name: &str) -> Result<Lab, UnknownLab> {
    labs::find(name).map(Lab::of_the_kit)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_help_has_examples_and_exit_codes() {
        let grade = Cli::command();
        testkit::check_help(&grade, "scripts/check.sh");
        // The others are for the program `predict`.
        let of_script = testkit::script_examples("scripts/check.sh");
        let lines = of_script.lines().filter(|line| !line.contains(" predict "));
        let own: String = lines.map(|line| format!("{line}\n")).collect();
        assert!(!testkit::check_examples(&grade, "scripts/check.sh", &own).is_empty());
    }
}
