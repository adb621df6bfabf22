//! What `scripts/check.sh` does for those who teach: it collects, grades, and shows a class.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use grade::class::{self, Catalog, Class};
use grade::own::Kit;

use super::Ended;
use super::cli::Names;

/// Exit code 1 says that a file could not be used; the page has all others.
pub(super) fn class(
    kit: &Kit,
    files: &[std::path::PathBuf],
    (out, names): (Option<&Path>, Names),
) -> Ended {
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
    write(&page, class::page(&class).as_bytes())?;
    write(&table, &class::csv(&class)?)?;
    println!(
        "{all} of {} results, {} students.\n  the page      {}\n  the table     {}",
        files.len(),
        class.students,
        page.display(),
        table.display()
    );
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes a file whole or not at all, and makes its folder.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(&part, bytes)?;
    fs::rename(part, path)
}
