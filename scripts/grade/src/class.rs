//! A class: many results side by side. What each student can do, which steps are hard, and what the class believes.

mod held;
mod page;
mod read;
mod steps;
mod table;

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::results::{Graded, StepVerdict, Verdict};

pub use held::{Catalog, Held, Refuted};
pub use page::page;
pub use read::{ClassError, read};
pub use steps::{Column, columns};
pub use table::csv;

/// What students are called.
#[derive(Debug)]
pub enum Names {
    /// By their names, in alphabetical order.
    On,
    /// By numbers, the most points first. Students with as many points are shuffled, so that no order of names is left.
    Off(Rng),
}

/// Some results, and who they belong to.
#[derive(Debug)]
pub struct Class {
    /// The results of each lab.
    pub labs: Vec<LabResults>,
    /// How many students there are.
    pub students: usize,
    /// What they believe, the most frequent first.
    pub held: Vec<Held>,
}

/// The results of one lab.
#[derive(Debug)]
pub struct LabResults {
    /// Which lab: `lab2`.
    pub lab: String,
    /// The versions of the kit that have judged: `0.1.0 (ba5a68d)`.
    pub kits: Vec<String>,
    /// The steps.
    pub columns: Vec<Column>,
    /// The students, in the order in which they are shown.
    pub rows: Vec<Row>,
}

/// One student in one lab.
#[derive(Debug, Clone)]
pub struct Row {
    /// A name or a number.
    pub student: String,
    /// The result.
    pub result: Graded,
    /// What came of each step of [`LabResults::columns`]; `None` where this result has no such step.
    pub marks: Vec<Option<StepVerdict>>,
}

impl LabResults {
    /// How many students have this verdict over all steps.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|row| row.result.verdict == verdict).count()
    }

    /// The median of the points.
    #[must_use]
    pub fn median(&self) -> f64 {
        let mut points: Vec<f64> = self.rows.iter().map(|row| row.result.points).collect();
        points.sort_by(f64::total_cmp);
        let middle = points.len() / 2;
        match (points.get(middle), points.len() % 2) {
            (Some(upper), 0) => f64::midpoint(points[middle - 1], *upper),
            (point, _) => point.copied().unwrap_or_default(),
        }
    }

    /// The most points that there are.
    #[must_use]
    pub fn of(&self) -> f64 {
        self.rows.iter().map(|row| row.result.of).fold(0.0, f64::max)
    }
}

impl Class {
    /// The class of these results, each with the name of its file, which stands for a student without a name.
    #[must_use]
    pub fn new(results: Vec<(String, Graded)>, names: Names, catalog: &Catalog) -> Self {
        let mut results = named(results);
        results.sort_by_cached_key(|(name, _)| (name.to_lowercase(), name.clone()));
        let held = held::held(&results, catalog);
        let mut order: Vec<String> = results.iter().map(|(name, _)| name.clone()).collect();
        order.dedup();
        let students = order.len();
        let shown = shown(order, &results, names);
        let mut labs: BTreeMap<String, Vec<(String, Graded)>> = BTreeMap::new();
        for (name, result) in results {
            labs.entry(result.lab.clone()).or_default().push((name, result));
        }
        let of_lab = |(lab, results)| of_lab(lab, results, &shown);
        Self { labs: labs.into_iter().map(of_lab).collect(), students, held }
    }
}

/// Each result with the name of its student. Where one lab has two results of one name, these may be two students, so the
/// names of the files tell them apart.
fn named(results: Vec<(String, Graded)>) -> Vec<(String, Graded)> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let named = |(file, result): &(String, Graded)| {
        result.student.as_ref().filter(|name| !name.trim().is_empty()).unwrap_or(file).clone()
    };
    for pair in &results {
        *counts.entry((pair.1.lab.clone(), named(pair))).or_default() += 1;
    }
    let of = |pair: (String, Graded)| {
        let name = named(&pair);
        let is_alone = counts[&(pair.1.lab.clone(), name.clone())] == 1;
        let name = if is_alone { name } else { format!("{name} ({})", pair.0) };
        (name, pair.1)
    };
    results.into_iter().map(of).collect()
}

/// What each student is called, and the place of the student in all tables.
fn shown(
    mut order: Vec<String>,
    results: &[(String, Graded)],
    names: Names,
) -> BTreeMap<String, (usize, String)> {
    let is_off = match names {
        Names::On => false,
        Names::Off(mut random) => {
            let mut points: BTreeMap<&str, f64> = BTreeMap::new();
            for (name, result) in results {
                *points.entry(name).or_default() += result.points;
            }
            random.shuffle(&mut order);
            order.sort_by(|a, b| points[b.as_str()].total_cmp(&points[a.as_str()]));
            true
        }
    };
    let call = |(place, name): (usize, String)| {
        let called = if is_off { (place + 1).to_string() } else { name.clone() };
        (name, (place, called))
    };
    order.into_iter().enumerate().map(call).collect()
}

fn of_lab(
    lab: String,
    results: Vec<(String, Graded)>,
    shown: &BTreeMap<String, (usize, String)>,
) -> LabResults {
    let mut kits: Vec<String> = results.iter().map(|(_, result)| kit(result)).collect();
    kits.sort();
    kits.dedup();
    let columns = columns(results.iter().map(|(_, result)| result));
    let mut rows: Vec<(usize, Row)> = Vec::new();
    for (name, result) in results {
        let (place, student) = shown[&name].clone();
        let mark = |column: &Column| column.of(&result).map(|step| step.verdict);
        let marks = columns.iter().map(mark).collect();
        rows.push((place, Row { student, result, marks }));
    }
    rows.sort_by_key(|(place, _)| *place);
    LabResults { lab, kits, columns, rows: rows.into_iter().map(|(_, row)| row).collect() }
}

/// The version of the kit that has judged.
fn kit(result: &Graded) -> String {
    match &result.commit {
        Some(commit) => format!("{} ({})", result.kit, commit.get(..9).unwrap_or(commit)),
        None => result.kit.clone(),
    }
}
