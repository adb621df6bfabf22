//! `lens explain`: chooses what reads the output of a tool, and for whom it is explained.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use lens::record::Meta;
use ratatui::crossterm::terminal;
use trace::call_paths::CallPaths;
use trace::explain::{self as strace, ClientNotes, Options, Style};
use trace::{call_table, client_log, ltrace, packets, sockets};

use super::cli::{self, Tool};

/// Explains what was asked for.
pub(super) fn run(asked: &cli::Explain) -> super::Ended {
    let mut stdout = io::stdout().lock();
    let colour = colored::control::SHOULD_COLORIZE.should_colorize();
    let size = stdout.is_terminal().then(terminal::size);
    let columns = size.and_then(Result::ok).map(|(columns, _)| usize::from(columns));
    let style = Style { colour, columns: columns.filter(|columns| *columns > 0) };
    let (input, log) = input(asked.file.as_deref())?;
    match (asked.tool, asked.port) {
        _ if asked.summary => return Ok(call_table::write(input, stdout)?),
        (Tool::Ltrace, _) => return Ok(ltrace::explain(input, stdout, style)?),
        (Tool::Tcpdump, Some(port)) => {
            return Ok(packets::explain_tcpdump(input, stdout, port, style)?);
        }
        (Tool::Tshark, Some(port)) => {
            return Ok(packets::explain_tshark(input, stdout, port, style)?);
        }
        (Tool::Ss, Some(port)) => return Ok(sockets::explain(input, stdout, port, style)?),
        _ => {}
    }
    let live = log.is_none() && stdout.is_terminal();
    let (mut client_notes, mut paths) = (ClientNotes::default(), CallPaths::default());
    if let Some(log) = log.filter(|log| log.ends_with("strace.log"))
        && let folder = log.parent().unwrap_or(Path::new("."))
        && let Some(meta) = Meta::read(folder)
    {
        let events = client_log::read_log(&folder.join("clients.jsonl"));
        client_notes = ClientNotes::new(events.unwrap_or_default());
        paths = CallPaths::read(folder);
        writeln!(stdout, "{}, {}, recorded {}", meta.lab, meta.scenario, meta.date)?;
        writeln!(stdout, "{}\n", meta.about)?;
    }
    let options = Options { all: asked.all, live, style };
    Ok(strace::run_with_paths(input, stdout, (client_notes, paths), options)?)
}

/// What to read, and the log, if it is a file.
type Input = (Box<dyn Read>, Option<PathBuf>);

/// Opens what to read.
fn input(file: Option<&Path>) -> Result<Input, Box<dyn std::error::Error>> {
    if let Some(path) = file {
        let log = if path.is_dir() { path.join("strace.log") } else { path.to_owned() };
        return Ok((Box::new(open(&log)?), Some(log)));
    }
    if io::stdin().is_terminal() {
        return Err(
            "nothing to read: name a log, or pipe one in (scripts/lens.sh explain --help shows how)".into()
        );
    }
    outlive_ctrl_c()?;
    Ok((Box::new(io::stdin()), None))
}

/// Ctrl-C reaches a whole pipeline. The program that is traced ends, then strace does, and then there is
/// something to sum up: so we stay for a moment longer.
fn outlive_ctrl_c() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| {
        thread::sleep(Duration::from_secs(1));
        std::process::exit(130);
    })
}

fn open(log: &Path) -> Result<File, String> {
    File::open(log).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        };
        format!(
            "{}: {why}. To make one: scripts/lens.sh record lab1 --scenario two-clients",
            log.display()
        )
    })
}
