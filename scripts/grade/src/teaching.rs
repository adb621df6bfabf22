//! What `scripts/check.sh` does for those who teach: it collects, grades, and shows a class.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use grade::batch::Batch;
use grade::class::{self, Catalog, Class};
use grade::own::Kit;
use grade::server::has_strace;
use grade::submission;
use harness::data;
use harness::labs::Lab;

use super::Ended;
use super::cli::Names;

pub(super) fn submit(kit: &Kit, lab: Lab, (name, out): (Option<&str>, Option<&Path>)) -> Ended {
    print!("{}", submission::submit(kit, lab, name, out)?);
    Ok(ExitCode::SUCCESS)
}

/// Exit code 1 says that a submission could not be graded, or not whole. A student's failure is none of ours.
pub(super) fn grade(
    kit: &Kit,
    folder: &Path,
    (lab, jobs, again, seed): (Option<Lab>, Option<usize>, bool, Option<u64>),
) -> Ended {
    let jobs = jobs.or_else(|| thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    let seed = seed.unwrap_or_else(|| u64::from(fastrand::u16(..)));
    let batch = Batch { kit, lab, jobs, again, seed, traces: has_strace() };
    let tally = batch.run(folder, &mut io::stdout().lock())?;
    let is_whole = tally.refused == 0 && tally.unknown == 0;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Exit code 1 says that a file could not be used; the page has all others.
pub(super) fn class(kit: &Kit, files: &[PathBuf], (out, names): (Option<&Path>, Names)) -> Ended {
    let (results, errors): (Vec<_>, Vec<_>) =
        files.iter().map(|file| class::read(file)).partition(Result::is_ok);
    for error in errors.iter().filter_map(|error| error.as_ref().err()) {
        eprintln!("{}", codec::printable::one_line(&error.to_string()));
    }
    let results: Vec<_> = results.into_iter().flatten().collect();
    if results.is_empty() {
        return Err(
            "none of these files is a result. To get some: scripts/check.sh grade DIR".into()
        );
    }
    let names = match names {
        Names::On => class::Names::On,
        Names::Off => class::Names::Off(fastrand::Rng::new()),
    };
    let all = results.len();
    let class = Class::new(results, names, &Catalog::read(kit));
    let beside = files.first().and_then(|file| file.parent()).unwrap_or(Path::new(""));
    let out = out.unwrap_or(beside);
    let (page, table) = (out.join("class.html"), out.join("class.csv"));
    data::replace(&page, class::page(&class).as_bytes())?;
    data::replace(&table, &class::csv(&class)?)?;
    println!(
        "{all} of {} results, {} students.\n  the page      {}\n  the table     {}",
        files.len(),
        class.students,
        page.display(),
        table.display()
    );
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
