//! Asks questions, locks the answers, plays what decides them, and marks each by what the run says.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use colored::Colorize;
use harness::labs::Lab;
use harness::misconceptions::Misconceptions;
use harness::scenario;

use crate::answers::{Answer, Answers};
use crate::ask::{Input, Reply};
use crate::mark::{mark, paragraph};
use crate::predictions::Prediction;
use crate::question::{Choice, Key};
use crate::run::{self, Run};

mod overview;

/// Why it cannot go on.
pub type Error = Box<dyn std::error::Error>;

/// A lab and its questions, the student's answers, and where both stand.
#[derive(Debug)]
pub struct Session {
    /// The top folder of the kit.
    pub kit: PathBuf,
    /// The lab.
    pub lab: Lab,
    /// All its questions.
    pub predictions: Vec<Prediction>,
    /// What wrong choices stand for.
    pub misconceptions: Misconceptions,
    /// The answers so far.
    pub answers: Answers,
    /// Let the recordings of the kit decide, and start nothing.
    pub recorded: bool,
    /// Ask again what was answered.
    pub again: bool,
}

/// How it went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// So many were answered.
    pub answered: usize,
    /// So many of these are right.
    pub right: usize,
    /// So many were left out.
    pub skipped: usize,
}

/// A question, and the choice that is locked; whether it is the first answer.
type Locked<'a> = (&'a Prediction, &'a Choice, bool);

impl Session {
    /// Asks these questions, by their places. All that one scenario decides are asked together, because a run shows more than
    /// what was asked.
    ///
    /// # Errors
    /// If an answer cannot be kept, or nothing can decide it.
    pub fn run(
        &mut self,
        places: &[usize],
        input: (impl BufRead, bool),
        output: &mut impl Write,
    ) -> Result<Score, Error> {
        let mut input = Input::new(input);
        let predictions = self.predictions.clone();
        let mut score = Score::default();
        let mut left: Vec<usize> = places.to_vec();
        while let Some(first) = left.first() {
            let scenario = predictions[*first].scenario.as_str();
            let is_of_it = |place: &usize| predictions[*place].scenario == scenario;
            let (group, others): (Vec<usize>, Vec<usize>) =
                left.iter().partition(|it| is_of_it(it));
            let group = group.iter().map(|place| (place + 1, &predictions[*place]));
            let group: Vec<(usize, &Prediction)> = group.collect();
            let locked = self.lock_all(&group, &mut input, output)?;
            if !locked.is_empty() {
                let more = !others.is_empty() && !input.has_ended;
                self.play_and_mark(scenario, (&locked, more), (&mut input, output), &mut score)?;
            }
            left = if input.has_ended { Vec::new() } else { others };
        }
        score.skipped = places.len() - score.answered;
        Ok(score)
    }

    /// Asks all that one run decides, each with its number. What is not answered is left out.
    fn lock_all<'a>(
        &mut self,
        group: &[(usize, &'a Prediction)],
        input: &mut Input<impl BufRead>,
        output: &mut impl Write,
    ) -> Result<Vec<Locked<'a>>, Error> {
        if group.len() > 1 {
            writeln!(output, "One run decides the next {} questions.\n", group.len())?;
        }
        let mut locked = Vec::new();
        for (number, prediction) in group {
            let (all, name) = (self.predictions.len(), &prediction.question.name);
            let title = format!("Question {number} of {all}: {name}");
            writeln!(output, "{}", title.bold())?;
            locked.extend(self.lock(prediction, input, output)?);
            writeln!(output)?;
            if input.has_ended {
                break;
            }
        }
        Ok(locked)
    }

    /// Asks, and keeps the answer. What was answered before and not marked is not asked again.
    fn lock<'a>(
        &mut self,
        prediction: &'a Prediction,
        input: &mut Input<impl BufRead>,
        output: &mut impl Write,
    ) -> Result<Option<Locked<'a>>, Error> {
        let (lab, name) = (self.lab.short, prediction.question.name.as_str());
        let before = self.answers.of(lab, name);
        let unmarked = before.as_ref().filter(|answer| answer.right.is_none());
        if let Some(choice) = unmarked.and_then(|answer| prediction.choice(&answer.choice)) {
            paragraph(&prediction.question.text, output)?;
            paragraph(&format!("You have answered this before the run: {}", choice.text), output)?;
            return Ok(Some((prediction, choice, true)));
        }
        let Reply::Chosen(letter, choice) = input.ask(&prediction.question, output)? else {
            return Ok(None);
        };
        if before.is_some() {
            writeln!(output, "Locked: {letter}. Your first answer stands; this one is for you.")?;
            return Ok(Some((prediction, choice, false)));
        }
        let locked = Answer { choice: choice.is.clone(), right: None, misconception: None };
        self.answers.keep(lab, name, &locked)?;
        writeln!(output, "Locked: {letter}.")?;
        Ok(Some((prediction, choice, true)))
    }

    /// Plays what decides, keeps all marks, and shows one after the other.
    fn play_and_mark(
        &mut self,
        scenario: &str,
        (locked, more): (&[Locked<'_>], bool),
        (input, output): (&mut Input<impl BufRead>, &mut impl Write),
        score: &mut Score,
    ) -> Result<(), Error> {
        let played = self.play(scenario, output)?;
        let mut keys = Vec::new();
        for (prediction, choice, is_first) in locked {
            let key = match played.as_ref().and_then(|run| prediction.key(&run.recorded)) {
                Some(key) => key,
                None => self.recorded_key(prediction, played.is_some(), output)?,
            };
            let right = choice.is == key.is;
            if *is_first {
                let misconception = choice.misconception.clone().filter(|_| !right);
                let answer =
                    Answer { choice: choice.is.clone(), right: Some(right), misconception };
                self.answers.keep(self.lab.short, &prediction.question.name, &answer)?;
            }
            score.answered += 1;
            score.right += usize::from(right);
            keys.push(key);
        }
        for (place, ((prediction, choice, _), key)) in locked.iter().zip(&keys).enumerate() {
            mark(prediction, (choice, key), (self.lab, &self.misconceptions), output)?;
            writeln!(output)?;
            if more || place + 1 < locked.len() {
                input.pause(output)?;
            }
        }
        Ok(())
    }

    /// Plays the scenario now; `None` if only the recording of the kit can decide.
    fn play(&self, scenario: &str, output: &mut impl Write) -> Result<Option<Run>, Error> {
        let about = scenario::find(scenario)?.about;
        if self.recorded {
            paragraph(&format!("Reading the recording of the kit: {about}."), output)?;
            writeln!(output)?;
            return Ok(None);
        }
        paragraph(&format!("Playing: {about}."), output)?;
        let played = run::play(self.lab, scenario);
        if let Err(why) = &played {
            let why = codec::printable::one_line(&why.to_string());
            let text =
                format!("This run cannot be traced: {why}. The recording of the kit decides.");
            paragraph(&text, output)?;
        }
        writeln!(output)?;
        Ok(played.ok())
    }

    fn recorded_key(
        &self,
        prediction: &Prediction,
        was_played: bool,
        output: &mut impl Write,
    ) -> Result<Key, Error> {
        if was_played {
            let name = &prediction.question.name;
            let text = format!("This run does not tell {name}: the recording of the kit decides.");
            paragraph(&text, output)?;
        }
        let run = run::of_the_kit(&self.kit, self.lab, &prediction.scenario)?;
        let key = prediction.key(&run.recorded);
        key.ok_or_else(|| format!("no run tells the answer to {}", prediction.question.name).into())
    }
}
