//! How long a client waits while the server has other work: a table that grows, keys that are all due at once,
//! clients that connect. A server that does all of it at once keeps everybody else waiting. The baseline keeps
//! no table, so its figures show the machine.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hdrhistogram::Histogram;

use crate::bench::report::Judged;
use crate::bench::spread::ratios;
use crate::bench::stage::{Stage, rotated};
use crate::bench::{Ended, Row, tell};
use crate::measure::{Filler, MeasureError, Program, Server, fill};

/// Each takes some seconds, and a gigabyte.
const ROUNDS: usize = 3;
/// A client waits no longer than this for a PONG.
const PATIENCE: Duration = Duration::from_secs(60);
const VALUE: &str = "sixteen letters.";

/// The work of a server while a client pings.
type Work = Box<dyn FnOnce() -> io::Result<()> + Send>;

/// A kind of work, and what it should not do to the client.
struct Kind {
    name: &'static str,
    about: &'static str,
    /// The longest wait of a client of lab 4, in ms. Without this, the target is Redis's longest wait.
    target: Option<f64>,
    /// How many keys, or how many ms.
    amount: u64,
    /// Prepares the work.
    prepare: fn(&Server, u64) -> Ended<Work>,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "stops",
        about: "The longest wait for a PONG while keys are set",
        target: Some(10.0),
        amount: 5_000_000,
        prepare: set_keys,
    },
    Kind {
        name: "stops-due",
        about: "The same while 1,000,000 keys are due at once",
        target: None,
        amount: 1_000_000,
        prepare: wait_for_due_keys,
    },
    Kind {
        name: "stops-connecting",
        about: "The same while 16 threads connect and close",
        target: None,
        amount: 2_000,
        prepare: connect_and_close,
    },
];

pub(super) fn measure(stage: &Stage) -> Ended<Vec<Row>> {
    let rows: Vec<Vec<Row>> =
        KINDS.iter().map(|kind| measure_kind(stage, kind)).collect::<Ended<_>>()?;
    Ok(rows.concat())
}

/// The longest wait of each round, and that of 999 of 1,000 PINGs.
fn measure_kind(stage: &Stage, kind: &Kind) -> Ended<Vec<Row>> {
    let programs: Vec<&Program> =
        stage.redis_and_lab4().into_iter().chain(stage.baseline.as_ref()).collect();
    let mut waits = vec![(Vec::new(), Vec::new()); programs.len()];
    for round in 0..stage.rounds.min(ROUNDS) {
        for place in rotated(programs.len(), round) {
            let server = Server::start(programs[place])?;
            let (longest, most) = work_and_ping(&server, kind, stage.scaled(kind.amount))?;
            waits[place].0.push(longest);
            waits[place].1.push(most);
        }
        let last = |(longest, _): &(Vec<f64>, _)| longest.last().copied().unwrap_or(0.0);
        let figures =
            programs.iter().zip(&waits).map(|(it, waits)| (it.name.as_str(), last(waits)));
        tell::round(round, &format!("{}: longest wait, ms", kind.name), figures);
    }
    let mut longest = Row::new(kind.name, kind.about, "ms");
    let about = "  the wait of 999 of 1,000 PINGs meanwhile";
    let mut most = Row::new(&format!("{}-p99.9", kind.name), about, "ms");
    for (program, (all, nearly_all)) in programs.iter().zip(&waits) {
        longest.add(&program.name, all);
        most.add(&program.name, nearly_all);
    }
    let of =
        |name| programs.iter().position(|it| it.name.as_str() == name).map(|place| &waits[place].0);
    longest.judged.extend(match (kind.target, of("lab4"), of("redis")) {
        (Some(target), Some(lab4), _) => Some(Judged::new("lab4", lab4).at_most(target)),
        (None, Some(lab4), Some(redis)) => {
            Some(Judged::new("lab4 ÷ redis", &ratios(lab4, redis)).at_most(1.0))
        }
        _ => None,
    });
    Ok(vec![longest, most])
}

fn work_and_ping(server: &Server, kind: &Kind, amount: u64) -> Ended<(f64, f64)> {
    let (work, addr) = ((kind.prepare)(server, amount)?, server.addr);
    let is_done = AtomicBool::new(false);
    let waits = thread::scope(|scope| {
        let pings = scope.spawn(|| ping(addr, &is_done));
        let worked = work();
        is_done.store(true, Ordering::Relaxed);
        let pinged = pings.join().unwrap_or_else(|_| Err(io::Error::other("the thread ended")));
        worked.and(pinged)
    });
    let waits = waits.map_err(|error| MeasureError::lost(server, error))?;
    let millis = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1e3;
    Ok((millis(waits.max()), millis(waits.value_at_quantile(0.999))))
}

/// Sets keys on a connection of its own.
fn set_keys(server: &Server, keys: u64) -> Ended<Work> {
    let mut filler = Filler::new(server)?;
    Ok(Box::new(move || filler.set(0..keys, VALUE, &[])))
}

/// Sets keys that are all due at the same time. The work is to remove them.
fn wait_for_due_keys(server: &Server, keys: u64) -> Ended<Work> {
    // Enough time to set them, also on a slow machine.
    let due = SystemTime::now() + Duration::from_millis(500) + Duration::from_micros(8 * keys);
    let millis = due.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
    fill(server, 0..keys, VALUE, &["PXAT", &millis])?;
    let Ok(left) = due.duration_since(SystemTime::now()) else {
        let error = io::Error::other("the keys were due before all of them were set");
        return Err(MeasureError::lost(server, error));
    };
    Ok(Box::new(move || {
        thread::sleep(left + Duration::from_secs(1));
        Ok(())
    }))
}

/// 16 threads that connect and close, as often as they can.
fn connect_and_close(server: &Server, millis: u64) -> Ended<Work> {
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

/// Pings until the work is done; how long each took, in µs.
fn ping(addr: SocketAddr, is_done: &AtomicBool) -> io::Result<Histogram<u64>> {
    let mut waits = Histogram::new(3).map_err(io::Error::other)?;
    let mut stream = TcpStream::connect(addr)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reply = [0; 7];
    loop {
        let asked = Instant::now();
        stream.write_all(b"*1\r\n$4\r\nPING\r\n")?;
        stream.read_exact(&mut reply)?;
        let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        waits.record(micros.max(1)).map_err(io::Error::other)?;
        if is_done.load(Ordering::Relaxed) {
            return Ok(waits);
        }
    }
}
