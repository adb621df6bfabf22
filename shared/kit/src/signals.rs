//! The end of a server: Ctrl-C and SIGTERM.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use shared::state::Stats;

use crate::log_output;

/// From now on, Ctrl-C and SIGTERM print how much was served, and end the process with exit code 0.
///
/// The serving thread may sleep in `accept` or `read`, where it cannot react. So another thread waits for
/// the signal and ends the process. The kernel then closes every socket.
///
/// # Errors
/// If the process cannot handle signals.
pub fn exit_on_signal(name: &'static str, stats: Arc<Stats>) -> std::io::Result<()> {
    let started = Instant::now();
    ctrlc::set_handler(move || {
        let connections = stats.connections.load(Ordering::Relaxed);
        let commands = stats.commands.load(Ordering::Relaxed);
        let seconds = started.elapsed().as_secs_f64();
        log_output::flush();
        // A terminal shows ^C: start a new line below it. If stdout is gone, the process still ends well.
        let start = if std::io::stdout().is_terminal() { "\n" } else { "" };
        _ = writeln!(
            std::io::stdout(),
            "{start}{name} stopped after {seconds:.1} s; clients: {connections}, commands: {commands}"
        );
        std::process::exit(0);
    })
    .map_err(std::io::Error::other)
}
