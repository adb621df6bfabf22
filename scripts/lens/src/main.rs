//! `lens`: see the `Cli`. This file is the table of contents; the work is done in the library.

mod cli;
mod explain;
mod linux;

use std::fs;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Task};
use harness::scenario::{self, Scenario};
use harness::{cleanup, labs};

use lens::bench::{self, BenchError};
use lens::compare::{self, CompareError};
use lens::flame::{self, FlameError};
use lens::record::{self, Meta, Runs};
use lens::text::{COLUMNS, wrap, wrapped};
use lens::view::request::{self, Request};
use lens::view::timeline::{Timeline, svg, text};
use lens::view::{Form, Recorded};
#[cfg(target_os = "linux")]
use lens::watch;
use trace::protocol::Protocol;

/// What goes wrong is the user's to mend: it is said in one sentence, with exit code 2.
type Ended = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let task = Cli::parse().task;
    let needs = if cfg!(target_os = "linux") { None } else { linux::needs(&task) };
    let ended = match needs.map_or(Ok(task), Err) {
        Err(why) => Err(why.into()),
        Ok(Task::Explain(options)) => explain::run(&options),
        Ok(Task::Port(options)) => port(&options),
        Ok(Task::Record(options)) => record(&options),
        Ok(Task::Flame(options)) => flame(options),
        #[cfg(target_os = "linux")]
        Ok(Task::Watch(options)) => watch(options),
        #[cfg(not(target_os = "linux"))]
        Ok(Task::Watch(_)) => Ok(()),
        Ok(Task::Timeline(options)) => timeline(&options),
        Ok(Task::Follow(options)) => follow(&options),
        Ok(Task::Bench(options)) => bench(options),
        Ok(Task::Compare(options)) => compare(options),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lens: {error}");
            // That a server did not run is an answer, if not the one that was hoped for.
            let is_answer = matches!(error.downcast_ref(), Some(FlameError::NoSamples))
                || matches!(error.downcast_ref(), Some(BenchError::Nothing(_)))
                || matches!(error.downcast_ref(), Some(CompareError::Nothing(_)));
            ExitCode::from(if is_answer { 1 } else { 2 })
        }
    }
}

/// Prints where the server of a recording listened.
fn port(asked: &cli::Port) -> Ended {
    let meta = Meta::read(&asked.folder);
    let meta = meta.ok_or_else(|| format!("{} is no recording", asked.folder.display()))?;
    Ok(writeln!(io::stdout(), "{}", meta.address.rsplit(':').next().unwrap_or_default())?)
}

fn record(asked: &cli::Record) -> Ended {
    let (Some(lab), Some(scenario)) = (&asked.lab, &asked.scenario) else {
        return list_scenarios();
    };
    let (lab, scenario) = (labs::find_server(lab)?, scenario::find(scenario)?);
    if let Some(port) = asked.running {
        return run_scenario(&scenario, lab.protocol, port);
    }
    let place = || Path::new("captures").join(lab.package).join(&scenario.name);
    let out = asked.out.clone().unwrap_or_else(place);
    cleanup::end_on_signals()?;
    let runs = if asked.lines { Runs::Lines } else { Runs::Both };
    let (port, binary, options) = (asked.port, asked.binary.clone(), asked.options.clone());
    let options = record::Options { lab, scenario, out, port, binary, options, runs };
    let recording = record::record(&options, &mut io::stderr())?;
    let (folder, events) = (recording.folder.display(), recording.events.len());
    println!("{folder}: strace.log, {events} client events, packets: {}", recording.meta.packets);
    println!("Lines of the source: {}", recording.meta.lines);
    println!("To read it: scripts/lens.sh explain {folder}");
    Ok(())
}

/// Lets the clients of a scenario talk to a server that runs already, and shows what they did and saw.
fn run_scenario(scenario: &Scenario, protocol: Protocol, port: u16) -> Ended {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", wrapped(&format!("{}: {}", scenario.name, scenario.about)))?;
    let events = scenario::run(scenario, (Ipv4Addr::LOCALHOST, port).into(), protocol);
    let colour = colored::control::SHOULD_COLORIZE.should_colorize();
    Ok(scenario::text::write(&events, &mut stdout, colour)?)
}

fn list_scenarios() -> Ended {
    let mut stdout = io::stdout().lock();
    for one in scenario::all()? {
        let lines = wrap(&one.about, COLUMNS - 13, "");
        writeln!(stdout, "{:<12} {}", one.name, lines.join(&format!("\n{:13}", "")))?;
    }
    Ok(())
}

fn flame(asked: cli::Flame) -> Ended {
    let cli::Flame { input, output, wall, title, note } = asked;
    let kind = if wall { flame::Kind::Wall } else { flame::Kind::Cpu };
    let drawn = flame::run(&flame::Options { kind, input, output, title, note })?;
    Ok(writeln!(io::stdout(), "{drawn}")?)
}

fn timeline(asked: &cli::Timeline) -> Ended {
    let read = |folder: &PathBuf| Timeline::new(&Recorded::read(folder)?);
    let timelines: Result<Vec<Timeline>, _> = asked.folders.iter().map(read).collect();
    let timelines = timelines?;
    if let Some(file) = &asked.svg {
        return write_picture(file, &svg::draw(&timelines, Form::File));
    }
    let mut stdout = io::stdout().lock();
    if asked.json {
        return Ok(writeln!(stdout, "{}", serde_json::to_string_pretty(&timelines)?)?);
    }
    let colour = colored::control::SHOULD_COLORIZE.should_colorize();
    Ok(write!(stdout, "{}", text::show(&timelines, colour))?)
}

fn follow(asked: &cli::Follow) -> Ended {
    let recorded = Recorded::read(&asked.folder)?;
    let request = Request::find(&recorded, asked.client.as_deref(), asked.request)?;
    if let Some(file) = &asked.svg {
        return write_picture(file, &request::svg::draw(&request, Form::File));
    }
    let colour = colored::control::SHOULD_COLORIZE.should_colorize();
    Ok(write!(io::stdout(), "{}", request::text::show(&request, colour))?)
}

fn write_picture(file: &Path, picture: &str) -> Ended {
    fs::write(file, picture).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(writeln!(io::stdout(), "The picture: {}", file.display())?)
}

#[cfg(target_os = "linux")]
fn watch(asked: cli::Watch) -> Ended {
    let cli::Watch { target, port, once } = asked;
    Ok(watch::run(&watch::Options { target, port, once })?)
}

fn bench(asked: cli::Bench) -> Ended {
    let cli::Bench { only, rounds, quick: is_quick, with, json, chart, programs } = asked;
    cleanup::end_on_signals()?;
    let programs = programs.map_or_else(own_folder, Ok)?;
    let rounds = rounds.map_or(if is_quick { 2 } else { 5 }, usize::from);
    let options = bench::Options { only, rounds, is_quick, programs, with, json, chart };
    Ok(io::stdout().write_all(bench::run(&options)?.as_bytes())?)
}

fn compare(asked: cli::Compare) -> Ended {
    let cli::Compare { quick, with_threads, with, own, recorded, all, out, programs, broken, kit } =
        asked;
    let (is_quick, is_recorded) = (quick, recorded);
    cleanup::end_on_signals()?;
    let programs = programs.map_or_else(own_folder, Ok)?;
    let has_colour = colored::control::SHOULD_COLORIZE.should_colorize();
    let options = compare::Options {
        is_quick,
        with_threads,
        with,
        own,
        is_recorded,
        out,
        programs,
        broken,
        kit,
    };
    Ok(io::stdout().write_all(compare::run(&options, all, has_colour)?.as_bytes())?)
}

/// Where lens is, and with it the labs that were built.
fn own_folder() -> io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(""))
}

/// Whoever read our output has seen enough, as `head` does.
fn is_closed_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
