//! The benchmark of large keys and values: one client, one request after the other.
//!
//! It is that of the original lab, which sent a request, read 4,096 bytes once and stopped its clock,
//! so a reply in several pieces was measured to its first. Here each reply is read to its end and
//! looked at.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use colored::Colorize;
use serde_json::{Value, json};

use super::tape::named;
use super::text::{micros, time};
use crate::cli::Bench;
use crate::inbox::Inbox;
use crate::reply::Reply;
use crate::wire::Codec;

/// Sizes, in KB of 1,024 bytes.
const KEYS: [usize; 3] = [1, 5, 10];
const VALUES: [usize; 3] = [10, 50, 100];
const KB: usize = 1024;
/// How often each is set and got.
const REPEATS: u32 = 5;
/// After this time without a reply, the user is told what we are waiting for.
const HINT_AFTER: Duration = Duration::from_secs(1);

/// Measures, and prints a table.
///
/// # Errors
/// If nothing listens at `addr`, if no reply comes, or if one is not what was asked for.
pub fn run<C: Codec>(addr: SocketAddr, options: &Bench) -> io::Result<ExitCode> {
    let patience = Duration::from_secs(options.patience);
    let mut server = Dialogue::<C>::open(addr, patience)?;
    let mut rows = Vec::new();
    for key in KEYS {
        for value in VALUES {
            rows.push(server.measure(key, value)?);
        }
    }
    let mut out = io::stdout().lock();
    if options.json {
        writeln!(out, "{}", to_json(addr, &rows))?;
    } else {
        write_text(addr, &rows, &mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The average times for one size of key and value.
struct Row {
    key: usize,
    value: usize,
    set: Duration,
    get: Duration,
}

/// A connection on which requests are answered one by one.
struct Dialogue<C> {
    stream: TcpStream,
    patience: Duration,
    codec: C,
    inbox: Inbox,
    outbox: Vec<u8>,
}

impl<C: Codec> Dialogue<C> {
    fn open(addr: SocketAddr, patience: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&addr, patience).map_err(|error| {
            if is_timeout(&error) { held("no connection", patience) } else { error }
        })?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(patience))?;
        stream.set_read_timeout(Some(HINT_AFTER.min(patience)))?;
        let (inbox, outbox) = (Inbox::new(), Vec::new());
        Ok(Self { stream, patience, codec: C::default(), inbox, outbox })
    }

    fn measure(&mut self, key_kb: usize, value_kb: usize) -> io::Result<Row> {
        let (key, value) = (letters("bench:", key_kb * KB), letters("", value_kb * KB));
        let failed = |what: &str, reply: &Reply<'_>| {
            let reply = named(reply);
            let sizes = format!("a key of {key_kb} KB and a value of {value_kb} KB");
            io::Error::other(format!("{what} with {sizes} was answered {reply}"))
        };
        let (mut set, mut get) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..REPEATS {
            let (reply, time) = self.ask(&[b"SET".to_vec(), key.clone(), value.clone()])?;
            if !matches!(&reply, Reply::Status(text) if text == "OK")
                && !matches!(&reply, Reply::Bulk(bytes) if **bytes == *b"OK")
            {
                return Err(failed("SET", &reply));
            }
            set += time;
            let (reply, time) = self.ask(&[b"GET".to_vec(), key.clone()])?;
            if !matches!(&reply, Reply::Bulk(bytes) if **bytes == *value) {
                return Err(failed("GET", &reply));
            }
            get += time;
        }
        // Nobody wants to see a key of 10 KB among the keys of the server afterwards.
        self.ask(&[b"DEL".to_vec(), key])?;
        Ok(Row { key: key_kb, value: value_kb, set: set / REPEATS, get: get / REPEATS })
    }

    /// Sends a request and reads its whole reply. The time is that between the two.
    fn ask(&mut self, words: &[Vec<u8>]) -> io::Result<(Reply<'static>, Duration)> {
        self.outbox.clear();
        C::encode(words, &mut self.outbox);
        let started = Instant::now();
        self.stream.write_all(&self.outbox)?;
        loop {
            let decoded = self.codec.decode(&mut self.inbox);
            if let Some(reply) = decoded.map_err(io::Error::other)? {
                return Ok((reply, started.elapsed()));
            }
            match self.stream.read(self.inbox.room()) {
                Ok(0) => return Err(io::Error::other("the server closed the connection")),
                Ok(count) => self.inbox.arrived(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => self.wait_on(started.elapsed())?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Says what we are waiting for, and waits on, if there is patience left.
    fn wait_on(&mut self, waited: Duration) -> io::Result<()> {
        let left = self.patience.saturating_sub(waited);
        if left < Duration::from_millis(1) {
            return Err(held("no reply", waited));
        }
        eprintln!("No reply yet: another client may be holding the server. Waiting ...");
        self.stream.set_read_timeout(Some(left))
    }
}

fn held(what: &str, waited: Duration) -> io::Error {
    let waited = time(waited);
    io::Error::other(format!("{what} for {waited}: another client may be holding the server"))
}

/// The system has two names for it.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// `size` letters, no two neighbours the same, so that a piece that is lost or in the wrong place shows.
fn letters(start: &str, size: usize) -> Vec<u8> {
    start.bytes().chain((b'a'..=b'z').cycle()).take(size).collect()
}

fn write_text(addr: SocketAddr, rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    let title = format!("Large keys and values on {addr}, average of {REPEATS} times");
    writeln!(out, "{}\n", title.bold())?;
    writeln!(out, "{:>8}{:>10}{:>12}{:>12}", "key", "value", "SET", "GET")?;
    for Row { key, value, set, get } in rows {
        let (key, value) = (format!("{key} KB"), format!("{value} KB"));
        writeln!(out, "{key:>8}{value:>10}{:>12}{:>12}", time(*set), time(*get))?;
    }
    let (set, get) = averages(rows);
    let (set, get, replies) = (time(set), time(get), rows.len() * 2 * REPEATS as usize);
    writeln!(
        out,
        "\nAll {replies} replies came whole and right: SET took {set} on average, GET {get}."
    )?;
    let of_size = |size: usize| {
        let rows = rows.iter().filter(|row| row.value == size);
        rows.map(|row| row.set + row.get).sum::<Duration>().as_secs_f64()
    };
    let ratio = of_size(VALUES[2]) / of_size(VALUES[0]);
    writeln!(out, "A value ten times as large took {ratio:.1} times as long.")
}

fn to_json(addr: SocketAddr, rows: &[Row]) -> Value {
    let (set, get) = averages(rows);
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "key_bytes": row.key * KB,
                "value_bytes": row.value * KB,
                "set_average_us": micros(row.set),
                "get_average_us": micros(row.get),
            })
        })
        .collect();
    json!({
        "server": addr.to_string(),
        "repeats": REPEATS,
        "rows": rows,
        "set_average_us": micros(set),
        "get_average_us": micros(get),
    })
}

/// The average SET and GET of all rows.
fn averages(rows: &[Row]) -> (Duration, Duration) {
    let count = u32::try_from(rows.len()).unwrap_or(1).max(1);
    let (set, get) = (rows.iter().map(|row| row.set), rows.iter().map(|row| row.get));
    (set.sum::<Duration>() / count, get.sum::<Duration>() / count)
}
