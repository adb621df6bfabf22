//! The address of a server, and what to do when it cannot be used.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::Path;

use crate::cli::Serve;

/// The address for `--host` and `--port`. If a host has several addresses, the first IPv4 address is used.
///
/// # Errors
/// A sentence for the user, if the host has no address.
pub fn resolve(host: &str, port: u16) -> io::Result<SocketAddr> {
    let unknown = |reason: &str| {
        let message = format!("'{host}' is not the name of a host: try 127.0.0.1\n  ({reason})");
        io::Error::new(io::ErrorKind::NotFound, message)
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = (host, port).to_socket_addrs().map_err(|e| unknown(&e.to_string()))?;
    // The first address of "localhost" is ::1 on many machines, but everyone types 127.0.0.1.
    addresses.min_by_key(SocketAddr::is_ipv6).ok_or_else(|| unknown("the name has no address"))
}

/// Warns if other machines can reach the server, because it has no password.
pub fn warn_if_public(addr: SocketAddr) {
    let ip: IpAddr = addr.ip();
    if !ip.is_loopback() {
        log::warn!("Other machines can reach {ip}, and this server has no password.");
    }
}

/// Explains why the server cannot listen at `addr`, which program holds the port, and what to type next.
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
        io::ErrorKind::PermissionDenied => format!(
            "port {port} is for root only\n  \
             to take another port:  cargo run -p {lab} -- --port 6379"
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("{host} is not an address of this machine\n  try --host 127.0.0.1")
        }
        _ => format!("cannot listen on {}:{port}: {error}", serve.host),
    };
    io::Error::new(error.kind(), message)
}

/// The program that listens on the port, if this user may know it.
fn holder(port: u16) -> String {
    match listeners::get_process_by_port(port, listeners::Protocol::TCP) {
        Ok(process) => {
            // The kernel keeps only 15 letters of a name. The file name has all letters.
            // Linux says so of a program that has been built again since.
            let path = process.path.trim_end_matches(" (deleted)");
            let file = Path::new(path).file_name().and_then(|name| name.to_str());
            let name = file.filter(|name| name.starts_with(&process.name)).unwrap_or(&process.name);
            // A program chooses its name, and a name may hold control characters.
            format!("{} (pid {})", name.escape_debug(), process.pid)
        }
        Err(_) => format!(
            "a program of another user\n  \
             to see its name:       sudo scripts/port.sh {port}"
        ),
    }
}

/// The name of this program.
#[must_use]
pub fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The command that makes this lab listen at `addr`. The command starts with `cargo_run`.
#[must_use]
pub fn command_to_serve(cargo_run: &str, addr: SocketAddr) -> String {
    let options = options_for(addr);
    let separator = if options.is_empty() { "" } else { " --" };
    format!("{cargo_run} -p {}{separator}{options}", program())
}

/// The options that name this address, each with a space in front. Defaults are left out.
pub(crate) fn options_for(addr: SocketAddr) -> String {
    let host =
        if addr.ip().is_loopback() { String::new() } else { format!(" --host {}", addr.ip()) };
    let port = if addr.port() == 6379 { String::new() } else { format!(" --port {}", addr.port()) };
    host + &port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_has_only_options_that_are_not_the_default() {
        let command = |ip, port| command_to_serve("cargo run", SocketAddr::from((ip, port)));
        assert!(!command([127, 0, 0, 1], 6379).contains(" --"));
        assert!(command([127, 0, 0, 1], 7000).ends_with(" -- --port 7000"));
        assert!(command([10, 0, 0, 1], 6379).ends_with(" -- --host 10.0.0.1"));
    }
}
