//! Watches the server: takes a snapshot each second, and shows the progress on standard error.

use std::thread;
use std::time::{Duration, Instant};

use indicatif::{BinaryBytes, ProgressBar};
use kit::bench::text::{count, number};

use super::counters::{Count, Counters};
use super::server::Server;
use super::snapshot::{Snapshot, Snapshots};

/// How often to look whether the server lives.
const TICK: Duration = Duration::from_millis(50);
/// The time between two snapshots.
const SNAPSHOT_INTERVAL: Duration = Duration::from_secs(1);
/// The time between two lines of progress, if standard error is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// The time for a server to close the connections of clients that have left.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

/// Watches the server until the soak is over, or the server has ended. Returns how it has ended.
pub fn watch(
    server: &mut Server,
    end: Instant,
    snapshots: &mut Snapshots,
    counters: &Counters,
) -> Option<String> {
    // Hidden if standard error is no terminal.
    let bar = ProgressBar::new_spinner();
    let (mut next_snapshot, mut next_line) = (Instant::now(), Instant::now() + LINE_INTERVAL);
    let death = loop {
        let now = Instant::now();
        let death = server.death();
        if death.is_some() || now >= end || counters.is_stopping() {
            break death;
        }
        if now >= next_snapshot {
            next_snapshot += SNAPSHOT_INTERVAL;
            let snapshot = server.pid.and_then(Snapshot::of);
            snapshots.during.extend(snapshot);
            if !bar.is_hidden() {
                bar.set_message(progress(counters, snapshot, end - now));
                bar.tick();
            } else if now >= next_line {
                next_line += LINE_INTERVAL;
                eprintln!("{}", progress(counters, snapshot, end - now));
            }
        }
        thread::sleep(TICK);
    };
    bar.finish_and_clear();
    death
}

/// Two lines.
fn progress(counters: &Counters, snapshot: Option<Snapshot>, left: Duration) -> String {
    let bad = counters.count(Count::Wrong) + counters.count(Count::Lost);
    let server = snapshot.map(|snapshot| {
        let memory = BinaryBytes(snapshot.memory);
        format!("; server: {memory}, {}", count(snapshot.descriptors, "descriptor"))
    });
    format!(
        "{} s left: {} held of {}, {} answered\n  {} expired, {}{}",
        left.as_secs(),
        number(counters.held()),
        count(counters.count(Count::Connections), "connection"),
        number(counters.count(Count::Answered)),
        number(counters.count(Count::Expired)),
        if bad == 0 { "nothing wrong".to_owned() } else { format!("{} WRONG", number(bad)) },
        server.unwrap_or_default(),
    )
}

/// Waits until the server has no more descriptors than before the first client. After [`CLOSE_TIMEOUT`], what it has
/// then counts.
pub fn wait_until_closed(server: &Server, before: Option<Snapshot>) -> Option<Snapshot> {
    let (pid, before) = (server.pid?, before?);
    let started = Instant::now();
    loop {
        let snapshot = Snapshot::of(pid)?;
        if snapshot.descriptors <= before.descriptors || started.elapsed() > CLOSE_TIMEOUT {
            return Some(snapshot);
        }
        thread::sleep(TICK);
    }
}
