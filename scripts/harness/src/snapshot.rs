//! What there is to see of a server at one moment: what its thread does, and how each of its clients fares.

use std::net::SocketAddr;
use std::time::Instant;

use crate::calls::{self, WaitsFor};

#[cfg(target_os = "linux")]
mod take;
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

/// Only Linux tells what a server does at this moment.
#[cfg(not(target_os = "linux"))]
impl Snapshot {
    /// What is seen here: nothing.
    #[must_use]
    pub fn take(_: &crate::processes::Process, _: u16) -> Option<Self> {
        None
    }
}
