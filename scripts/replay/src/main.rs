//! `scripts/lens.sh replay` and `scripts/replay.sh`: recordings as a film. The work is done in the library.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use cli::Cli;
use lens::sys::files;
use lens::view::Recorded;
use replay::film::Film;
use replay::page;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(asked: &Cli) -> Result<(), Box<dyn std::error::Error>> {
    let read = |folder| Ok(Film::new(&Recorded::read(folder)?, &asked.kit));
    let films: Result<Vec<Film>, lens::view::RecordedError> =
        asked.folders.iter().map(|folder| read(folder)).collect();
    let films = films?;
    if asked.json {
        return Ok(writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&films)?)?);
    }
    files::write(&asked.out, page::html(&films))?;
    let file = asked.out.display();
    let open = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    Ok(writeln!(
        io::stdout(),
        "The film: {file}\nTo see it, open this file in a browser: {open} {file}"
    )?)
}
