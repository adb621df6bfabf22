//! One look at a server: what its thread does, and how each of its clients fares.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::time::Instant;

use super::calls::{self, Call, WaitsFor};
use super::find::{Target, is_alive, sockets_of, stat, table};
use super::process::{Doing, Switches, parse_switches, parse_syscall};
use super::tcp::{Socket, State};

/// What there was to see at one moment.
#[derive(Debug, Clone)]
pub struct Look {
    /// The moment.
    pub at: Instant,
    /// What the thread that serves does.
    pub thread: Thread,
    /// How often that thread has left its CPU.
    pub switches: Switches,
    /// How much time the process has had on a CPU, in ticks.
    pub ticks: u64,
    /// How many threads it has.
    pub threads: u64,
    /// Where it listens; `None` if it does not any more.
    pub addr: Option<SocketAddr>,
    /// How many clients are in the accept queue.
    pub queue: u64,
    /// Its clients.
    pub clients: Vec<Client>,
}

/// What a thread does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thread {
    /// It runs, or would if a CPU were free.
    Runs,
    /// It is asleep in a call.
    Asleep {
        /// Which; `None` if we have no name for it.
        call: Option<Call>,
        /// The descriptor that it waits for, and the client behind it.
        on: Option<(i32, Option<SocketAddr>)>,
        /// Tells one sleep from another in the same call.
        sleep: u64,
    },
    /// It is asleep, and we may not know in what: the process is not ours.
    AsleepSomewhere,
    /// A debugger, a tracer or Ctrl-Z has stopped it.
    Stopped,
}

/// A connection, as seen from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Where the client is.
    pub addr: SocketAddr,
    /// How far it has come.
    pub place: Place,
    /// The inode of the client's own end, if it is on this machine.
    pub inode: u64,
    /// Bytes from the client that the server has not read.
    pub receive_queue: u64,
    /// Bytes for the client that it has not acknowledged.
    pub send_queue: u64,
}

/// How far a client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It knocks, and the kernel does not answer, because the accept queue is full.
    Knocks,
    /// It is connected, and waits in the accept queue.
    Waits,
    /// It has left before it was accepted, and still takes its place in the queue.
    LeftUnserved,
    /// The server sleeps until this client says something (or takes its reply).
    IsWaitedFor,
    /// It has said something that the server has not read.
    Unheard,
    /// It is connected, and nothing is to be done.
    Quiet,
    /// It has left, and the server has not closed its end.
    Left,
}

impl Place {
    /// Whether a client here waits for a server that does not come.
    #[must_use]
    pub fn is_outside(self) -> bool {
        matches!(self, Self::Knocks | Self::Waits | Self::LeftUnserved)
    }
}

/// Looks; `None` if the server has ended.
#[must_use]
pub fn look(target: &Target) -> Option<Look> {
    let at = Instant::now();
    let stat = stat(target.pid).filter(|stat| is_alive(stat) && stat.started == target.started)?;
    let file = |name| fs::read_to_string(format!("/proc/{}/{name}", target.pid)).ok();
    let switches = file("status").and_then(|status| parse_switches(&status)).unwrap_or_default();
    let doing = file("syscall").and_then(|text| parse_syscall(&text));
    let ours = sockets_of(target.pid).unwrap_or_default();
    let sockets = table(target.pid);
    let thread = thread(doing, stat.state, switches, &ours, &sockets);
    let listening = sockets
        .iter()
        .find(|socket| socket.state == State::Listen && socket.local.port() == target.port);
    Some(Look {
        at,
        switches,
        ticks: stat.ticks,
        threads: stat.threads,
        addr: listening.map(|socket| socket.local),
        queue: listening.map_or(0, |socket| socket.receive_queue),
        clients: clients(target.port, &sockets, &thread),
        thread,
    })
}

fn thread(
    doing: Option<Doing>,
    state: char,
    switches: Switches,
    ours: &HashMap<u64, i32>,
    sockets: &[Socket],
) -> Thread {
    match (doing, state) {
        (_, 't' | 'T') => Thread::Stopped,
        (Some(Doing::Running), _) | (_, 'R') => Thread::Runs,
        (Some(Doing::InCall { number, args }), _) => {
            let call = calls::find(number);
            let has_descriptor =
                call.is_some_and(|call| !matches!(call.waits_for, WaitsFor::Other | WaitsFor::Any));
            let on = has_descriptor.then(|| i32::try_from(args[0]).ok()).flatten();
            let on = on.map(|descriptor| (descriptor, peer(descriptor, ours, sockets)));
            Thread::Asleep { call, on, sleep: switches.voluntary }
        }
        (Some(Doing::Elsewhere) | None, _) => Thread::AsleepSomewhere,
    }
}

/// Who is at the other end of a descriptor.
fn peer(descriptor: i32, ours: &HashMap<u64, i32>, sockets: &[Socket]) -> Option<SocketAddr> {
    let (inode, _) = ours.iter().find(|(_, ours)| **ours == descriptor)?;
    let socket = sockets.iter().find(|socket| socket.inode == *inode)?;
    (socket.state != State::Listen).then_some(socket.remote)
}

/// All clients of the server at this port: in the order in which they matter to somebody who asks why
/// nobody is served.
fn clients(port: u16, sockets: &[Socket], thread: &Thread) -> Vec<Client> {
    let waited_for = match thread {
        Thread::Asleep { on: Some((_, peer)), .. } => *peer,
        _ => None,
    };
    let own_ends: HashMap<(SocketAddr, u16), u64> =
        sockets.iter().map(|socket| ((socket.local, socket.remote.port()), socket.inode)).collect();
    let mut clients: Vec<Client> = sockets
        .iter()
        .filter_map(|socket| client(port, socket, waited_for))
        .map(|client| Client {
            inode: own_ends.get(&(client.addr, port)).copied().unwrap_or(0),
            ..client
        })
        .collect();
    clients.sort_by_key(|client| (order(client.place), client.addr));
    clients
}

fn order(place: Place) -> u8 {
    match place {
        Place::IsWaitedFor => 0,
        Place::Waits | Place::LeftUnserved => 1,
        Place::Knocks => 2,
        Place::Unheard | Place::Quiet | Place::Left => 3,
    }
}

/// The client that this line of the table is about, if it is one.
fn client(port: u16, socket: &Socket, waited_for: Option<SocketAddr>) -> Option<Client> {
    // A client that knocks has a line of its own only: the server has none for it yet.
    if socket.state == State::SynSent && socket.remote.port() == port {
        return Some(Client {
            addr: socket.local,
            place: Place::Knocks,
            inode: socket.inode,
            receive_queue: 0,
            send_queue: 0,
        });
    }
    if socket.local.port() != port {
        return None;
    }
    let place = match (socket.state, socket.inode) {
        (State::Established, 0) => Place::Waits,
        (State::CloseWait, 0) => Place::LeftUnserved,
        (State::Established, _) if waited_for == Some(socket.remote) => Place::IsWaitedFor,
        (State::Established, _) if socket.receive_queue > 0 => Place::Unheard,
        (State::Established, _) => Place::Quiet,
        (State::CloseWait, _) => Place::Left,
        _ => return None,
    };
    Some(Client {
        addr: socket.remote,
        place,
        inode: 0,
        receive_queue: socket.receive_queue,
        send_queue: socket.send_queue,
    })
}

#[cfg(test)]
mod tests;
