//! How long a client waits while another fills the table: a table that moves to a larger place all at once
//! stops the server for that time. The baseline keeps no table, so its figures show the machine.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::bench::report::Judged;
use crate::bench::stage::{Stage, rotated};
use crate::bench::{Ended, Row, tell};
use crate::measure::{Filler, MeasureError, Program, Server};

const KEYS: u64 = 5_000_000;
/// In milliseconds.
const TARGET: f64 = 10.0;
/// Each takes some seconds, and a gigabyte.
const ROUNDS: usize = 3;
/// A client waits no longer than this for a PONG.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest wait of a round, and that of 999 of 1,000 PINGs, in ms.
type Waits = (Vec<f64>, Vec<f64>);

pub(super) fn measure(stage: &Stage) -> Ended<Vec<Row>> {
    let programs: Vec<&Program> =
        stage.redis_and_lab4().into_iter().chain(stage.baseline.as_ref()).collect();
    let keys = stage.scaled(KEYS);
    let mut waits: Vec<Waits> = vec![Waits::default(); programs.len()];
    for round in 0..stage.rounds.min(ROUNDS) {
        for place in rotated(programs.len(), round) {
            let server = Server::start(programs[place])?;
            let (longest, most) = fill_and_ping(&server, keys)?;
            waits[place].0.push(longest);
            waits[place].1.push(most);
        }
        let last = |waits: &Waits| waits.0.last().copied().unwrap_or(0.0);
        let figures = programs.iter().zip(&waits).map(|(it, waits)| (it.name(), last(waits)));
        tell::round(round, "longest wait, ms", figures);
    }
    let about = "The longest wait for a PONG while keys are set";
    let mut longest = Row::new("stops", about, "ms");
    let mut most = Row::new("stops-p99.9", "The wait of 999 of 1,000 PINGs meanwhile", "ms");
    for (program, waits) in programs.iter().zip(&waits) {
        longest.add(program.name(), &waits.0);
        most.add(program.name(), &waits.1);
        if program.name() == "lab4" {
            longest.judged.push(Judged::new("lab4", &waits.0).at_most(TARGET));
        }
    }
    Ok(vec![longest, most])
}

/// Sets the keys on one connection, and pings on another.
fn fill_and_ping(server: &Server, keys: u64) -> Ended<(f64, f64)> {
    let lost = |error| MeasureError::Connection { name: server.name.clone(), error };
    let (mut filler, addr) = (Filler::new(server)?, server.addr);
    let is_full = AtomicBool::new(false);
    let waits = thread::scope(|scope| {
        let pings = scope.spawn(|| ping(addr, &is_full));
        let is_set = filler.set(0..keys, "sixteen letters.", None);
        is_full.store(true, Ordering::Relaxed);
        let pinged = pings.join().unwrap_or_else(|_| Err(io::Error::other("the thread ended")));
        is_set.and(pinged)
    });
    let waits = waits.map_err(lost)?;
    let millis = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1e3;
    Ok((millis(waits.max()), millis(waits.value_at_quantile(0.999))))
}

/// Pings until the table is full; how long each took, in µs.
fn ping(addr: SocketAddr, is_full: &AtomicBool) -> io::Result<Histogram<u64>> {
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
        if is_full.load(Ordering::Relaxed) {
            return Ok(waits);
        }
    }
}
