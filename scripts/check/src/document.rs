//! `check document`: replays the terminal transcripts of Markdown files and fails where reality differs.
//!
//! How a transcript is written is told in `README.md` of this crate. How it is replayed:
//!
//! `plan` reads the blocks of a file (`info`: the words after the backticks, `step`: the lines). `replay` does the
//! steps of a block in its terminal, which is one of the `terminals` of the document; a `terminal` is a bash in a
//! pseudo-terminal, and its `screen` is what a person would see of it. `verdict` decides what that
//! means for the step that waits, and `matching` compares lines. `failure` and `hint` tell
//! what went wrong; `report` prints. `links` has nothing to do with terminals.
//!
//! Four decisions, each against the obvious way:
//!
//! - **The screen is compared, not the bytes.** A line editor draws its line many times, with colours and hints.
//! - **Every line must be claimed.** Looking for the expected lines somewhere in the output would let a server
//!   print an error that no document shows.
//! - **Waiting is for conditions**: a line, a prompt, a terminal handed to a program. Which prompt a block ends with is
//!   found in the document as a whole (`plan::settle`), so that authors need not mark what stays and what ends.
//! - **Typing without a prompt has to be announced** (`typed`): `> ` also begins lines of `diff` and `curl -v`.

mod failure;
mod hint;
mod info;
mod links;
mod matching;
mod plan;
mod replay;
mod report;
mod screen;
mod step;
mod terminal;
mod terminals;
mod verdict;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs};

use self::links::Links;
use self::plan::{Block, Malformed};
use self::replay::Replay;
use self::report::Tally;
use self::terminals::Terminals;
use crate::Error;
use crate::namespace;

/// Replays the terminal transcripts of Markdown files, and checks their links.
///
/// Each block of code marked `console NAME` happens in the terminal of that name: lines that begin with a prompt
/// are typed, all others have to appear. The README.md of this command tells how to write them.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Show what would be typed and expected, and replay nothing
    #[arg(long)]
    list: bool,
    /// The directory in which terminals open [default: the root of the git repository, or this directory]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// How long to wait for a line (300 s, if that is longer, for the first line of a cargo command)
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    timeout: u64,
    /// Markdown files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// One Markdown file, as far as it concerns us.
struct Document {
    file: PathBuf,
    blocks: Vec<Block>,
    links: Links,
    malformed: Option<Malformed>,
}

/// Replays all documents, and says what was found.
///
/// # Errors
/// When a document cannot be read, or there is no network or no terminal to replay it in.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let root = args.root.clone().map_or_else(repository, Ok)?;
    let read = |file: &PathBuf| Document::read(file, &root);
    let documents = args.files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let out = &mut io::stdout().lock();
    if args.list {
        return list(out, &documents);
    }
    let _network = namespace::enter()?;
    let mut total = Tally::default();
    for document in &documents {
        let tally = document.check(out, &root, Duration::from_secs(args.timeout))?;
        report::document(out, document, tally)?;
        total.add(tally);
    }
    report::summary(out, total)?;
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn list(out: &mut impl Write, documents: &[Document]) -> Result<ExitCode, Error> {
    let mut code = ExitCode::SUCCESS;
    for document in documents {
        if let Some(Malformed { line, message }) = &document.malformed {
            report::failure(out, &document.file, *line, message)?;
            code = ExitCode::FAILURE;
        }
        report::plan(out, document)?;
    }
    Ok(code)
}

impl Document {
    fn read(file: &Path, root: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let links = links::check(file, &text, root);
        let (blocks, malformed) = match plan::read(&text) {
            Ok(blocks) => (blocks, None),
            Err(malformed) => (Vec::new(), Some(malformed)),
        };
        Ok(Self { file: file.to_path_buf(), blocks, links, malformed })
    }

    fn check(&self, out: &mut impl Write, root: &Path, patience: Duration) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        for broken in &self.links.broken {
            let what = format!("the link to `{}` is broken: {}", broken.target, broken.why);
            report::failure(out, &self.file, broken.line, what)?;
            tally.failed += 1;
        }
        if let Some(Malformed { line, message }) = &self.malformed {
            report::failure(out, &self.file, *line, message)?;
            tally.failed += 1;
        }
        self.replay(out, root, patience, &mut tally)?;
        Ok(tally)
    }

    /// Stops at the first block that fails: those after it build on it.
    fn replay(
        &self,
        out: &mut impl Write,
        root: &Path,
        patience: Duration,
        tally: &mut Tally,
    ) -> Result<(), Error> {
        let (skipped, replayed): (Vec<_>, Vec<_>) =
            self.blocks.iter().partition(|block| block.skip.is_some());
        tally.skipped += skipped.len();
        let mut terminals = Terminals::new(root)?;
        for (done, block) in replayed.iter().enumerate() {
            if let Some(failure) = Replay::new(&mut terminals, block, patience).run()? {
                report::failure(out, &self.file, failure.line, &failure)?;
                tally.failed += 1;
                tally.not_reached += replayed.len() - done - 1;
                break;
            }
            tally.passed += 1;
        }
        Ok(())
    }
}

/// The nearest directory above that holds a git repository, or else the current one.
fn repository() -> io::Result<PathBuf> {
    let here = env::current_dir()?;
    let root = here.ancestors().find(|directory| directory.join(".git").exists());
    Ok(root.unwrap_or(&here).to_path_buf())
}
