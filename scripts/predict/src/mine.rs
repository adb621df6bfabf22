//! Questions about a run of the student's own server. The answers are lines of its source: those that made the calls.
//!
//! - [`subject`]: the server that is asked about, built. [`runs`]: what it did, recorded.
//! - [`source`]: the lines of its source. [`measure`]: the calls of a run that a question is about.
//! - [`choices`]: the question itself: the line of those calls, and three others.
//! - [`talk`]: asks, and says of each answer whether it is right.
//!
//! A key is never a guess. Each line belongs to the very call that the question is about: the run is recorded with the
//! stack of each call. Where a line is not known, where several lines made the calls, or where the run was not as the
//! question says, there is no question.

pub mod choices;
pub mod cli;
pub mod measure;
pub mod runs;
pub mod source;
pub mod subject;
pub mod talk;

use std::io::{self, BufRead, Write};

use grade::own::{BuildError, Kit, OwnError};
use grade::server::has_strace;
use harness::labs::{LABS, Lab, Serves};
use harness::scenario::ScenarioError;
use lens::record::RecordError;
use lens::view::RecordedError;

use crate::answers::{Answers, AnswersError};
use choices::{Asked, LeftOut};
use runs::Runs;
use source::Source;
use subject::Subject;

/// So many questions are asked.
const MOST: usize = 5;

/// Which server to ask about.
#[derive(Debug, Clone)]
pub struct Options {
    /// The kit, and where the student's labs are.
    pub kit: Kit,
    /// Which lab of the kit.
    pub lab: Lab,
    /// Whether the kit's own solution is meant, and not what the student wrote. Then no answer is kept.
    pub kits: bool,
}

/// Why nothing is asked, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum MineError {
    /// Without strace, nobody knows which line made a call.
    #[error(
        "these questions need strace, which tells the line of each call. To install it: apt-get install -y strace, or scripts/doctor.sh --fix. On a Mac, or if you may not install: docker-compose run --rm tools"
    )]
    NoStrace,
    /// Lab 4 has no exercise.
    #[error("there are no such questions about {0}: say lab1, lab2 or lab3")]
    NoExercise(&'static str),
    /// There is no own lab, or it does not build.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Its folder cannot be used.
    #[error(transparent)]
    Own(#[from] OwnError),
    /// The source cannot be read.
    #[error("{0}")]
    Source(String),
    /// Nothing was recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The scenarios cannot be read.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The recording cannot be read.
    #[error(transparent)]
    Recorded(#[from] RecordedError),
    /// The server does not do what the clients expect.
    #[error(
        "in the scenario {scenario}, {client} could not go on: {why}. What to mend: scripts/check.sh {lab}"
    )]
    Fails {
        /// The scenario.
        scenario: String,
        /// The client.
        client: String,
        /// What it missed.
        why: String,
        /// The lab.
        lab: &'static str,
    },
    /// No question has a key that is sure.
    #[error("no question can be asked. {0}")]
    Nothing(String),
    /// The answers cannot be kept.
    #[error(transparent)]
    Answers(#[from] AnswersError),
    /// The terminal is gone.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Builds the server, records it, asks, and keeps the answers.
///
/// # Errors
/// [`MineError`], in a sentence.
pub fn run(options: &Options, input: impl BufRead, mut out: impl Write) -> Result<(), MineError> {
    let Options { kit, lab, kits } = options;
    if !LABS[..3].contains(lab) {
        return Err(MineError::NoExercise(lab.short));
    }
    if !has_strace() {
        return Err(MineError::NoStrace);
    }
    let subject = if *kits {
        Subject::of_the_kit(kit, *lab)?
    } else {
        let renewed = grade::own::renew(kit, *lab)?;
        write!(out, "{renewed}")?;
        Subject::own(kit, *lab)?
    };
    let folder = kit.root.join("captures/questions").join(subject.lab.package);
    let runs = talk::record(&subject, &folder, &mut out)?;
    let (asked, left_out) = questions(&runs, &subject.source);
    if asked.is_empty() {
        return Err(MineError::Nothing(talk::left_out(&left_out)));
    }
    let mut answers = Answers::read(&kit.work)?;
    let kept = if *kits { None } else { Some(&mut answers) };
    talk::ask((&subject, &asked, &left_out), kept, input, &mut out)
}

/// The questions whose keys are sure, five at most, and why others were left out.
#[must_use]
pub fn questions(runs: &Runs, source: &Source) -> (Vec<Asked>, Vec<LeftOut>) {
    let (mut asked, mut left_out) = (Vec::new(), Vec::new());
    for measure in measure::of(runs.lab.serves == Serves::Many) {
        if asked.len() == MOST {
            break;
        }
        match measure(runs).and_then(|found| choices::ask(&found, source)) {
            Ok(question) => asked.push(question),
            Err(why) => left_out.push(why),
        }
    }
    (asked, left_out)
}
