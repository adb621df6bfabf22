//! Is the grader fair? Servers that are right are judged again and again, some of the time on a busy machine.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use harness::labs::Lab;

use crate::at_once::at_once;
use crate::check;
use crate::course::Course;
use crate::hunt;
use crate::judge::{Judge, Outcome};
use crate::report::{self, About, Known};
use crate::server::Start;

/// Most of the time clients wait, so several servers are judged at once.
const AT_ONCE: usize = 4;
/// Each so many runs, one has a busy machine.
const BUSY: usize = 5;

/// What came of all runs of a server.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// How many runs had no step that failed.
    pub right: usize,
    /// How many had one. There must be none.
    pub wrong: usize,
    /// How many steps in all runs could not be judged.
    pub unknown: usize,
}

/// What came of one run.
struct Run {
    unknown: usize,
    /// What the student would have read about each step that failed.
    failures: Vec<String>,
}

/// Judges a server that is right so many times, and writes what a student would have read if one failed.
///
/// # Errors
/// If a step cannot be judged for want of a temporary file, or `out` takes no more.
pub fn run(judge: &Judge, course: &Course, runs: usize, out: &mut impl Write) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let seeds: Vec<u64> = (1..=runs as u64).collect();
    let (busy, quiet): (Vec<u64>, Vec<u64>) =
        seeds.into_iter().partition(|seed| seed % BUSY as u64 == 0);
    let mut count = |done: Vec<io::Result<Run>>| {
        for run in done {
            let run = run?;
            tally.unknown += run.unknown;
            if run.failures.is_empty() {
                tally.right += 1;
            } else {
                tally.wrong += 1;
            }
            out.write_all(run.failures.concat().as_bytes())?;
        }
        Ok::<_, io::Error>(())
    };
    for seeds in quiet.chunks(AT_ONCE) {
        count(at_once(seeds, |seed| once(judge, course, *seed)))?;
    }
    for seed in busy {
        count(beside_busy_threads(|| vec![once(judge, course, seed)]))?;
    }
    Ok(tally)
}

/// Judges all steps once, the hostile ones too.
fn once(judge: &Judge, course: &Course, seed: u64) -> io::Result<Run> {
    let judge = Judge { seed, ..judge.clone() };
    let about = About { lab: judge.lab, course, is_new: false };
    let mut run = Run { unknown: 0, failures: Vec::new() };
    for (index, step) in course.steps.iter().enumerate() {
        match check::known(&judge, course, step)? {
            Known::Judged(Outcome::Unknown(_)) => run.unknown += 1,
            Known::Judged(Outcome::Failed(wrong)) => {
                run.failures.push(format!("\nSeed {seed}"));
                run.failures.push(report::failure(index + 1, step, &wrong, about));
            }
            // The lab of the kit does no open task.
            _ => {}
        }
    }
    Ok(run)
}

/// Does something while there are more threads that run than processors.
fn beside_busy_threads<T>(work: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    let threads = thread::available_parallelism().map_or(2, usize::from) * 2;
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        done
    })
}

/// The command that starts the server of a lab in another language.
#[must_use]
pub fn other_language(kit: &Path, lab: Lab) -> Start {
    Start::Shell(hunt::command(kit, lab, None))
}
