//! What a server tells about its work: on the terminal in colour, and in a file with the time.
//!
//! A line per command is of level *debug*, so that `--quiet` (level *info*) leaves connections and
//! errors. A log that cannot be written never ends a server.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;

use colored::{Color, Colorize};
use log::{Level, LevelFilter, debug, info, log_enabled, warn};

use crate::reply::Reply;
use crate::request::Request;
use crate::wire::Wire;

/// Longest word that a line shows whole, in bytes: nobody reads a value of 100 KB on a terminal.
const SHOWN: usize = 200;

/// Starts the log. Call it once, before the first line.
pub fn start(file: &Path, quiet: bool) {
    let level = if quiet { LevelFilter::Info } else { LevelFilter::Debug };
    let in_colour = wants_colour(&io::stderr());
    colored::control::set_override(in_colour);
    let terminal = fern::Dispatch::new()
        .format(|out, message, record| {
            out.finish(format_args!("{}", in_its_colour(message, record)));
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
        warn!("No log file: {file} cannot be written ({error}). --log-file names another.");
    }
    if started.is_err() {
        warn!("The log was started twice.");
    }
}

/// Whether what is written there is for a person who wants colours. Source: no-color.org.
pub(crate) fn wants_colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn open(file: &Path) -> io::Result<fs::File> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(file)
}

/// A sink that takes a line in one `write` and cannot fail: a terminal that is gone or a disk that is
/// full costs the line and not the server.
fn output(sink: impl Write + Send + 'static) -> fern::Output {
    fern::Output::writer(Box::new(BufWriter::new(NeverFails(sink))), "\n")
}

struct NeverFails<W>(W);

impl<W: Write> Write for NeverFails<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        _ = self.0.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        _ = self.0.flush();
        Ok(())
    }
}

fn in_its_colour(message: &std::fmt::Arguments<'_>, record: &log::Record<'_>) -> String {
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

/// `Connection from 127.0.0.1:40960`
pub fn connected(addr: SocketAddr) {
    info!("Connection from {addr}");
}

/// `Connection refused for 127.0.0.1:40960: no more than 10000 may be here (--max-clients)`
pub fn refused(addr: SocketAddr, clients: u32) {
    warn!("Connection refused for {addr}: no more than {clients} may be here (--max-clients)");
}

/// `Connection closed for 127.0.0.1:40960`, with the reason if it was not the client's wish.
pub fn disconnected(addr: SocketAddr, reason: Option<&io::Error>) {
    match reason {
        None => info!("Connection closed for {addr}"),
        Some(reason) => warn!("Connection closed for {addr}: {reason}"),
    }
}

/// `Key expired and removed: name`
pub fn expired(key: &[u8]) {
    debug!("Key expired and removed: {}", shown(key));
}

/// `Received: SET name Alice`, or `Received RESP: ["SET", "name", "Alice"]`
#[inline]
pub fn received(wire: Wire, request: &Request<'_>) {
    if log_enabled!(Level::Debug) {
        tell_received(wire, request);
    }
}

#[cold]
fn tell_received(wire: Wire, request: &Request<'_>) {
    let words: Vec<String> = request.words().take(SHOWN).map(shown).collect();
    match wire {
        Wire::Lines => debug!("Received: {}", words.join(" ")),
        Wire::Resp => debug!("Received RESP: [\"{}\"]", words.join("\", \"")),
    }
}

/// `Sent: OK`, or `Sent RESP: OK`
#[inline]
pub fn sent(wire: Wire, reply: &Reply<'_>) {
    if log_enabled!(Level::Debug) {
        tell_sent(wire, reply);
    }
}

#[cold]
fn tell_sent(wire: Wire, reply: &Reply<'_>) {
    let mut text = String::new();
    describe(reply, &mut text);
    match wire {
        Wire::Lines => debug!("Sent: {text}"),
        Wire::Resp => debug!("Sent RESP: {text}"),
    }
}

fn describe(reply: &Reply<'_>, text: &mut String) {
    match reply {
        Reply::Status(line) | Reply::Error(line) => text.push_str(line),
        Reply::Integer(value) => _ = write!(text, "{value}"),
        Reply::Bulk(bytes) => text.push_str(&shown(bytes)),
        Reply::Text(lines) => text.push_str(&shown(lines.as_bytes())),
        Reply::Nil => text.push_str("(nil)"),
        Reply::Array(items) => _ = write!(text, "({} replies)", items.len()),
        Reply::Map(pairs) => _ = write!(text, "({} fields)", pairs.len()),
    }
}

/// A client's bytes on one line of text: what is no letter is escaped, what is long is cut.
fn shown(bytes: &[u8]) -> String {
    match bytes.get(..SHOWN) {
        Some(start) if bytes.len() > SHOWN => {
            format!("{}... ({} bytes)", printable(start), bytes.len())
        }
        _ => printable(bytes),
    }
}

fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() || letter == '\\' {
                text.extend(letter.escape_default());
            } else {
                text.push(letter);
            }
        }
        _ = write!(text, "{}", chunk.invalid().escape_ascii());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_bytes_stay_on_one_line_of_text() {
        assert_eq!(shown(b"two\r\nlines \x1b[31m\xff"), r"two\r\nlines \u{1b}[31m\xff");
        assert_eq!(shown("Zoë".as_bytes()), "Zoë");
    }

    #[test]
    fn a_long_value_is_cut_and_its_length_told() {
        let text = shown(&vec![b'x'; 100_000]);
        assert!(text.ends_with("x... (100000 bytes)"), "{text}");
        assert!(text.len() < 300);
    }
}
