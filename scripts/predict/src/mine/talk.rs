//! Asks in a terminal, and says of each answer whether it is right.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::path::Path;

use colored::Colorize;
use harness::text::{COLUMNS, cut, letters, wrap, wrapped};

use crate::question::{Choice, Question};

use super::MineError;
use super::choices::{Asked, LeftOut};
use super::runs::{Runs, SCENARIOS};
use super::subject::Subject;
use crate::answers::{Answer, Answers};

/// Says what goes on, and records.
pub(super) fn record(
    subject: &Subject,
    folder: &Path,
    out: &mut impl Write,
) -> Result<Runs, MineError> {
    let said = format!(
        "{} runs {} scenarios under strace, which tells the line of each call. This takes up to 20 seconds.",
        subject.lab.package,
        SCENARIOS.len()
    );
    writeln!(out, "{}", wrap(&said, COLUMNS, "").join("\n"))?;
    out.flush()?;
    Runs::record(subject, folder)
}

/// Asks all questions. Each answer is kept, if there is a place for it, before the key is shown; and only the first answer
/// to a question: what is known by heart is no answer.
///
/// # Errors
/// If the answers cannot be kept, or the terminal is gone.
pub fn ask(
    (subject, asked, left): (&Subject, &[Asked], &[LeftOut]),
    mut kept: Option<&mut Answers>,
    mut input: impl BufRead,
    out: &mut impl Write,
) -> Result<(), MineError> {
    let lab = subject.lab.of_the_kit();
    intro(subject, out)?;
    let (mut right, mut answered, mut again) = (0, 0, 0);
    for (number, item) in (1..).zip(asked) {
        show(item, (number, asked.len()), out)?;
        let choice = match choice(&item.question, &mut input, out)? {
            Said::Choice(choice) => choice,
            Said::Nothing => continue,
            Said::Ended => break,
        };
        let is_right = choice.is == item.key.is;
        answered += 1;
        right += usize::from(is_right);
        if let Some(answers) = &mut kept {
            if answers.of(lab.short, &item.question.name).is_some() {
                again += 1;
            } else {
                answers.keep(lab.short, &item.question.name, &answer(choice, is_right))?;
            }
        }
        let sheet = format!("{}/README.md", lab.folder());
        mark((item, choice, is_right), &sheet, out)?;
    }
    writeln!(out, "\n{right} of {answered} answers were right.")?;
    if again > 0 {
        let said =
            format!("{again} of these questions you had answered before: the first answer counts.");
        writeln!(out, "{}", wrapped(&said))?;
    }
    if !left.is_empty() {
        writeln!(out, "{}", wrapped(&left_out(left)))?;
    }
    let folder = format!("captures/questions/{}/two-clients", subject.lab.package);
    writeln!(out, "To look at the run with two clients:\n  scripts/lens.sh explain {folder}")?;
    Ok(())
}

fn answer(choice: &Choice, right: bool) -> Answer {
    let misconception = choice.misconception.clone().filter(|_| !right);
    Answer { choice: choice.is.clone(), right: Some(right), misconception }
}

/// What all questions have in common.
fn intro(subject: &Subject, out: &mut impl Write) -> io::Result<()> {
    let said = format!(
        "Each answer is a line of {}. Where one of your functions calls another one, the line in the inner function is meant: it is nearest to the kernel.{}",
        subject.source.folder,
        if subject.is_given {
            " In this lab, the kit gives you server.rs: you wrote it in lab 1."
        } else {
            ""
        }
    );
    writeln!(out, "\n{}", wrap(&said, COLUMNS, "").join("\n"))
}

fn show(item: &Asked, (number, all): (usize, usize), out: &mut impl Write) -> io::Result<()> {
    let question = &item.question;
    let head = format!("Question {number} of {all}, scenario {}", item.scenario);
    writeln!(out, "\n{}", head.bold())?;
    writeln!(out, "{}", wrap(&question.text, COLUMNS, "").join("\n"))?;
    let width = question.choices.iter().map(|choice| letters(&choice.is)).max().unwrap_or(0);
    for (number, choice) in (1..).zip(&question.choices) {
        let line = format!("  {number}  {:width$}  {}", choice.is, choice.text);
        writeln!(out, "{}", cut(&line, COLUMNS))?;
    }
    Ok(())
}

/// What a student says.
enum Said<'a> {
    Choice(&'a Choice),
    /// No answer to this question.
    Nothing,
    /// Nothing more at all.
    Ended,
}

/// Reads a choice.
fn choice<'a>(
    question: &'a Question,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> io::Result<Said<'a>> {
    let all = question.choices.len();
    loop {
        write!(out, "Your answer, 1 to {all} (Enter alone: go on without one): ")?;
        out.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            writeln!(out)?;
            return Ok(Said::Ended);
        }
        let word = line.trim();
        if word.is_empty() {
            return Ok(Said::Nothing);
        }
        let index = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(choice) = index.and_then(|index| question.choices.get(index)) {
            return Ok(Said::Choice(choice));
        }
    }
}

/// Says whether an answer is right, which calls decide, and what there is to learn.
fn mark(
    (item, choice, is_right): (&Asked, &Choice, bool),
    sheet: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    let said = if is_right { "Right.".green().bold() } else { "Wrong.".red().bold() };
    let place = item.question.choices.iter().take_while(|it| it.is != item.key.is).count() + 1;
    writeln!(out, "{said} It is {place}: {}", item.key.is)?;
    for line in &item.key.evidence {
        writeln!(out, "{}", cut(&format!("  {line}"), COLUMNS))?;
    }
    if let (false, Some(because)) = (is_right, &choice.because) {
        let said = format!("In this run, {} {because}.", choice.is);
        writeln!(out, "{}", wrap(&said, COLUMNS, "").join("\n"))?;
    }
    writeln!(out, "{}", wrap(&item.why, COLUMNS, "").join("\n"))?;
    match &item.question.read {
        Some(anchor) if !is_right => writeln!(out, "Read: {sheet}{anchor}"),
        _ => Ok(()),
    }
}

/// How many questions were left out, and why.
pub(super) fn left_out(all: &[LeftOut]) -> String {
    let mut reasons: BTreeMap<LeftOut, usize> = BTreeMap::new();
    for reason in all {
        *reasons.entry(*reason).or_default() += 1;
    }
    let is_one = reasons.len() == 1;
    let reasons: Vec<String> = reasons
        .iter()
        .map(
            |(reason, count)| {
                if is_one { reason.to_string() } else { format!("{reason} ({count})") }
            },
        )
        .collect();
    let questions = if all.len() == 1 { "question was" } else { "questions were" };
    format!("{} {questions} left out: {}.", all.len(), reasons.join("; "))
}
