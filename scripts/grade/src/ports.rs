//! Ports for servers that are judged.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;

use harness::sockets;

/// Among these we look for a free port.
const PORTS: Range<u16> = 10_000..32_000;
/// So often.
const TRIES: usize = 1000;

/// A port that nobody uses. It is none of those that the kernel gives to clients: one of them could take it before the server
/// does. And no old connection may have it, because not every server sets `SO_REUSEADDR`.
pub(crate) fn free_port() -> io::Result<u16> {
    let used = sockets::ports_in_use();
    let mut ports = std::iter::repeat_with(|| fastrand::u16(PORTS)).take(TRIES);
    let port = ports.find(|port| !used.contains(port) && is_free(*port));
    port.ok_or_else(|| io::Error::from(io::ErrorKind::AddrInUse))
}

/// Whether nobody listens on a port.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_free_until_somebody_listens_at_it() {
        let port = free_port().unwrap();
        assert!(PORTS.contains(&port));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        assert!(!is_free(port));
        drop(listener);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_server_gets_no_port_that_the_kernel_gives_to_clients() {
        let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
        let first: u16 = range.split_whitespace().next().unwrap().parse().unwrap();
        for _ in 0..10 {
            let port = free_port().unwrap();
            assert!(port < first || !PORTS.contains(&first), "{port}");
            std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap_err();
        }
    }
}
