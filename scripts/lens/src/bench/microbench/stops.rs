//! How long a client waits while the server has other work: a table that grows, keys that are all due at once,
//! clients that connect. A server that does all of it at once keeps everybody else waiting. The baseline keeps
//! no table, so its figures show the machine.

use std::io;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::bench::report::{Aim, Row};
use crate::bench::targets::Targets;
use crate::measure::beside::Asking;
use crate::measure::client::{BlockingClient, VALUE};
use crate::measure::{MeasureError, Subject, by_turns, fill};
use crate::sys::Server;

/// Each takes some seconds, and a gigabyte.
const ROUNDS: usize = 3;
/// No server takes longer to set its keys.
const LONGEST: Duration = Duration::from_secs(60);

/// The work of a server while a client pings.
type Work = Box<dyn FnOnce() -> io::Result<()> + Send>;

/// A kind of work, and what it should not do to the client.
struct Kind {
    name: &'static str,
    about: &'static str,
    /// What is judged, and how much it should be at most: the longest wait of a client of lab 4, in ms, or as a
    /// share of Redis's longest wait.
    judged: (&'static str, f64),
    /// How many keys, or how many ms.
    amount: u64,
    /// Prepares the work.
    prepare: fn(&Server, u64) -> Result<Work, MeasureError>,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "stops",
        about: "The longest wait for a PONG while keys are set",
        judged: ("lab4", 10.0),
        amount: 5_000_000,
        prepare: set_keys,
    },
    Kind {
        name: "stops-due",
        about: "The same while 1,000,000 keys are due at once",
        judged: ("lab4 ÷ redis", 1.0),
        amount: 1_000_000,
        prepare: wait_for_due_keys,
    },
    Kind {
        name: "stops-connecting",
        about: "The same while 16 threads connect and close",
        judged: ("lab4 ÷ redis", 1.0),
        amount: 2_000,
        prepare: connect_and_close,
    },
];

pub(super) fn measure(targets: &Targets) -> Result<Vec<Row>, MeasureError> {
    let rows: Result<Vec<_>, _> = KINDS.iter().map(|kind| measure_kind(targets, kind)).collect();
    Ok(rows?.concat())
}

/// The longest wait of each round, and that of 999 of 1,000 PINGs.
fn measure_kind(targets: &Targets, kind: &Kind) -> Result<Vec<Row>, MeasureError> {
    let subjects = targets.these(&["redis", "lab4", "baseline"]).into_iter();
    let sides = subjects.map(|subject| (subject.short.clone(), subject)).collect();
    let (rounds, amount) = (targets.rounds.min(ROUNDS), targets.scaled(kind.amount));
    let unit = format!("{}: longest wait, ms", kind.name);
    let waits = by_turns(
        rounds,
        sides,
        &unit,
        |(longest, _)| *longest,
        |subject: &&Subject, _| work_and_ping(&subject.start()?, kind, amount),
    )?;
    let mut longest = Row::new(kind.name, kind.about, "ms");
    let about = "  the wait of 999 of 1,000 PINGs meanwhile";
    let mut most = Row::new(&format!("{}-p99.9", kind.name), about, "ms");
    for (name, waits) in waits {
        let (all, nearly_all): (Vec<f64>, Vec<f64>) = waits.into_iter().unzip();
        longest.add(&name, &all);
        most.add(&name, &nearly_all);
    }
    longest.judge(kind.judged.0, Aim::AtMost(kind.judged.1));
    Ok(vec![longest, most])
}

fn work_and_ping(server: &Server, kind: &Kind, amount: u64) -> Result<(f64, f64), MeasureError> {
    let work = (kind.prepare)(server, amount)?;
    let waits = BlockingClient::connect_patiently(server).and_then(|client| {
        // It is connected before the others, which may keep it from that.
        let ping = Asking { client: Some(client), command: "PING", pause: Duration::ZERO };
        ping.beside(server, work)
    });
    let waits = waits.map_err(|error| MeasureError::lost(server, error))?;
    let millis = |nanos: u64| Duration::from_nanos(nanos).as_secs_f64() * 1e3;
    Ok((millis(waits.max()), millis(waits.value_at_quantile(0.999))))
}

/// Sets keys on a connection of its own.
fn set_keys(server: &Server, keys: u64) -> Result<Work, MeasureError> {
    let mut client = BlockingClient::connect_patiently(server)
        .map_err(|error| MeasureError::lost(server, error))?;
    Ok(Box::new(move || client.fill(0..keys, VALUE)))
}

/// Sets keys that are all due at the same time. The work is to remove them.
fn wait_for_due_keys(server: &Server, keys: u64) -> Result<Work, MeasureError> {
    // Most often enough time to set them. If it is not, they are set once more, with more time.
    let mut time = Duration::from_millis(500) + Duration::from_micros(8 * keys);
    let left = loop {
        let due = SystemTime::now() + time;
        let millis = due.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
        fill(server, 0..keys, &format!("{VALUE} PXAT {millis}"))?;
        match due.duration_since(SystemTime::now()) {
            Ok(left) => break left,
            Err(_) if time < LONGEST => time *= 2,
            Err(_) => {
                let error = io::Error::other("the keys were due before all of them were set");
                return Err(MeasureError::lost(server, error));
            }
        }
    };
    Ok(Box::new(move || {
        thread::sleep(left + Duration::from_secs(1));
        Ok(())
    }))
}

/// 16 threads that connect and close, as often as they can.
fn connect_and_close(server: &Server, millis: u64) -> Result<Work, MeasureError> {
    let addr = server.addr;
    Ok(Box::new(move || {
        let end = Instant::now() + Duration::from_millis(millis);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(move || {
                    while Instant::now() < end {
                        if TcpStream::connect(addr).is_err() {
                            // No port is free: the closed connections still hold them for a second.
                            thread::sleep(Duration::from_millis(1));
                        }
                    }
                });
            }
        });
        Ok(())
    }))
}
