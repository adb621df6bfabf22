//! A folder of submissions, graded on the instructor's machine: a result that a student's machine wrote can be forged.
//!
//! For each submission a clean lab is made from the kit, with the student's files in it, and built. Only sources are taken from a
//! submission, and no dependency can be added, so that building it runs no code of the student's. But the compiler reads what a
//! source includes (`include_str!("/etc/hostname")`), with the rights of the one who grades.

mod items;
mod ledger;
mod show;
mod workshop;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use harness::descendants;
use harness::labs::Lab;
use harness::text::wrapped;
use tempfile::NamedTempFile;

use crate::at_once::at_once;
use crate::check::{self, Details};
use crate::course::{Course, CourseError, Step};
use crate::judge::{Judge, Outcome, Problem, Wrong};
use crate::own::{BuildError, Kit};
use crate::report::{About, Known};
use crate::results::{Graded, Run, Verdict};
use crate::sandbox::{self, Prepared};
use crate::server::{Start, StartError};
use harness::data;

use items::Item;
use ledger::Ledger;
use workshop::Workshop;

/// How a folder of submissions is graded.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The kit of the one who grades.
    pub kit: &'a Kit,
    /// The lab of submissions that do not say it. Those of another lab are left out.
    pub lab: Option<Lab>,
    /// So many servers are judged at once.
    pub jobs: usize,
    /// Whether submissions are graded again that have not changed since.
    pub again: bool,
    /// From which all words of the steps follow.
    pub seed: u64,
    /// Whether system calls are judged too.
    pub traces: bool,
}

/// What came of all submissions.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// How many have a result.
    pub graded: usize,
    /// In how many of them all steps work.
    pub passed: usize,
    /// How many could not be judged whole.
    pub unknown: usize,
    /// How many had their result before.
    pub kept: usize,
    /// How many cannot be graded.
    pub refused: usize,
}

/// A folder of submissions cannot be graded.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A file cannot be read or written.
    #[error("{path}: {error}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// There is nothing to grade.
    #[error("{0}: there is no submission in it. To make one: scripts/check.sh submit lab2")]
    Empty(PathBuf),
    /// Its place is taken.
    #[error("another `check grade` runs with this kit: wait for its end")]
    Busy,
    /// The kit itself does not build.
    #[error("the start of {0} does not build: {1}")]
    Kit(&'static str, BuildError),
    /// The steps of a lab are not known.
    #[error(transparent)]
    Course(#[from] CourseError),
    /// What came of it cannot be shown.
    #[error(transparent)]
    Out(#[from] io::Error),
}

impl Batch<'_> {
    /// Grades all submissions in a folder, writes the results into its folder `results`, and shows a line for each.
    ///
    /// # Errors
    /// If there is none, or if the kit itself cannot be built.
    pub fn run(&self, folder: &Path, out: &mut impl Write) -> Result<Tally, BatchError> {
        let results = folder.join("results");
        let mut ledger = Ledger::read(&results, self.kit);
        let (items, refused) = items::list(self, folder)?;
        let mut tally = Tally { refused: refused.len(), ..Tally::default() };
        writeln!(out, "{}", show::head(self, &items))?;
        for error in &refused {
            writeln!(out, "{}", show::refused(error))?;
        }
        let is_kept = |item: &Item| !self.again && ledger.has(item);
        let (kept, new): (Vec<Item>, Vec<Item>) = items.into_iter().partition(is_kept);
        for item in &kept {
            let Some(graded) = ledger.result(item) else { continue };
            tally.kept += 1;
            tally.count(&graded);
            writeln!(out, "{}", show::line(item, &graded, true))?;
        }
        if !new.is_empty() {
            self.grade(&new, &mut ledger, &mut tally, out)?;
        }
        write!(out, "{}", show::summary(&tally, &results))?;
        Ok(tally)
    }

    /// Builds some, judges these at once, and goes on with the next ones: a compiler that runs beside a server makes it late.
    fn grade(
        &self,
        items: &[Item],
        ledger: &mut Ledger,
        tally: &mut Tally,
        out: &mut impl Write,
    ) -> Result<(), BatchError> {
        let workshop = Workshop::open(self.kit)?;
        let (mut courses, mut is_noted) = (BTreeMap::new(), false);
        for item in items {
            let lab = item.submission.lab;
            if !courses.contains_key(lab.short) {
                courses.insert(lab.short, Course::read(&self.kit.root, lab)?);
                workshop.prepare(lab)?;
            }
        }
        for items in items.chunks(self.jobs.max(1)) {
            let mut built = Vec::new();
            for item in items {
                let prepare = |program| sandbox::prepare(Start::Lab(program), false);
                built.push((item, workshop.build(item)?.map(prepare)));
            }
            let judged = at_once(&built, |(item, built)| {
                self.judge(item, &courses[item.submission.lab.short], built)
            });
            let as_root = built.iter().find_map(|(_, it)| it.as_ref().ok()?.note.as_ref());
            if let Some(note) = as_root.filter(|_| !std::mem::replace(&mut is_noted, true)) {
                writeln!(out, "{}\n", wrapped(note))?;
            }
            // What has escaped from a server must not run when the results are written.
            descendants::end_all();
            for (item, graded) in items.iter().zip(judged) {
                let graded = graded?;
                ledger.write(item, &graded)?;
                tally.count(&graded);
                writeln!(out, "{}", show::line(item, &graded, false))?;
            }
            out.flush()?;
        }
        Ok(())
    }

    /// What came of one submission. When it returns, its server has ended.
    fn judge(
        &self,
        item: &Item,
        course: &Course,
        built: &Result<Prepared, BuildError>,
    ) -> io::Result<Graded> {
        let lab = item.submission.lab;
        let about = About { lab, course, is_new: false };
        let is_asked = |_: usize, step: &Step| !step.is_hostile();
        let known = match built {
            Ok(prepared) => {
                let (start, user) = (prepared.start.clone(), prepared.user);
                let judge = Judge { lab, start, seed: self.seed, traces: self.traces, user };
                // No step is given up: what is counted must not depend on the steps before it.
                check::run(&judge, about, (Details::All, is_asked), &mut io::sink())?
            }
            Err(error) => unbuilt(course, error),
        };
        let answers = NamedTempFile::new()?;
        if let Some(text) = &item.submission.answers {
            std::fs::write(answers.path(), text)?;
        }
        let run = Run {
            about,
            server: &item.file,
            seed: self.seed,
            student: Some(&item.student),
            answers: Some(answers.path()),
        };
        Ok(run.graded(self.kit, &known))
    }
}

/// What is known of a server that does not build: the first step fails, and no other was tried.
fn unbuilt<'a>(course: &'a Course, error: &BuildError) -> Vec<(&'a Step, Known)> {
    let why = error.to_string();
    let what = Problem::Start(StartError::NotReady { why, late: false, said: Vec::new() });
    let wrong = Wrong { happened: Vec::new(), what };
    let first = std::iter::once(Known::Judged(Outcome::Failed(Box::new(wrong))));
    course.usual().zip(first.chain(std::iter::repeat_with(|| Known::Needs))).collect()
}

impl Tally {
    fn count(&mut self, graded: &Graded) {
        self.graded += 1;
        match graded.verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::Failed => {}
        }
    }
}

/// Writes a file of the results.
fn write(path: &Path, bytes: &[u8]) -> Result<(), BatchError> {
    data::replace(path, bytes).map_err(|error| BatchError::File { path: path.to_owned(), error })
}
