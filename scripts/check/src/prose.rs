//! `check prose`: whether texts are plain English, as far as a machine can tell.
//!
//! `text` takes the passages out of a file. `rules` judges their sentences.
//!
//! Vale's packages download a program, textlint needs Node and a hundred packages, and proselint knows no length of a
//! sentence. None of them knows our words.

mod rules;
mod text;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use codec::printable::one_line;
use harness::text::wrap;

use self::rules::Alarm;
use crate::{Error, help};

/// A terminal has so many columns.
const COLUMNS: usize = 80;

/// Looks for long sentences, inversions, and words that have a better one.
///
/// In Markdown files, in the texts of TOML files, in the heads of scripts, and
/// in files with the output of --help (.txt). Code is left out.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_help = help::PROSE)]
pub struct Args {
    /// Files, of which the last letters (.md, .toml, .sh, .txt) tell the kind
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Checks all files, and reports.
///
/// # Errors
/// If a file cannot be read.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let out = &mut io::stdout().lock();
    let (mut sentences, mut failed) = (0, 0);
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &args.files {
        let name = file.display();
        let content =
            fs::read_to_string(file).map_err(|error| format!("cannot read {name}: {error}"))?;
        let passages = match file.extension().and_then(|it| it.to_str()) {
            Some("toml") => text::in_toml(&content).map_err(|error| format!("{name}: {error}"))?,
            Some("txt") => text::in_help(&content),
            Some("sh") => text::in_help(&text::head_of_script(&content)),
            _ => text::in_markdown(&content),
        };
        let before = by_rule.values().sum::<usize>();
        for passage in &passages {
            for (begin, sentence) in passage.sentences() {
                sentences += 1;
                for alarm in rules::judge(sentence) {
                    *by_rule.entry(alarm.rule).or_default() += 1;
                    let line = passage.line(begin + alarm.at);
                    report(
                        out,
                        &format!("{name}:{line}"),
                        &passage.shown(begin, sentence),
                        &alarm,
                    )?;
                }
            }
        }
        failed += usize::from(by_rule.values().sum::<usize>() > before);
    }
    let counts: String = by_rule.iter().map(|(rule, count)| format!(", {rule}: {count}")).collect();
    writeln!(out, "{sentences} sentences{counts}")?;
    writeln!(out, "{} passed, {failed} failed", args.files.len() - failed)?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the place, the rule, the sentence, and what to do.
fn report(out: &mut impl Write, place: &str, sentence: &str, alarm: &Alarm) -> io::Result<()> {
    writeln!(out, "{place}: {}: {}", alarm.rule, alarm.what)?;
    for line in wrap(&one_line(sentence), COLUMNS - 4, "") {
        writeln!(out, "  | {line}")?;
    }
    writeln!(out, "  {}\n", alarm.advice)
}
