//! What the students of a class believe, and what shows them that it is wrong.

use std::collections::{BTreeMap, BTreeSet};

use harness::labs::LABS;
use harness::misconceptions::Misconceptions;
use serde::Deserialize;

use crate::course::Course;
use crate::own::Kit;
use crate::results::{Graded, StepVerdict};
use harness::data;

/// A misconception, and how many students have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its name.
    pub name: String,
    /// The wrong belief, in a sentence; `None` where the kit does not know it.
    pub says: Option<String>,
    /// How many students have it. One who shows it twice counts once.
    pub students: usize,
    /// How many of them answered a prediction so.
    pub by_prediction: usize,
    /// The steps that their servers fail: of which lab, and which.
    pub steps: Vec<(String, String)>,
    /// What refutes it.
    pub refuted: Refuted,
}

/// What shows that a misconception is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refuted {
    /// Headings of the lab sheets, or pages of the kit: `labs/lab2-resp/README.md#wait-for-the-rest-of-a-request`.
    pub read: Vec<String>,
    /// Commands to show in class.
    pub commands: Vec<String>,
}

/// What the kit knows about misconceptions.
#[derive(Debug, Default)]
pub struct Catalog {
    all: Misconceptions,
    /// The heading of the sheet of each step, by lab and name.
    read: BTreeMap<(String, String), String>,
    /// The predictions that can be answered with a misconception: lab, name of the question, heading.
    asked: BTreeMap<String, Vec<(String, String, Option<String>)>>,
}

#[derive(Debug, Default, Deserialize)]
struct Predictions {
    prediction: Vec<Question>,
}

#[derive(Debug, Deserialize)]
struct Question {
    name: String,
    read: Option<String>,
    choices: Vec<Choice>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    misconception: Option<String>,
}

impl Catalog {
    /// Reads what the kit knows. A page of a class is better than none, so what is missing in the kit is missing on the page.
    #[must_use]
    pub fn read(kit: &Kit) -> Self {
        let all = Misconceptions::read(&kit.root).unwrap_or_default();
        let mut catalog = Self { all, ..Self::default() };
        for lab in LABS {
            let sheet = format!("{}/README.md", lab.folder());
            let steps = Course::read(&kit.root, lab).map(|course| course.steps);
            for step in steps.into_iter().flatten() {
                let key = (lab.short.to_owned(), step.name);
                catalog.read.insert(key, format!("{sheet}{}", step.read));
            }
            let path = kit.lab(lab).join("exercise/predictions.toml");
            let asked: Predictions = data::read(&path).unwrap_or_default();
            for question in asked.prediction {
                let read = question.read.map(|anchor| format!("{sheet}{anchor}"));
                let shown: BTreeSet<String> =
                    question.choices.into_iter().filter_map(|it| it.misconception).collect();
                for name in shown {
                    let place = (lab.short.to_owned(), question.name.clone(), read.clone());
                    catalog.asked.entry(name).or_default().push(place);
                }
            }
        }
        catalog
    }

    /// What refutes a misconception: the predictions that ask for it, and the steps that fail because of it.
    fn refuted(&self, name: &str, steps: &BTreeSet<(String, String)>) -> Refuted {
        let mut refuted = Refuted::default();
        for (lab, question, read) in self.asked.get(name).into_iter().flatten() {
            refuted.commands.push(format!("scripts/check.sh predict {lab} {question}"));
            refuted.read.extend(read.clone());
        }
        for (lab, step) in steps {
            refuted.commands.push(format!("scripts/check.sh {lab} --step {step}"));
            refuted.read.extend(self.read.get(&(lab.clone(), step.clone())).cloned());
        }
        refuted.read.sort();
        refuted.read.dedup();
        let by = self.all.find(name).map(|one| one.refuted_by.clone());
        // What is said already is not said again.
        let by = by.filter(|by| !refuted.read.iter().any(|read| read.ends_with(by.as_str())));
        refuted.read.splice(0..0, by);
        refuted
    }
}

/// Who shows a misconception, and how.
#[derive(Default)]
struct Shown<'a> {
    students: BTreeSet<&'a str>,
    by_prediction: BTreeSet<&'a str>,
    steps: BTreeSet<(String, String)>,
}

/// What these students believe, the most frequent first.
pub(super) fn held(results: &[(String, Graded)], catalog: &Catalog) -> Vec<Held> {
    let mut shown: BTreeMap<&str, Shown<'_>> = BTreeMap::new();
    for (student, result) in results {
        for step in result.steps.iter().filter(|step| step.verdict == StepVerdict::Failed) {
            let Some(name) = &step.misconception else { continue };
            let shown = shown.entry(name).or_default();
            shown.students.insert(student);
            shown.steps.insert((result.lab.clone(), step.name.clone()));
        }
        for name in result.predictions.iter().flat_map(|it| &it.misconceptions) {
            let shown = shown.entry(name).or_default();
            shown.students.insert(student);
            shown.by_prediction.insert(student);
        }
    }
    let of = |(name, shown): (&str, Shown<'_>)| Held {
        name: name.to_owned(),
        says: catalog.all.find(name).map(|one| one.says.clone()),
        students: shown.students.len(),
        by_prediction: shown.by_prediction.len(),
        refuted: catalog.refuted(name, &shown.steps),
        steps: shown.steps.into_iter().collect(),
    };
    let mut held: Vec<Held> = shown.into_iter().map(of).collect();
    // Those with one count stay in the order of their names.
    held.sort_by_key(|it| std::cmp::Reverse(it.students));
    held
}
