//! The benchmark of large keys and values: one client, one request after the other.
//!
//! The clock stops when the whole reply has arrived, and each reply is checked. A careless benchmark
//! reads once and stops its clock. Then it measures only the first piece of a large reply.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use codec::{BadReply, Codec, Reply};
use colored::Colorize;
use serde_json::{Value, json};
use shared::buffer::ReadBuffer;

use super::text::{micros, time};
use super::unless_unread;
use super::workload::describe;
use crate::cli::Bench;
use crate::other_lab;

/// Sizes, in KB of 1,024 bytes.
const KEYS: [usize; 3] = [1, 5, 10];
const VALUES: [usize; 3] = [10, 50, 100];
const KB: usize = 1024;
/// How often each pair of sizes is measured.
const REPEATS: u32 = 5;
/// After this time without a reply, the user sees a hint.
const HINT_AFTER: Duration = Duration::from_secs(1);

/// Measures, and prints a table.
///
/// # Errors
/// If no server listens at `addr`, if no reply comes, or if a reply is not the expected one.
pub fn run<C: Codec>(addr: SocketAddr, options: &Bench) -> io::Result<ExitCode> {
    let stall_timeout = Duration::from_secs(options.stall_timeout);
    let mut client = BlockingClient::<C>::connect(addr, stall_timeout)?;
    let mut rows = Vec::new();
    for key in KEYS {
        for value in VALUES {
            rows.push(client.measure(key, value)?);
        }
    }
    let mut out = io::stdout().lock();
    let written = if options.json {
        writeln!(out, "{}", to_json(addr, &rows))
    } else {
        write_text(addr, &rows, &mut out)
    };
    unless_unread(written.and_then(|()| out.flush()))?;
    Ok(ExitCode::SUCCESS)
}

/// The average times for one size of key and value.
struct Row {
    key: usize,
    value: usize,
    set: Duration,
    get: Duration,
}

/// A client that waits for each reply before it sends the next request.
struct BlockingClient<C> {
    stream: TcpStream,
    stall_timeout: Duration,
    codec: C,
    buffer: ReadBuffer,
    output: Vec<u8>,
}

impl<C: Codec> BlockingClient<C> {
    fn connect(addr: SocketAddr, stall_timeout: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&addr, stall_timeout).map_err(|error| {
            if is_timeout(&error) { stalled("no connection", stall_timeout) } else { error }
        })?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(stall_timeout))?;
        stream.set_read_timeout(Some(HINT_AFTER.min(stall_timeout)))?;
        let (buffer, output) = (ReadBuffer::new(), Vec::new());
        Ok(Self { stream, stall_timeout, codec: C::default(), buffer, output })
    }

    fn measure(&mut self, key_kb: usize, value_kb: usize) -> io::Result<Row> {
        let (key, value) = (letters("bench:", key_kb * KB), letters("", value_kb * KB));
        let wrong = |name: &str, reply: &Reply| {
            let reply = describe(reply);
            let sizes = format!("a key of {key_kb} KB and a value of {value_kb} KB");
            io::Error::other(format!("the reply to {name} with {sizes} was\n  {reply}"))
        };
        let (mut set, mut get) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..REPEATS {
            let (reply, time) = self.ask(&[b"SET".to_vec(), key.clone(), value.clone()])?;
            if !matches!(&reply, Reply::Status(text) if text == "OK")
                && !matches!(&reply, Reply::Bulk(bytes) if bytes == b"OK")
            {
                // The reply to SET is never a stored value, so it is foreign if it looks so.
                let is_foreign = C::looks_foreign(&reply);
                let foreign = || other_lab::into_io(BadReply::SpeaksResp);
                return Err(if is_foreign { foreign() } else { wrong("SET", &reply) });
            }
            set += time;
            let (reply, time) = self.ask(&[b"GET".to_vec(), key.clone()])?;
            if !matches!(&reply, Reply::Bulk(bytes) if *bytes == value) {
                return Err(wrong("GET", &reply));
            }
            get += time;
        }
        // A key of 10 KB would fill the terminal at the user's next KEYS command.
        self.ask(&[b"DEL".to_vec(), key])?;
        Ok(Row { key: key_kb, value: value_kb, set: set / REPEATS, get: get / REPEATS })
    }

    /// Sends a request and reads its whole reply. The time is the time from one to the other.
    fn ask(&mut self, args: &[Vec<u8>]) -> io::Result<(Reply, Duration)> {
        self.output.clear();
        C::encode_request(args, &mut self.output);
        let started = Instant::now();
        self.stream.write_all(&self.output)?;
        loop {
            let decoded = self.codec.decode_reply(&mut self.buffer);
            if let Some(reply) = decoded.map_err(other_lab::into_io)? {
                return Ok((reply, started.elapsed()));
            }
            match self.stream.read(self.buffer.spare_mut()) {
                Ok(0) => return Err(io::Error::other("the server closed the connection")),
                Ok(count) => self.buffer.commit(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => self.wait_on(started.elapsed())?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Prints a hint. The client then waits until the stall timeout has passed.
    fn wait_on(&mut self, waited: Duration) -> io::Result<()> {
        let left = self.stall_timeout.saturating_sub(waited);
        if left < Duration::from_millis(1) {
            return Err(stalled("no reply", waited));
        }
        // If stderr is closed, the measurement goes on without the hint.
        let hint = "No reply yet: the server may be busy with another client. Waiting ...";
        _ = writeln!(io::stderr(), "{hint}");
        self.stream.set_read_timeout(Some(left))
    }
}

fn stalled(what: &str, waited: Duration) -> io::Error {
    let waited = time(waited);
    io::Error::other(format!("{what} for {waited}.\nThe server may be busy with another client."))
}

/// The name of this error depends on the operating system.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// `size` letters, never the same letter twice in a row, so that a lost or misplaced piece is noticed.
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

/// The average times of SET and GET over all rows.
fn averages(rows: &[Row]) -> (Duration, Duration) {
    let count = u32::try_from(rows.len()).unwrap_or(1).max(1);
    let (set, get) = (rows.iter().map(|row| row.set), rows.iter().map(|row| row.get));
    (set.sum::<Duration>() / count, get.sum::<Duration>() / count)
}
