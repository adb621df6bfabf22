//! Waits until a server has closed the connections of all clients who have left. A server that is
//! ended before that leaves a trace without an end.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// A client that has lost patience may wait in the queue of a blocking server for longer than this.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often we look.
const LOOK: Duration = Duration::from_millis(5);
/// The kernel's numbers for a connection that is open, and for one that only the client has closed.
const OPEN: [&str; 2] = ["01", "08"];

/// Waits until no connection of this port is open on the server's side, if the kernel tells.
pub(super) fn wait_until_all_are_closed(port: u16) {
    let deadline = Instant::now() + PATIENCE;
    while has_open_connection(port) && Instant::now() < deadline {
        thread::sleep(LOOK);
    }
}

fn has_open_connection(port: u16) -> bool {
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    table.lines().any(|line| is_open(line, port))
}

/// Reads a line of proc(5)'s `/proc/net/tcp`: `0: 0100007F:18EB 0100007F:A000 01 …`
fn is_open(line: &str, port: u16) -> bool {
    let mut columns = line.split_whitespace().skip(1);
    let local = columns.next().and_then(|local| local.rsplit_once(':'));
    let is_ours = local.is_some_and(|(_, hex)| u16::from_str_radix(hex, 16) == Ok(port));
    is_ours && columns.nth(1).is_some_and(|state| OPEN.contains(&state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_connections_of_the_port_are_told_from_others() {
        let row = |local: &str, state: &str| format!("   1: {local} 0100007F:A000 {state} 0:0 0:0");
        assert!(is_open(&row("0100007F:18EB", "01"), 6379));
        assert!(is_open(&row("0100007F:18EB", "08"), 6379));
        assert!(!is_open(&row("0100007F:18EB", "0A"), 6379), "it listens");
        assert!(!is_open(&row("0100007F:18EB", "06"), 6379), "TIME_WAIT");
        assert!(!is_open(&row("0100007F:18EC", "01"), 6379), "another port");
        assert!(!is_open("  sl  local_address rem_address   st", 6379));
    }
}
