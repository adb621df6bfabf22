//! The end of a server: Ctrl-C, `kill`, a closed terminal (SIGINT, SIGTERM, SIGHUP).

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use shared::state::Stats;

use crate::log_output;

/// At its end, the process waits this long for a reader of its last line.
const GOODBYE_TIME: Duration = Duration::from_millis(500);

/// From now on, Ctrl-C, SIGTERM and SIGHUP print how much was served, and end the process with exit code 0.
/// Call it before the process has a second thread.
///
/// The serving thread may sleep in `accept` or `read`, where it cannot react. So another thread waits for
/// the signal and ends the process. The kernel then closes every socket.
///
/// # Errors
/// If the process cannot handle signals.
pub fn exit_on_signal(name: &'static str, stats: Arc<Stats>) -> io::Result<()> {
    let started = Instant::now();
    on_signal(move || {
        let connections = stats.connections.load(Ordering::Relaxed);
        let commands = stats.commands.load(Ordering::Relaxed);
        let seconds = started.elapsed().as_secs_f64();
        log_output::flush();
        // A terminal shows ^C: start a new line below it.
        let start = if io::stdout().is_terminal() { "\n" } else { "" };
        print(format!(
            "{start}{name} stopped after {seconds:.1} s; clients: {connections}, commands: {commands}\n"
        ));
        std::process::exit(0);
    })
}

/// From now on, Ctrl-C, SIGTERM and SIGHUP call `handler` in another thread. A signal that this process
/// ignores stays ignored. Call it before the process has a second thread.
///
/// # Errors
/// If the process cannot handle signals.
pub fn on_signal(handler: impl FnMut() + Send + 'static) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    keep_ignored_signals_away()?;
    ctrlc::set_handler(handler).map_err(io::Error::other)
}

/// Prints the last line. If stdout is gone or full, the process still ends well, and soon: another thread
/// writes, because a write to a full pipe never returns.
fn print(line: String) {
    let (printed, is_printed) = mpsc::channel();
    let writer = thread::Builder::new().spawn(move || {
        _ = io::stdout().write_all(line.as_bytes());
        _ = printed.send(());
    });
    if writer.is_ok() {
        _ = is_printed.recv_timeout(GOODBYE_TIME);
    }
}

/// `nohup` starts a program that ignores SIGHUP, and a script starts a job in the background that ignores
/// SIGINT. A handler would undo that. So this thread, and each thread that it will start, blocks these
/// signals: they stay pending, and no handler runs.
#[cfg(target_os = "linux")]
fn keep_ignored_signals_away() -> io::Result<()> {
    use nix::sys::signal::{SigSet, Signal};

    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = ignored_signals(&status);
    let mut blocked = SigSet::empty();
    // Whoever starts a server that ignores SIGTERM still wants to be able to end it.
    for signal in [Signal::SIGINT, Signal::SIGHUP] {
        if ignored >> (signal as i32 - 1) & 1 == 1 {
            blocked.add(signal);
        }
    }
    Ok(blocked.thread_block()?)
}

/// The signals that a process ignores: bit 0 is signal 1. Source: proc(5), `SigIgn`.
#[cfg(target_os = "linux")]
fn ignored_signals(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
