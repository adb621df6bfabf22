//! How a snapshot is taken: `/proc` has all of it (man 5 proc).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Instant;

use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{Process, Status, Syscall};

use super::{Client, ClientState, Snapshot, Thread, Threads};
use crate::calls::{self, WaitsFor};
use crate::sockets;

impl Snapshot {
    /// Looks at the server that listens at this port; `None` if it has ended.
    #[must_use]
    pub fn take(process: &Process, port: u16) -> Option<Self> {
        let at = Instant::now();
        let stat = process.stat().ok().filter(|stat| !matches!(stat.state, 'Z' | 'X'))?;
        let status = process.status().ok();
        let switches = |of: fn(Status) -> Option<u64>| status.clone().and_then(of).unwrap_or(0);
        let ours = sockets::descriptors(process).unwrap_or_default();
        let sockets = sockets::table(process);
        let peer = |descriptor| peer(descriptor, &ours, &sockets);
        let thread = thread(process.syscall().ok(), stat.state, peer);
        let listening = sockets
            .iter()
            .find(|it| it.state == TcpState::Listen && it.local_address.port() == port);
        Some(Self {
            at,
            voluntary: switches(|status| status.voluntary_ctxt_switches),
            involuntary: switches(|status| status.nonvoluntary_ctxt_switches),
            ticks: stat.utime + stat.stime,
            threads: Threads::of(process),
            addr: listening.map(|socket| socket.local_address),
            queue: listening.map_or(0, |socket| socket.rx_queue),
            clients: clients(port, &sockets, &thread),
            thread,
        })
    }
}

fn thread(
    syscall: Option<Syscall>,
    state: char,
    peer: impl Fn(i32) -> Option<SocketAddr>,
) -> Thread {
    match (syscall, state) {
        (_, 't' | 'T') => Thread::Stopped,
        (Some(Syscall::Running), _) | (_, 'R') => Thread::Running,
        (Some(Syscall::Blocked { syscall_number, argument_registers, .. }), _) => {
            let call = calls::name(syscall_number);
            let waits_for = call.map_or(WaitsFor::Other, calls::waits_for);
            let has_descriptor = !matches!(waits_for, WaitsFor::Other | WaitsFor::Any);
            let on = has_descriptor.then(|| i32::try_from(argument_registers[0]).ok()).flatten();
            Thread::Asleep { call, on: on.map(|descriptor| (descriptor, peer(descriptor))) }
        }
        _ => Thread::AsleepSomewhere,
    }
}

/// Who is at the other end of a descriptor.
fn peer(descriptor: i32, ours: &HashMap<u64, i32>, sockets: &[TcpNetEntry]) -> Option<SocketAddr> {
    let is_it = |socket: &&TcpNetEntry| ours.get(&socket.inode) == Some(&descriptor);
    let socket = sockets.iter().find(is_it)?;
    (socket.state != TcpState::Listen).then_some(socket.remote_address)
}

/// All clients of the server at this port: in the order in which they matter to somebody who asks why
/// nobody is served.
fn clients(port: u16, sockets: &[TcpNetEntry], thread: &Thread) -> Vec<Client> {
    let awaited = match thread {
        Thread::Asleep { on: Some((_, peer)), .. } => *peer,
        _ => None,
    };
    let own_ends: HashMap<(SocketAddr, u16), u64> = sockets
        .iter()
        .map(|socket| ((socket.local_address, socket.remote_address.port()), socket.inode))
        .collect();
    let clients = sockets.iter().filter_map(|socket| {
        let state = state(socket, port, awaited)?;
        let (addr, receive_queue, send_queue) = match state {
            ClientState::Connecting => (socket.local_address, 0, 0),
            _ => (socket.remote_address, socket.rx_queue, socket.tx_queue),
        };
        let inode = own_ends.get(&(addr, port)).copied().unwrap_or(0);
        Some(Client { addr, state, inode, receive_queue, send_queue })
    });
    let mut clients: Vec<Client> = clients.collect();
    clients.sort_by_key(|client| (order(client.state), client.addr));
    clients
}

fn order(state: ClientState) -> u8 {
    match state {
        ClientState::Awaited => 0,
        ClientState::Queued | ClientState::Abandoned => 1,
        ClientState::Connecting => 2,
        ClientState::Unread | ClientState::Idle | ClientState::HalfClosed => 3,
    }
}

/// The state of the client that this socket is about, if it is a client's.
fn state(socket: &TcpNetEntry, port: u16, awaited: Option<SocketAddr>) -> Option<ClientState> {
    Some(match (&socket.state, socket.inode) {
        // A client that is connecting has a socket of its own only: the server has none for it yet.
        (TcpState::SynSent, _) if socket.remote_address.port() == port => ClientState::Connecting,
        _ if socket.local_address.port() != port => return None,
        (TcpState::Established, 0) => ClientState::Queued,
        (TcpState::CloseWait, 0) => ClientState::Abandoned,
        (TcpState::Established, _) if awaited == Some(socket.remote_address) => {
            ClientState::Awaited
        }
        (TcpState::Established, _) if socket.rx_queue > 0 => ClientState::Unread,
        (TcpState::Established, _) => ClientState::Idle,
        (TcpState::CloseWait, _) => ClientState::HalfClosed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
