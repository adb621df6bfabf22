//! Forty made-up results of lab 2, of which the truth is known.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use grade::course::Course;
use grade::results::{Graded, GradedStep, Predictions, StepVerdict, Verdict};
use harness::labs::LABS;
use tempfile::TempDir;

/// The students. A part of no name is a word of a page.
pub const NAMES: [&str; 40] = [
    "Ada Lovejoy",
    "Björk Åsdottir",
    "Chiamaka Okonkwo",
    "Dmitri Ivanchuk",
    "Eun-ji Park",
    "Farida Haddad",
    "Günter Schröder",
    "Hiroshi Tanaka",
    "Inés Muñoz",
    "Jaroslav Dvořák",
    "Kwame Boateng",
    "Léa Lefèvre",
    "Mehmet Yıldız",
    "Ngozi Adeyemi",
    "Oluwaseun Bello",
    "Priya Raghavan",
    "Qiang Zhao",
    "Rosalía Quispe",
    "Søren Kjeldsen",
    "Tadashi Mori",
    "Ulrike Vogelsang",
    "Vikram Chaudhary",
    "Wanjiru Kamau",
    "Ximena Huerta",
    "Yevhen Shevchuk",
    "Zahra Rahimi",
    "Aarav Banerjee",
    "Bronisława Nowak",
    "Cuauhtémoc Ruiz",
    "Dáithí Byrne",
    "Élodie Gagnon",
    "Fionnuala Keane",
    "Gergő Szabó",
    "Hồ Thị Lan",
    "Ioana Popescu",
    "Jürgen Weiß",
    "Khalid Mansour",
    "Ljubica Petrović",
    "Mateusz Wójcik",
    "O'Brien <b>& Sons</b>",
];

/// What the kit knows of misconceptions in these tests. `counts-characters` is not among them.
const MISCONCEPTIONS: &str = "
[[misconception]]
name = 'one-read-one-request'
says = 'Each call of read returns one whole request.'
refuted_by = '#wait-for-the-rest-of-a-request'

[[misconception]]
name = 'second-client-is-refused'
says = 'A server that serves one client at a time refuses the second one.'
refuted_by = 'labs/lab1-blocking/README.md#two-clients'
";

const PREDICTIONS: &str = "
[[prediction]]
name = 'second-client'
text = 'What does B see?'
read = '#two-clients'
choices = [{ is = 'refused', text = 'An error.', misconception = 'second-client-is-refused' }]
";

/// Half of the students fail step 4 (`pieces`), and each of them has a misconception; every fifth fails step 3.
pub fn fails(student: usize, step: &str) -> bool {
    match step {
        "pieces" => student.is_multiple_of(2),
        "values" => student.is_multiple_of(5),
        _ => false,
    }
}

/// What the first thirteen students answer wrong.
pub const REFUSED: usize = 13;

/// The result of a student.
pub fn result(student: usize) -> Graded {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let course = Course::read(&root, LABS[1]).unwrap();
    let steps: Vec<GradedStep> =
        course.usual().enumerate().map(|(index, step)| graded(student, index, step)).collect();
    let points = steps.iter().map(|step| step.points).sum();
    let of = steps.iter().map(|step| step.of).sum();
    let has = |verdict| steps.iter().any(|step| step.verdict == verdict);
    let verdict = if has(StepVerdict::Failed) {
        Verdict::Failed
    } else if has(StepVerdict::Unknown) {
        Verdict::Unknown
    } else {
        Verdict::Passed
    };
    let mut misconceptions = Vec::new();
    if student < REFUSED {
        misconceptions.push("second-client-is-refused".to_owned());
    }
    // One who also fails the step counts once.
    if student < 4 {
        misconceptions.push("one-read-one-request".to_owned());
    }
    let wrong = misconceptions.len();
    Graded {
        kit: "0.1.0".to_owned(),
        commit: Some("0123456789abcdef".to_owned()),
        lab: "lab2".to_owned(),
        student: Some(NAMES[student].to_owned()),
        server: format!("/home/login{student}/work/lab2"),
        seed: 7,
        verdict,
        points,
        of,
        steps,
        predictions: Some(Predictions { right: 8 - wrong, wrong, misconceptions }),
    }
}

fn graded(student: usize, index: usize, step: &grade::course::Step) -> GradedStep {
    let fails = fails(student, &step.name);
    // Whoever fails step 4 cannot try step 5, and the last step of one student is not known.
    let verdict = if fails {
        StepVerdict::Failed
    } else if step.name == "pipeline" && self::fails(student, "pieces") {
        StepVerdict::NotTried
    } else if step.name == "one-client" && student == 1 {
        StepVerdict::Unknown
    } else {
        StepVerdict::Passed
    };
    let misconception = match step.name.as_str() {
        "pieces" if fails => Some("one-read-one-request".to_owned()),
        "values" if fails => Some("counts-characters".to_owned()),
        _ => None,
    };
    GradedStep {
        number: index + 1,
        name: step.name.clone(),
        title: step.title.clone(),
        verdict,
        points: if verdict == StepVerdict::Passed { 1.0 } else { 0.0 },
        of: 1.0,
        misconception,
        why: fails.then(|| format!("{} of /home/login{student} has got nothing.", NAMES[student])),
    }
}

/// A kit that knows two misconceptions, and a folder with results.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let steps = "labs/lab2-resp/exercise/steps.toml";
        place.write(steps, &fs::read_to_string(root.join(steps)).unwrap());
        place.write("labs/misconceptions.toml", MISCONCEPTIONS);
        place.write("labs/lab1-blocking/exercise/predictions.toml", PREDICTIONS);
        place
    }

    /// A place with the results of all forty.
    pub fn with_results() -> Self {
        let place = Self::new();
        for student in 0..NAMES.len() {
            let text = serde_json::to_string(&result(student)).unwrap();
            place.write(&format!("results/login{student}.json"), &text);
        }
        place
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// `scripts/check.sh class`, with all results and these words.
    pub fn class(&self, words: &[&str]) -> Output {
        let results = fs::read_dir(self.path("results")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_grade"));
        command.arg("class").args(results.map(|file| file.unwrap().path())).args(words);
        command.env("KIT_ROOT", self.0.path()).env("NO_COLOR", "1").output().unwrap()
    }
}
