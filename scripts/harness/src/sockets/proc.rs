//! What `/proc` tells: man 5 proc, net/tcp and fd.

use std::collections::{HashMap, HashSet};

use procfs::ProcResult;
use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{FDTarget, Process, all_processes};

/// All TCP sockets, of IPv4 and IPv6, that this process could have: those of its network.
#[must_use]
pub fn table(process: &Process) -> Vec<TcpNetEntry> {
    // Where the machine has no IPv6, there is no tcp6.
    let mut sockets = process.tcp().unwrap_or_default();
    sockets.extend(process.tcp6().unwrap_or_default());
    for socket in &mut sockets {
        // A server on [::] sees clients of IPv4 as ::ffff:127.0.0.1.
        for addr in [&mut socket.local_address, &mut socket.remote_address] {
            addr.set_ip(addr.ip().to_canonical());
        }
    }
    // The kernel tells of a socket again and again while others come and go. Several may listen at one port.
    let mut seen = HashSet::new();
    sockets.retain(|it| {
        let inode = if it.state == TcpState::Listen { it.inode } else { 0 };
        seen.insert((it.local_address, it.remote_address, inode))
    });
    sockets
}

/// The sockets that a process has: their inodes, and its descriptors for them.
///
/// # Errors
/// If the process is not ours to look at.
pub fn descriptors(process: &Process) -> ProcResult<HashMap<u64, i32>> {
    let sockets = process.fd()?.flatten().filter_map(|file| match file.target {
        FDTarget::Socket(inode) => Some((inode, file.fd)),
        _ => None,
    });
    Ok(sockets.collect())
}

/// The process that listens on this port, if it is one of these.
pub fn listener(port: u16, is_one: impl Fn(&Process) -> bool) -> Option<Process> {
    let myself = Process::myself().ok()?;
    let listens = |socket: &TcpNetEntry| {
        socket.state == TcpState::Listen && socket.local_address.port() == port
    };
    let inode = table(&myself).into_iter().find(listens)?.inode;
    let has_it = |process: &Process| {
        is_one(process) && descriptors(process).is_ok_and(|sockets| sockets.contains_key(&inode))
    };
    all_processes().ok()?.flatten().find(has_it)
}

/// How many connections of clients that have left a server at this port has not closed.
#[must_use]
pub fn unclosed(process: &Process, port: u16) -> usize {
    let is_unclosed = |socket: &&TcpNetEntry| {
        socket.local_address.port() == port && socket.state == TcpState::CloseWait
    };
    table(process).iter().filter(is_unclosed).count()
}

/// All ports that a socket has, or the other end of one.
#[must_use]
pub fn ports_in_use() -> HashSet<u16> {
    let sockets = Process::myself().map(|myself| table(&myself)).unwrap_or_default();
    sockets.iter().flat_map(|it| [it.local_address.port(), it.remote_address.port()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn no_connection_is_told_twice_while_others_come_and_go() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let connect = move || (TcpStream::connect(addr).unwrap(), listener.accept().unwrap());
        let kept: Vec<_> = (0..100).map(|_| connect()).collect();
        let ports: Vec<u16> = kept.iter().map(|(it, _)| it.local_addr().unwrap().port()).collect();
        let is_over = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&is_over);
        let others = std::thread::spawn(move || {
            while !flag.load(Ordering::Relaxed) {
                connect();
            }
        });
        for _ in 0..3 {
            let sockets = table(&Process::myself().unwrap());
            let accepted = sockets.iter().filter(|it| it.local_address == addr);
            let mut seen: Vec<u16> = accepted.map(|it| it.remote_address.port()).collect();
            seen.retain(|port| ports.contains(port));
            seen.sort_unstable();
            assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "{seen:?}");
        }
        is_over.store(true, Ordering::Relaxed);
        others.join().unwrap();
    }

    #[test]
    fn both_ends_of_a_connection_are_found_in_any_family() {
        let this = Process::myself().unwrap();
        for (host, seen_as) in
            [("127.0.0.1", "127.0.0.1"), ("[::1]", "[::1]"), ("[::]", "127.0.0.1")]
        {
            let listener = TcpListener::bind(format!("{host}:0")).unwrap();
            let port = listener.local_addr().unwrap().port();
            let addr: SocketAddr = format!("{seen_as}:{port}").parse().unwrap();
            let client = TcpStream::connect(addr).unwrap();
            let (sockets, ours) = (table(&this), descriptors(&this).unwrap());
            let state = |local: SocketAddr, remote: SocketAddr| {
                let both =
                    |it: &&TcpNetEntry| (it.local_address, it.remote_address) == (local, remote);
                sockets.iter().find(both).map(|it| (it.state.clone(), ours.contains_key(&it.inode)))
            };
            let near = client.local_addr().unwrap();
            assert_eq!(state(near, addr), Some((TcpState::Established, true)), "{host}");
            // It is not accepted, so no process has its socket.
            assert_eq!(state(addr, near), Some((TcpState::Established, false)), "{host}");
        }
    }
}
