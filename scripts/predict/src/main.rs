//! `scripts/check.sh predict`: the command line.

mod help;

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use harness::cleanup;
use harness::labs::{self, Lab, UnknownLab};
use predict::mine::cli::Questions;
use predict::session::{Error, Score, Session};

/// The top folder of the kit.
const KIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Asks about a run, and marks each answer by what the run says
#[derive(Debug, Parser)]
#[command(name = "scripts/check.sh", bin_name = "scripts/check.sh", version)]
#[command(max_term_width = 80, after_help = help::ALL)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Ask before a run: what will the server do?
    ///
    /// Your answer is locked. Then the run is played under strace, and its lines decide.
    #[command(after_help = help::PREDICT)]
    Predict(Predict),
    /// Ask about a run of your own server: which of your lines made the calls?
    #[command(after_help = help::QUESTIONS)]
    Questions(Questions),
}

#[derive(Debug, Args)]
struct Predict {
    /// Which lab: lab1, lab2, lab3 or lab4
    #[arg(value_parser = find)]
    lab: Lab,
    /// Ask only this question, by its number or its name
    question: Option<String>,
    /// Ask nothing: list the questions, and how you have answered them
    #[arg(long, conflicts_with = "question")]
    list: bool,
    /// Ask again what you have answered; your first answer stands
    #[arg(long)]
    again: bool,
    /// Let the recordings that come with the kit decide, and start nothing
    #[arg(long)]
    recorded: bool,
}

/// The lab of the kit that is meant.
fn find(name: &str) -> Result<Lab, UnknownLab> {
    labs::find(name).map(Lab::of_the_kit)
}

fn main() -> ExitCode {
    let verb = Cli::parse().verb;
    let ended = cleanup::end_on_signals().map_err(Into::into).and_then(|()| match &verb {
        Verb::Predict(asked) => predict(asked),
        Verb::Questions(asked) => Ok(asked.run().map(|()| ExitCode::SUCCESS)?),
    });
    ended.unwrap_or_else(|error| {
        eprintln!("scripts/check.sh: {error}");
        ExitCode::from(2)
    })
}

fn predict(asked: &Predict) -> Result<ExitCode, Error> {
    // A test has a kit of its own.
    let root = env::var_os("KIT_ROOT").map_or_else(|| KIT.into(), PathBuf::from);
    let root = root.canonicalize().unwrap_or(root);
    // So has a document that is replayed, or it would answer for the student.
    let work = env::var_os("KIT_WORK").map_or_else(|| root.join("work"), PathBuf::from);
    let mut session = Session::new(&root, &work, asked.lab)?;
    (session.recorded, session.again) = (asked.recorded, asked.again);
    let (lab, mut stdout) = (asked.lab.short, io::stdout());
    if asked.list {
        session.list(&mut stdout)?;
        return Ok(ExitCode::SUCCESS);
    }
    let open = session.open();
    let asked = asked.question.as_ref().map(|question| session.find(question)).transpose()?;
    let places: Vec<usize> =
        open.into_iter().filter(|place| asked.is_none_or(|asked| asked == *place)).collect();
    if places.is_empty() {
        match asked.and_then(|place| session.answered(place)) {
            Some(answer) => writeln!(stdout, "You have answered this question: {answer}.")?,
            None => writeln!(stdout, "You have answered all questions of {lab}.")?,
        }
        writeln!(stdout, "To see them: scripts/check.sh predict {lab} --list")?;
        writeln!(stdout, "To answer again, for yourself: add --again")?;
        return Ok(ExitCode::SUCCESS);
    }
    let stdin = io::stdin();
    let is_terminal = stdin.is_terminal();
    let score = session.run(&places, (stdin.lock(), is_terminal), &mut stdout)?;
    sum_up(score, lab, &mut stdout)?;
    Ok(if score.skipped == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says how it went, where more than one question was asked.
fn sum_up(score: Score, lab: &str, output: &mut impl Write) -> io::Result<()> {
    let Score { answered, right, skipped } = score;
    if answered > 1 {
        writeln!(output, "{right} of {answered} answers are right.")?;
    }
    if skipped > 0 {
        let questions =
            if skipped == 1 { "1 question is" } else { &format!("{skipped} questions are") };
        writeln!(output, "{questions} left: scripts/check.sh predict {lab}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_help_has_examples_and_exit_codes() {
        let predict = Cli::command();
        testkit::check_help(&predict, "scripts/check.sh");
        // The others are for the program `grade`.
        let of_script = testkit::script_examples("scripts/check.sh");
        let lines = of_script.lines().filter(|line| line.contains(" predict "));
        let own: String = lines.map(|line| format!("{line}\n")).collect();
        assert!(!testkit::check_examples(&predict, "scripts/check.sh", &own).is_empty());
    }
}
