//! Where the lines of the log go: to the terminal in colour, and to a file with the time.
//!
//! A log that cannot be written never ends a server.

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use colored::{Color, Colorize};
use log::{Level, LevelFilter, warn};

mod sink;
use sink::Sink;
pub use sink::{detach, flush};

/// Starts the log. Call it once, before the first line.
pub fn start(file: &Path, quiet: bool) {
    let level = if quiet { LevelFilter::Info } else { LevelFilter::Debug };
    colored::control::set_override(wants_colour(&io::stderr()));
    let terminal = fern::Dispatch::new()
        .format(|out, message, record| {
            out.finish(format_args!("{}", coloured(message, record)));
        })
        .chain(output(io::stderr()));
    let mut log = fern::Dispatch::new().level(level).chain(terminal);
    let opened = open(file);
    if let Ok(file) = &opened
        && let Ok(file) = file.try_clone()
    {
        let with_time = fern::Dispatch::new()
            .format(|out, message, _| {
                let time = humantime::format_rfc3339_millis(std::time::SystemTime::now());
                out.finish(format_args!("{time} {message}"));
            })
            .chain(output(file));
        log = log.chain(with_time);
    }
    let started = log.apply();
    if let Err(error) = opened {
        let file = file.display();
        warn!("No log file: {file} cannot be written ({error}).\nName another with --log-file.");
    }
    if started.is_err() {
        warn!("The log was started twice.");
    }
}

/// Whether to write colours to this stream: it is a terminal, and the user has not refused colours.
/// Source: no-color.org.
pub(crate) fn wants_colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn open(file: &Path) -> io::Result<fs::File> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(file)
}

fn output(target: impl Write + Send + 'static) -> fern::Output {
    let sink = Mutex::new(Sink::new(target));
    fern::Output::call(move |record| {
        let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
        sink.write_line(&format!("{}\n", record.args()));
    })
}

fn coloured(message: &std::fmt::Arguments<'_>, record: &log::Record<'_>) -> String {
    let text = message.to_string();
    let colour = match (record.level(), text.split([' ', ':']).next()) {
        (Level::Error, _) => Color::Red,
        (_, Some("Sent")) if text.contains(": ERR ") => Color::Red,
        (Level::Warn, _) | (_, Some("Key")) => Color::Yellow,
        (_, Some("Received")) => Color::Cyan,
        (_, Some("Sent")) => Color::Green,
        (_, Some("Connection")) => Color::Magenta,
        _ => return text,
    };
    text.color(colour).to_string()
}

/// Tells a person at the terminal what to type next.
pub fn invite(lab: &str, addr: SocketAddr) {
    if io::stderr().is_terminal() {
        let port = addr.port();
        let option = if port == 6379 { String::new() } else { format!(" --port {port}") };
        let line =
            format!("Talk to it from another terminal:  cargo run -p {lab} -- client{option}");
        _ = writeln!(io::stderr(), "{}", format!("{line}\nStop it with Ctrl-C.").dimmed());
    }
}
