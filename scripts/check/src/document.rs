//! `check document`: replays the terminal transcripts of Markdown files, and reports where the programs do
//! something else than the document says.
//!
//! `README.md` of this crate says how to write a transcript. This is how it is replayed:
//!
//! - `plan` reads the blocks of a file (`info`: the words after the backticks, `step`: the lines).
//! - `replay` does the steps of a block in its terminal. `terminals` has all terminals of the document. A `terminal` is
//!   a bash in a pseudo-terminal, and its `screen` is what a person would see.
//! - `verdict` decides what the screen means for the step that waits. `matching` compares lines. `pids` puts the process
//!   ids of this replay in the place of those in the document.
//! - `failure` says what went wrong, `hint` the likely cause. `report` prints both. `links` checks the links, `rules`
//!   how a document leads its reader.
//!
//! Four decisions, each against the obvious way:
//!
//! - **The screen is compared, not the bytes.** A line editor draws its line many times, with colours and hints.
//! - **Every line must be claimed.** If the replay only searched for the expected lines, a server could print an error
//!   that no document shows.
//! - **Waiting is for conditions**: a line, a prompt, a program that reads from the terminal. The whole document tells
//!   which prompt ends a block (`plan::prompt_at_end`), so authors need not mark which programs stay and which end.
//! - **Typing without a prompt must be announced** (`typed`): lines of `diff` and `curl -v` begin with `> ` as well.

mod failure;
mod headings;
mod hint;
mod info;
mod links;
mod matching;
mod pids;
mod plan;
mod problem;
mod replay;
mod report;
mod rules;
mod screen;
mod step;
mod terminal;
mod terminals;
mod verdict;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs};

use harness::cleanup;

pub use self::headings::MARKDOWN;
use self::plan::Plan;
use self::problem::Problem;
pub use self::problem::{LineNumber, line_of};
use self::replay::Replay;
use self::report::Tally;
use self::terminals::Terminals;
use crate::{Error, help, namespace};

/// Replays the transcripts of Markdown files, and checks links and rules.
///
/// Each block of code marked `console NAME` is replayed in the terminal of that
/// name. Lines that begin with a prompt are typed, and all other lines must
/// appear. scripts/check/README.md says how to write them.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_help = help::DOCUMENT)]
pub struct Args {
    /// Show what would be typed and expected, and replay nothing
    #[arg(long)]
    list: bool,
    /// Pause before each command, and make a typing mistake, as a student may
    #[arg(long)]
    slow_typist: bool,
    /// How long the slow typist pauses
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "slow_typist")]
    pause: u64,
    /// Where terminals open [default: the git repository, or this directory]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Use logs/ of the kit, where a container writes; else each document has its own
    #[arg(long)]
    kit_logs: bool,
    /// How long to wait for a line (of cargo: 300 s for the first)
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    timeout: u64,
    /// Markdown files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// One Markdown file.
struct Document {
    file: PathBuf,
    plan: Plan,
    /// How many links it has.
    links: usize,
    /// What is wrong before the replay.
    problems: Vec<Problem>,
}

/// Replays all documents, and reports.
///
/// # Errors
/// If a document cannot be read, or there is no network or no terminal for the replay.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let root = args.root.clone().map_or_else(repository, Ok)?;
    let read = |file: &PathBuf| Document::read(file, &root);
    let documents = args.files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let _lock = if args.list { None } else { namespace::enter()? };
    cleanup::end_on_signals()?;
    let out = &mut io::stdout().lock();
    let mut tally = Tally::default();
    for document in &documents {
        let failed_before = tally.failed;
        for problem in &document.problems {
            report::problem(out, &document.file, problem)?;
            tally.failed += 1;
        }
        if args.list {
            report::plan(out, document)?;
            continue;
        }
        if let Some(problem) = document.replay(&root, args, &mut tally)? {
            report::problem(out, &document.file, &problem)?;
        }
        let is_ok = tally.failed == failed_before;
        report::document(out, document, if is_ok { ": ok" } else { ": FAILED" })?;
    }
    if !args.list {
        report::summary(out, &tally)?;
    }
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Document {
    fn read(file: &Path, root: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let (links, mut problems) = links::check(file, &text, root);
        problems.extend(rules::check(&text));
        let plan = plan::read(&text).unwrap_or_else(|problem| {
            problems.push(problem);
            Plan::default()
        });
        Ok(Self { file: file.to_path_buf(), plan, links, problems })
    }

    /// Replays the blocks. Returns the first one that fails: those after it build on it.
    fn replay(
        &self,
        root: &Path,
        args: &Args,
        tally: &mut Tally,
    ) -> Result<Option<Problem>, Error> {
        let mut terminals = Terminals::new(root, !args.kit_logs)?;
        tally.skipped += self.plan.skipped.len();
        for (done, block) in self.plan.blocks.iter().enumerate() {
            let patience = Duration::from_secs(args.timeout);
            let mut replay = Replay::new(&mut terminals, block, patience);
            replay.pause = args.slow_typist.then(|| Duration::from_secs(args.pause));
            if let Some(problem) = replay.run()? {
                tally.failed += 1;
                tally.not_reached += self.plan.blocks.len() - done - 1;
                return Ok(Some(problem));
            }
            tally.passed += 1;
        }
        Ok(None)
    }
}

/// The nearest directory above that holds a git repository, or else the current one.
fn repository() -> io::Result<PathBuf> {
    let here = env::current_dir()?;
    let root = here.ancestors().find(|directory| directory.join(".git").exists());
    Ok(root.unwrap_or(&here).to_path_buf())
}
