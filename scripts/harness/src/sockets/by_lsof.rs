//! What `lsof` tells. macOS has it.

use std::collections::HashSet;
use std::process::{Command, Stdio};

use crate::processes::by_ps::Process;

/// The process that listens on this port, if it is one of these.
pub fn listener(port: u16, is_one: impl Fn(&Process) -> bool) -> Option<Process> {
    let said = lsof(&["-t", "-sTCP:LISTEN"], port);
    let pids = said.lines().filter_map(|line| line.trim().parse().ok());
    pids.filter_map(|pid| Process::new(pid).ok()).find(is_one)
}

/// How many connections of clients that have left a server at this port has not closed.
#[must_use]
pub fn unclosed(process: &Process, port: u16) -> usize {
    let pid = process.pid().to_string();
    // A line that begins with f is about a descriptor.
    let said = lsof(&["-a", "-p", &pid, "-sTCP:CLOSE_WAIT", "-Ff"], port);
    said.lines().filter(|line| line.starts_with('f')).count()
}

/// The ports that a socket has are not listed: whoever wants one has to try.
#[must_use]
pub fn ports_in_use() -> HashSet<u16> {
    HashSet::new()
}

/// What `lsof` says of this port, with numbers in place of names; nothing if it cannot be run.
fn lsof(options: &[&str], port: u16) -> String {
    let mut lsof = Command::new("lsof");
    lsof.args(["-nP", &format!("-iTCP:{port}")]).args(options);
    let output = lsof.stdin(Stdio::null()).stderr(Stdio::null()).output();
    output.map(|it| String::from_utf8_lossy(&it.stdout).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    #[ignore = "needs lsof"]
    fn lsof_tells_who_listens_and_what_is_unclosed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let found = super::listener(port, |_| true).unwrap();
        assert_eq!(found.pid(), std::process::id().cast_signed());
        assert!(super::listener(port, |_| false).is_none());
        let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let served = listener.accept().unwrap();
        assert_eq!(unclosed(&found, port), 0);
        drop(client);
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while unclosed(&found, port) == 0 && std::time::Instant::now() < deadline {}
        assert_eq!(unclosed(&found, port), 1);
        drop(served);
        assert_eq!(unclosed(&found, port), 0);
        drop(listener);
        assert!(super::listener(port, |_| true).is_none());
    }
}
