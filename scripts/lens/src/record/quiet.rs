//! Waits until a server has closed the connections of all clients who have left. A server that is
//! ended before that leaves a trace without an end.

use std::thread;
use std::time::{Duration, Instant};

use procfs::net::TcpState;
use procfs::process::Process;

use harness::sockets;

/// A client that has lost patience may wait in the queue of a blocking server for longer than this.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often we look.
const LOOK: Duration = Duration::from_millis(5);

/// Waits until no connection of this port is open on the server's side, if the kernel tells.
pub(super) fn wait_until_all_are_closed(port: u16) {
    let Ok(this) = Process::myself() else { return };
    let deadline = Instant::now() + PATIENCE;
    while has_open_connection(&this, port) && Instant::now() < deadline {
        thread::sleep(LOOK);
    }
}

/// Whether a connection of this port is open, or only its client has closed it.
fn has_open_connection(this: &Process, port: u16) -> bool {
    let open = [TcpState::Established, TcpState::CloseWait];
    let sockets = sockets::table(this);
    sockets.iter().any(|it| it.local_address.port() == port && open.contains(&it.state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_connection_is_open_until_the_server_closes_it_too() {
        for host in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(host).unwrap();
            let addr = listener.local_addr().unwrap();
            let this = Process::myself().unwrap();
            let is_open = || has_open_connection(&this, addr.port());
            assert!(!is_open(), "it only listens");
            let client = TcpStream::connect(addr).unwrap();
            let (served, _) = listener.accept().unwrap();
            assert!(is_open());
            drop(client);
            assert!(is_open(), "only the client has closed it");
            drop(served);
            assert!(!is_open());
        }
    }
}
