//! What to tell when a server cannot listen.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::Path;

use crate::cli::Serve;

/// The address that `--host` and `--port` mean: of several, the first of IPv4.
///
/// # Errors
/// If the host has no address, in words for the user.
pub fn resolve(host: &str, port: u16) -> io::Result<SocketAddr> {
    let unknown = |reason: &str| {
        let message = format!("'{host}' is not the name of a host ({reason}): try 127.0.0.1");
        io::Error::new(io::ErrorKind::NotFound, message)
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = (host, port).to_socket_addrs().map_err(|e| unknown(&e.to_string()))?;
    // "localhost" is ::1 first on many machines, and 127.0.0.1 is what everyone types.
    addresses.min_by_key(SocketAddr::is_ipv6).ok_or_else(|| unknown("it has no address"))
}

/// Warns when the server can be reached from other machines: it has no password.
pub fn warn_if_public(addr: SocketAddr) {
    let ip: IpAddr = addr.ip();
    if !ip.is_loopback() {
        log::warn!("{ip} can be reached from other machines, and this server has no password.");
    }
}

/// Says why nothing could listen at `addr`, who is in the way, and what to type next.
#[must_use]
pub fn cannot_listen(lab: &str, serve: &Serve, addr: SocketAddr, error: &io::Error) -> io::Error {
    let (host, port) = (addr.ip(), addr.port());
    let message = match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} is taken by {}\n  \
             to take another port:  cargo run -p {lab} -- --port {}\n  \
             to free this one:      scripts/port.sh {port}",
            holder(port),
            if port < u16::MAX { port + 1 } else { 6379 },
        ),
        io::ErrorKind::PermissionDenied => {
            format!("port {port} is for root only: try a port above 1023, such as --port 6379")
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("{host} is not an address of this machine: try --host 127.0.0.1")
        }
        _ => format!("cannot listen on {}:{port}: {error}", serve.host),
    };
    io::Error::new(error.kind(), message)
}

/// Who listens on the port, as far as we may know.
fn holder(port: u16) -> String {
    match listeners::get_process_by_port(port, listeners::Protocol::TCP) {
        Ok(process) => {
            // The kernel keeps 15 letters of a name; the file has all of them.
            let file = Path::new(&process.path).file_name().and_then(|name| name.to_str());
            let name = file.filter(|name| name.starts_with(&process.name)).unwrap_or(&process.name);
            format!("{name} (pid {})", process.pid)
        }
        Err(_) => "another program (of another user: sudo scripts/port.sh names it)".to_owned(),
    }
}
