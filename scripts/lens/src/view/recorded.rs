//! What one recording tells, joined by connection: a client's port stands in its own notes, and in the
//! calls of the server.

use std::fs;
use std::path::{Path, PathBuf};

use crate::record::Meta;
use trace::call_paths::CallPaths;
use trace::client_log::{ClientEvent, EventKind, read_log};

use super::{Did, ServerCall};

mod calls;
mod clocks;
mod error;

pub use clocks::Clocks;
pub use error::RecordedError;

/// Nobody has recorded anything after the year 5138: such a time is garbled. In microseconds.
const LATEST_US: u64 = 100_000_000_000_000_000;

/// A recording, read.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its folder.
    pub folder: PathBuf,
    /// What server, which scenario, when.
    pub meta: Meta,
    /// What the clients noted, in the order of time.
    pub events: Vec<ClientEvent>,
    /// The calls of the server's main thread, in the order of time.
    pub calls: Vec<ServerCall>,
}

impl Recorded {
    /// Reads the folder of a recording.
    ///
    /// # Errors
    /// [`RecordedError`], in a sentence.
    pub fn read(folder: &Path) -> Result<Self, RecordedError> {
        let meta = Meta::read(folder);
        let meta = meta.ok_or_else(|| RecordedError::NoRecording(folder.to_owned()))?;
        let file = |name: &str| folder.join(name);
        let failed = |path: PathBuf| move |error| RecordedError::File { path, error };
        let notes = file("clients.jsonl");
        let mut events = read_log(&notes).map_err(failed(notes.clone()))?;
        events.retain(|event| event.at_us < LATEST_US);
        events.sort_by_key(|event| event.at_us);
        if !events.iter().any(|event| event.what == EventKind::Connecting) {
            return Err(RecordedError::NoClients(notes));
        }
        let trace = file("strace.log");
        let log = fs::read(&trace).map_err(failed(trace.clone()))?;
        let calls = calls::calls((&log, &CallPaths::read(folder)), &meta, &events);
        let is_known = |call: &ServerCall| events.iter().any(|event| call.port == Some(event.port));
        if !calls.iter().any(is_known) {
            return Err(RecordedError::NothingJoined(trace));
        }
        Ok(Self { folder: folder.to_owned(), meta, events, calls })
    }

    /// The clients, in the order of their coming.
    #[must_use]
    pub fn clients(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for event in &self.events {
            if !names.contains(&event.client.as_str()) {
                names.push(&event.client);
            }
        }
        names
    }

    /// The name of the client that comes from this port.
    #[must_use]
    pub fn name_of(&self, port: u16) -> Option<&str> {
        self.events.iter().find(|event| event.port == port).map(|event| event.client.as_str())
    }

    /// The events of one client.
    pub fn events_of<'a>(&'a self, client: &'a str) -> impl Iterator<Item = &'a ClientEvent> {
        self.events.iter().filter(move |event| event.client == client)
    }

    /// The calls about the client of this port.
    pub fn calls_of(&self, port: u16) -> impl Iterator<Item = &ServerCall> {
        self.calls.iter().filter(move |call| call.port == Some(port))
    }

    /// The call that took this connection from the queue.
    #[must_use]
    pub fn accept_of(&self, port: u16) -> Option<&ServerCall> {
        self.calls_of(port).find(|call| call.did == Did::Accepted)
    }

    /// The call that read the last byte of what this event has sent.
    #[must_use]
    pub fn read_of(&self, sent: &ClientEvent) -> Option<&ServerCall> {
        let until = self.bytes_until(sent, |what| match what {
            EventKind::Sent { bytes, .. } => *bytes,
            _ => 0,
        });
        covering(self.calls_of(sent.port), until, |did| match did {
            Did::Read(bytes) => bytes,
            _ => 0,
        })
    }

    /// The call that sent the last byte of what this event has received.
    #[must_use]
    pub fn answer_to(&self, received: &ClientEvent) -> Option<&ServerCall> {
        let until = self.bytes_until(received, |what| match what {
            EventKind::Received { bytes, .. } => *bytes,
            _ => 0,
        });
        covering(self.calls_of(received.port), until, |did| match did {
            Did::Sent(bytes) => bytes,
            _ => 0,
        })
    }

    /// How many bytes the connection of `event` has carried in one direction, up to and with `event`.
    pub(super) fn bytes_until(&self, event: &ClientEvent, of: fn(&EventKind) -> usize) -> usize {
        let same = self.events.iter().filter(|other| other.port == event.port);
        same.filter(|other| other.at_us <= event.at_us).map(|other| of(&other.what)).sum()
    }
}

/// The call with which the sum of bytes reaches `until`.
fn covering<'a>(
    mut calls: impl Iterator<Item = &'a ServerCall>,
    until: usize,
    bytes: fn(Did) -> usize,
) -> Option<&'a ServerCall> {
    let mut sum = 0;
    calls.find(|call| {
        let more = bytes(call.did);
        sum += more;
        more > 0 && sum >= until
    })
}
