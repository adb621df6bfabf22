//! Where the lines of the log go: to the terminal in colour, and to a file with the time.
//!
//! A log that cannot be written never ends a server. It causes one warning, in the other place.

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use colored::{Color, Colorize};
use log::{Level, LevelFilter, warn};

mod sink;
use sink::{Sink, Target};
pub use sink::{detach, flush};

/// Starts the log. Call it once, before the first line.
pub fn start(file: &Path, quiet: bool) {
    let level = if quiet { LevelFilter::Info } else { LevelFilter::Debug };
    colored::control::set_override(wants_colour(&io::stderr()));
    let terminal = fern::Dispatch::new()
        .format(|out, message, record| {
            out.finish(format_args!("{}", coloured(message, record)));
        })
        .chain(output("Standard error".to_owned(), io::stderr()));
    let log = fern::Dispatch::new().level(level).chain(terminal);
    let opened = open(file).map(|target| {
        let with_time = fern::Dispatch::new().format(|out, message, _| {
            let time = humantime::format_rfc3339_millis(std::time::SystemTime::now());
            out.finish(format_args!("{time} {message}"));
        });
        with_time.chain(output(format!("The log file {}", file.display()), target))
    });
    let (log, problem) = match opened {
        Ok(with_time) => (log.chain(with_time), None),
        Err(error) => (log, Some(error)),
    };
    let started = log.apply();
    if let Some(error) = problem {
        let (file, why) = (file.display(), reason(&error));
        warn!("No log file: {file} cannot be written ({why}).\nName another with --log-file.");
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
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    let _keeps_the_reader = open_without_waiting(&options, file)?;
    options.open(file)
}

/// To open a pipe waits until a program reads the pipe, perhaps for ever. This fails instead.
#[cfg(unix)]
fn open_without_waiting(options: &OpenOptions, file: &Path) -> io::Result<fs::File> {
    use nix::libc::{ENXIO, O_NONBLOCK};
    use std::os::unix::fs::OpenOptionsExt as _;

    let opened = options.clone().custom_flags(O_NONBLOCK).open(file);
    opened.map_err(|error| match error.raw_os_error() {
        Some(ENXIO) => io::Error::other("no program reads the pipe"),
        _ => error,
    })
}

fn output(name: String, target: impl Write + Send + 'static) -> fern::Output {
    let sink = Mutex::new(Sink::new(Target::new(name, target)));
    fern::Output::call(move |record| {
        let line = format!("{}\n", record.args());
        let warning = sink.lock().unwrap_or_else(PoisonError::into_inner).write_line(&line);
        // The warning comes here too, so the lock must be free.
        if let Some(warning) = warning {
            warn!("{warning}");
        }
    })
}

/// What an error says, without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
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

/// Says that the server is ready: one line on stdout, and for a person at the terminal, what to type next.
pub fn announce(lab: &str, addr: SocketAddr) {
    let pid = std::process::id();
    if let Err(error) = writeln!(io::stdout(), "{lab} listening on {addr} (pid {pid})") {
        warn!("Standard output cannot be written ({}).", reason(&error));
    }
    if io::stderr().is_terminal() {
        let port = addr.port();
        let option = if port == 6379 { String::new() } else { format!(" --port {port}") };
        let line =
            format!("Talk to it from another terminal:  cargo run -p {lab} -- client{option}");
        _ = writeln!(io::stderr(), "{}", format!("{line}\nStop it with Ctrl-C.").dimmed());
    }
}
