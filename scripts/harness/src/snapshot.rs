//! What there is to see of a server at one moment: what its thread does, and how each of its clients fares.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Instant;

use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{Process, Status, Syscall};

use crate::calls::{self, WaitsFor};
use crate::sockets;

mod threads;
pub use threads::Threads;

/// What there was to see.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The moment.
    pub at: Instant,
    /// What the thread that serves does.
    pub thread: Thread,
    /// How often that thread has left its CPU to wait for something.
    pub voluntary: u64,
    /// How often it has left its CPU because others wanted to run too.
    pub involuntary: u64,
    /// How much time the process has had on a CPU, in ticks.
    pub ticks: u64,
    /// Its threads.
    pub threads: Threads,
    /// Where it listens; `None` if it does not any more.
    pub addr: Option<SocketAddr>,
    /// How many clients are in the accept queue.
    pub queue: u32,
    /// Its clients.
    pub clients: Vec<Client>,
}

/// What a thread does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thread {
    /// It runs, or would if a CPU were free.
    Running,
    /// It is asleep in a system call.
    Asleep {
        /// Its name; `None` if we know none.
        call: Option<&'static str>,
        /// The descriptor that it waits for, and the client behind it.
        on: Option<(i32, Option<SocketAddr>)>,
    },
    /// It is asleep, and we may not know in what: the process is not ours.
    AsleepSomewhere,
    /// A debugger, a tracer or Ctrl-Z has stopped it.
    Stopped,
}

/// A connection, as seen from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The address of the client.
    pub addr: SocketAddr,
    /// How far it has come.
    pub state: ClientState,
    /// The inode of the client's own end, if it is on this machine.
    pub inode: u64,
    /// Bytes from the client that the server has not read.
    pub receive_queue: u32,
    /// Bytes for the client that it has not acknowledged.
    pub send_queue: u32,
}

/// How far a client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientState {
    /// It tries to connect, and the kernel does not answer, because the accept queue is full.
    Connecting,
    /// It is connected, and waits in the accept queue.
    Queued,
    /// It has left before it was accepted, and still takes its place in the queue.
    Abandoned,
    /// The server sleeps until this client sends something (or takes its reply).
    Awaited,
    /// It has sent something that the server has not read.
    Unread,
    /// It is connected, and nothing is to be done.
    Idle,
    /// It has closed its end, and the server has not closed the other.
    HalfClosed,
}

impl ClientState {
    /// Whether the server has accepted this client. One that is not accepted waits in vain.
    #[must_use]
    pub fn is_accepted(self) -> bool {
        !matches!(self, Self::Connecting | Self::Queued | Self::Abandoned)
    }
}

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

    /// What the thread does: `asleep in recvfrom(client 127.0.0.1:40960)`. `name` says what to call a client.
    #[must_use]
    pub fn doing(&self, name: impl Fn(SocketAddr) -> String) -> String {
        let (call, on) = match &self.thread {
            Thread::Running => return "awake".to_owned(),
            Thread::Stopped => return "stopped by a tracer or by Ctrl-Z".to_owned(),
            Thread::AsleepSomewhere => return "asleep (sudo shows in which call)".to_owned(),
            Thread::Asleep { call: None, .. } => {
                return "asleep in a call to the kernel".to_owned();
            }
            Thread::Asleep { call: Some(call), on, .. } => (call, on),
        };
        let accepted = self.clients.iter().filter(|client| client.state.is_accepted()).count();
        let on = match (self.waits_for(), on) {
            (Some(WaitsFor::Connection), _) => "a new client".to_owned(),
            (Some(WaitsFor::Any), _) => match accepted {
                0 => "new clients".to_owned(),
                1 => "1 client and new ones".to_owned(),
                clients => format!("{clients} clients and new ones"),
            },
            (_, Some((_, Some(client)))) => name(*client),
            (_, Some((descriptor, None))) => format!("descriptor {descriptor}"),
            (_, None) => "…".to_owned(),
        };
        format!("asleep in {call}({on})")
    }

    /// What the thread waits for, if it sleeps in a call that we know.
    #[must_use]
    pub fn waits_for(&self) -> Option<WaitsFor> {
        let Thread::Asleep { call, .. } = &self.thread else { return None };
        call.map(calls::waits_for)
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
