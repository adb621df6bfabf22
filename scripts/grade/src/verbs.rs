//! What `scripts/check.sh` does besides judging.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use grade::course::{Course, Step};
use grade::hunt;
use grade::judge::Judge;
use grade::own::{self, Exercise, Kit};
use grade::progress::{LabProgress, Progress};
use grade::prove::{self, Tally};
use grade::sandbox::User;
use grade::server::{Start, has_strace};
use harness::labs::{LABS, Lab};
use harness::text::{COLUMNS, wrap, wrapped};

use super::Ended;

pub(super) fn start(kit: &Kit, lab: Lab) -> Ended {
    say(&own::start(kit, lab)?)
}

pub(super) fn reset(kit: &Kit, lab: Lab) -> Ended {
    say(&own::reset(kit, lab)?)
}

/// Exit code 1 says that the student must finish something.
pub(super) fn merge(kit: &Kit, lab: Lab) -> Ended {
    let merge = own::merge(kit, lab)?;
    say(&merge.to_string())?;
    Ok(if merge.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shows the solution, and what it does beyond the steps, when all steps work, or when it is asked for twice.
pub(super) fn solution(kit: &Kit, lab: Lab) -> Ended {
    let diff = own::solution(kit, lab)?;
    let short = lab.of_the_kit().short;
    let course = Course::read(&kit.root, lab)?;
    let mut progress = Progress::read(&kit.work);
    let of_lab = progress.of(short);
    let works = course.usual().filter(|step| of_lab.passed.contains(&step.name)).count();
    let all = course.usual().count();
    if works < all && !of_lab.asked_for_solution {
        of_lab.asked_for_solution = true;
        progress.write()?;
        say(&format!(
            "{works} of {all} steps work. A hint may help more: scripts/check.sh {short} --hint\n\
             To see the solution now, type the same again: scripts/check.sh solution {short}\n"
        ))?;
        return Ok(ExitCode::FAILURE);
    }
    if diff.is_empty() {
        return say("Yours is the lab of the kit, letter by letter.\n");
    }
    say(&format!("{}\n{diff}", Exercise::read(kit, lab)?.beyond_as_list()))
}

/// Exit code 0 says that all servers with a mistake are caught, and 2 that all that could be judged are.
pub(super) fn hunt(kit: &Kit, lab: Lab, file: &Path) -> Ended {
    let course = Course::read(&kit.root, lab)?;
    if !course.tasks.is_empty() {
        return Err(hunt::HuntError::NoHunt(lab.of_the_kit().short).into());
    }
    let clients = hunt::clients(file)?;
    let start = Start::Lab(own::build_kits(kit, lab)?);
    let reference =
        Judge { lab, start, seed: u64::from(fastrand::u16(..)), traces: false, user: User::Same };
    let mut out = io::stdout().lock();
    let name = file.display().to_string();
    let hunted = hunt::run((&kit.root, &name), clients, (&reference, &course), &mut out)?;
    let Some(hunted) = hunted else { return Ok(ExitCode::FAILURE) };
    let Some(fault) = hunted.missed.first() else {
        return Ok(if hunted.unknown == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) });
    };
    let mut progress = Progress::read(&kit.work);
    let given = progress.of(lab.of_the_kit().short).hints.entry(format!("hunt {}", fault.name));
    let given = given.or_default();
    let hints = hunt::hints(&course, fault);
    *given = (*given + 1).min(hints.len());
    let more = if *given < hints.len() { "; the next hunt says more" } else { "" };
    writeln!(out, "A hint for one that is not ({given} of {}{more}):", hints.len())?;
    for hint in &hints[..*given] {
        writeln!(out, "  {}", wrap(hint, COLUMNS - 2, "  ").join("\n"))?;
    }
    progress.write()?;
    Ok(ExitCode::FAILURE)
}

/// Judges the labs of the kit, and the servers in another language, which are all right. Exit code 1 says that the grader is not.
pub(super) fn prove(kit: &Kit, labs: &[Lab], runs: Option<usize>) -> Ended {
    let labs = if labs.is_empty() { &LABS[..] } else { labs };
    let (mut right, mut wrong) = (0, 0);
    for lab in labs.iter().copied() {
        let course = Course::read(&kit.root, lab)?;
        let runs = runs.unwrap_or(if lab == LABS[2] { 100 } else { 25 });
        let kits = Start::Lab(own::build_kits(kit, lab)?);
        for (name, start) in [("Rust", kits), ("Python", prove::other_language(&kit.root, lab))] {
            let judge = Judge { lab, start, seed: 0, traces: has_strace(), user: User::Same };
            let mut out = io::stdout().lock();
            let tally = prove::run(&judge, &course, runs, &mut out)?;
            let Tally { right: ok, wrong: failed, unknown } = tally;
            writeln!(
                out,
                "{} in {name}: {ok} runs right, {failed} wrong, {unknown} steps unknown",
                lab.short
            )?;
            (right, wrong) = (right + ok, wrong + failed);
        }
    }
    say(&format!("{right} passed, {wrong} failed\n"))?;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Gives the next hint for a step, or for the one that failed last.
pub(super) fn hint(kit: &Kit, lab: Lab, (course, step): (&Course, Option<&Step>)) -> Ended {
    let mut progress = Progress::read(&kit.work);
    let of_lab = progress.of(lab.short);
    let is_it = |step: &&Step| of_lab.failing.as_ref().is_none_or(|name| *name == step.name);
    let step = step.or_else(|| course.steps.iter().find(is_it));
    let text = match step {
        Some(step) => next_hint(of_lab, lab, (course, step)),
        None => "No step failed at the last check.\n".to_owned(),
    };
    progress.write()?;
    say(&text)
}

fn next_hint(progress: &mut LabProgress, lab: Lab, (course, step): (&Course, &Step)) -> String {
    let number = course.steps.iter().take_while(|other| other.name != step.name).count() + 1;
    let given = progress.hints.entry(step.name.clone()).or_default();
    let all = step.hints.len();
    *given = (*given + 1).min(all);
    let hint = step.hints.get(*given - 1).map_or("", String::as_str);
    let hint = wrap(hint, COLUMNS - 2, "  ").join("\n");
    let cause = progress.cause.as_ref().filter(|_| progress.failing.as_ref() == Some(&step.name));
    let cause = cause.map(|cause| wrapped(&format!("At the last check, probably: {cause}")) + "\n");
    let read = format!("{}/README.md{}", lab.of_the_kit().folder(), step.read);
    let more = if *given < all {
        "The next hint says more: the same command again."
    } else {
        "That was the last hint of this step."
    };
    format!(
        "Step {number}: {}\n{}Hint {given} of {all}:\n  {hint}\nRead: {read}\n{more}\n",
        step.title,
        cause.unwrap_or_default(),
    )
}

fn say(text: &str) -> Ended {
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
