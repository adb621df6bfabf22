//! The questions of a lab, and which of them are answered.

use std::io::{self, Write};
use std::path::Path;

use harness::labs::Lab;
use harness::misconceptions::Misconceptions;

use super::{Error, Session};
use crate::answers::{Answer, Answers};
use crate::ask::lettered;
use crate::predictions::{self, Prediction};

impl Session {
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
            predictions: predictions::read(kit, lab)?,
            misconceptions: Misconceptions::read(kit)?,
            answers: Answers::read(work)?,
            recorded: false,
            again: false,
        })
    }
}
