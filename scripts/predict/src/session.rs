//! Asks questions, locks the answers, plays what decides them, and marks each by what the run says.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use harness::labs::Lab;
use harness::misconceptions::Misconceptions;
use harness::scenario;

use crate::answers::{Answer, Answers};
use crate::ask::{Reply, ask, lettered, show};
use crate::mark::{mark, paragraph};
use crate::predictions::Prediction;
use crate::question::Choice;
use crate::run::{self, Run};

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
        (mut input, is_terminal): (impl BufRead, bool),
        output: &mut impl Write,
    ) -> Result<Score, Error> {
        let predictions = self.predictions.clone();
        let mut score = Score::default();
        let mut left: Vec<usize> = places.to_vec();
        while let Some(first) = left.first() {
            let scenario = predictions[*first].scenario.as_str();
            let is_of_it = |place: &usize| predictions[*place].scenario == scenario;
            let (group, others): (Vec<usize>, Vec<usize>) =
                left.iter().partition(|it| is_of_it(it));
            left = others;
            if group.len() > 1 {
                writeln!(output, "One run decides the next {} questions.\n", group.len())?;
            }
            let mut locked: Vec<Locked<'_>> = Vec::new();
            for (asked, place) in group.iter().enumerate() {
                let prediction = &predictions[*place];
                writeln!(
                    output,
                    "Question {} of {}: {}",
                    place + 1,
                    predictions.len(),
                    prediction.question.name
                )?;
                match self.lock(prediction, (&mut input, is_terminal), output)? {
                    Lock::Is(choice, is_first) => locked.push((prediction, choice, is_first)),
                    Lock::Skipped => score.skipped += 1,
                    Lock::Ended => {
                        score.skipped += group.len() - asked + left.len();
                        left.clear();
                        break;
                    }
                }
                writeln!(output)?;
            }
            if !locked.is_empty() {
                self.play_and_mark(scenario, &locked, &mut score, output)?;
            }
        }
        Ok(score)
    }

    /// Asks, and keeps the answer. What was answered before and not marked is not asked again.
    fn lock<'a>(
        &mut self,
        prediction: &'a Prediction,
        input: (&mut impl BufRead, bool),
        output: &mut impl Write,
    ) -> Result<Lock<'a>, Error> {
        let (lab, name) = (self.lab.short, prediction.question.name.as_str());
        let before = self.answers.of(lab, name);
        show(&prediction.question, output)?;
        let unmarked = before.as_ref().filter(|answer| answer.right.is_none());
        if let Some(choice) = unmarked.and_then(|answer| prediction.choice(&answer.choice)) {
            paragraph(&format!("You have answered this before the run: {}", choice.text), output)?;
            return Ok(Lock::Is(choice, true));
        }
        let (letter, choice) = match ask(&prediction.question, input, output)? {
            Reply::Chosen(letter, choice) => (letter, choice),
            Reply::Skipped => return Ok(Lock::Skipped),
            Reply::Ended => return Ok(Lock::Ended),
        };
        if before.is_some() {
            writeln!(output, "Locked: {letter}. Your first answer stands; this one is for you.")?;
            return Ok(Lock::Is(choice, false));
        }
        let locked = Answer { choice: choice.is.clone(), right: None, misconception: None };
        self.answers.keep(lab, name, &locked)?;
        writeln!(output, "Locked: {letter}.")?;
        Ok(Lock::Is(choice, true))
    }

    fn play_and_mark(
        &mut self,
        scenario: &str,
        locked: &[Locked<'_>],
        score: &mut Score,
        output: &mut impl Write,
    ) -> Result<(), Error> {
        let played = self.play(scenario, output)?;
        for (prediction, choice, is_first) in locked {
            let key = match played.as_ref().and_then(|run| prediction.key(&run.recorded)) {
                Some(key) => key,
                None => self.recorded_key(prediction, played.is_some(), output)?,
            };
            let right = choice.is == key.is;
            let misconception = choice.misconception.clone().filter(|_| !right);
            if *is_first {
                let answer =
                    Answer { choice: choice.is.clone(), right: Some(right), misconception };
                self.answers.keep(self.lab.short, &prediction.question.name, &answer)?;
            }
            score.answered += 1;
            score.right += usize::from(right);
            mark(prediction, (choice, &key), (self.lab, &self.misconceptions), output)?;
            writeln!(output)?;
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
    ) -> Result<crate::question::Key, Error> {
        if was_played {
            paragraph(
                "This run does not tell the next one: the recording of the kit decides.",
                output,
            )?;
        }
        let run = run::of_the_kit(&self.kit, self.lab, &prediction.scenario)?;
        let key = prediction.key(&run.recorded);
        key.ok_or_else(|| format!("no run tells the answer to {}", prediction.question.name).into())
    }

    /// How a question was answered, as its letter and a word; `None` if it was not, or is not decided.
    #[must_use]
    pub fn answered(&self, place: usize) -> Option<String> {
        let question = &self.predictions.get(place)?.question;
        let answer = self.answers.of(self.lab.short, &question.name)?;
        let (letter, _) = lettered(question).find(|(_, choice)| choice.is == answer.choice)?;
        Some(format!("{letter}, {}", if answer.right? { "right" } else { "wrong" }))
    }

    /// Lists the questions, and how each was answered.
    ///
    /// # Errors
    /// If the output is closed.
    pub fn list(&self, output: &mut impl Write) -> io::Result<()> {
        for (place, prediction) in self.predictions.iter().enumerate() {
            let name = &prediction.question.name;
            let answer = match self.answers.of(self.lab.short, name) {
                None => "",
                Some(Answer { right: None, .. }) => "answered",
                Some(Answer { right: Some(true), .. }) => "right",
                Some(Answer { right: Some(false), .. }) => "wrong",
            };
            writeln!(output, "{:>4}  {answer:8}  {name:24}  {}", place + 1, prediction.scenario)?;
        }
        Ok(())
    }

    /// The place of the question of this name or number.
    ///
    /// # Errors
    /// If there is none; says which there are.
    pub fn find(&self, question: &str) -> Result<usize, String> {
        let number = question.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let is_it = |it: &Prediction| it.question.name == question;
        let place = self.predictions.iter().position(is_it).or(number);
        place.filter(|place| *place < self.predictions.len()).ok_or_else(|| {
            format!(
                "{0} has no question '{1}'. To see them: scripts/check.sh predict {0} --list",
                self.lab.short,
                codec::printable::one_line(question)
            )
        })
    }

    /// The places of the questions that no run has decided yet; all, if they are asked again.
    #[must_use]
    pub fn open(&self) -> Vec<usize> {
        let is_open = |place: &usize| {
            let answer = self.answers.of(self.lab.short, &self.predictions[*place].question.name);
            self.again || answer.is_none_or(|answer| answer.right.is_none())
        };
        (0..self.predictions.len()).filter(is_open).collect()
    }

    /// What is in the kit at `kit`, with the answers in the folder `work`.
    ///
    /// # Errors
    /// If a file cannot be used.
    pub fn new(kit: &Path, work: &Path, lab: Lab) -> Result<Self, Error> {
        Ok(Self {
            kit: kit.to_owned(),
            lab,
            predictions: crate::predictions::read(kit, lab)?,
            misconceptions: Misconceptions::read(kit)?,
            answers: Answers::read(work)?,
            recorded: false,
            again: false,
        })
    }
}

/// What came of asking.
enum Lock<'a> {
    /// This choice, and whether it is the first answer to the question.
    Is(&'a Choice, bool),
    Skipped,
    Ended,
}
