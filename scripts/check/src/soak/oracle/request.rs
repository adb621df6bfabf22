//! A request for one key: its arguments, the bytes of a value, and the complaint about a wrong reply.

use std::time::{Duration, Instant};

use codec::Reply;

use super::{Presence, Value};
use crate::soak::connection::shown;

/// When a new value expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// It does not expire.
    Never,
    /// After this time.
    After(Duration),
    /// When the value that it replaces would have expired (KEEPTTL).
    Keep,
}

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read the value.
    Get,
    /// Delete the key.
    Del,
    /// Set a new value.
    Set {
        /// The number of the value. Each has its own.
        version: u64,
        /// Its length in bytes.
        size: usize,
        /// When it expires.
        expiry: Expiry,
    },
}

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The number of the key.
    pub key: usize,
    /// What to do with it.
    pub action: Action,
}

impl Request {
    /// The arguments.
    pub fn args(&self) -> Vec<Vec<u8>> {
        let (command, key) = self.command_and_key();
        let mut args = vec![command.into(), key.into()];
        if let Action::Set { version, size, expiry } = self.action {
            args.push(bytes(self.key, version, size));
            match expiry {
                Expiry::Never => {}
                Expiry::After(time) => {
                    args.extend(["PX".into(), time.as_millis().to_string().into()]);
                }
                Expiry::Keep => args.push("KEEPTTL".into()),
            }
        }
        args
    }

    fn command_and_key(&self) -> (&'static str, String) {
        let command = match self.action {
            Action::Get => "GET",
            Action::Del => "DEL",
            Action::Set { .. } => "SET",
        };
        (command, format!("soak:{}", self.key))
    }
}

impl Value {
    /// The bytes of the value.
    pub fn bytes(&self, key: usize) -> Vec<u8> {
        bytes(key, self.version, self.size)
    }
}

/// The name of the value, again and again. So no two values are the same, and a mix-up can be seen.
pub fn bytes(key: usize, version: u64, size: usize) -> Vec<u8> {
    let name = format!("{key}:{version};");
    name.bytes().cycle().take(size.max(name.len())).collect()
}

/// Says what is wrong with a reply.
pub fn complaint(
    request: Request,
    before: Option<Value>,
    known: Presence,
    received: Instant,
    reply: &Reply,
) -> String {
    let expected = match (request.action, before) {
        (Action::Set { .. }, _) => "OK".to_owned(),
        (_, None) => "nothing: it was never set, or it is deleted".to_owned(),
        (_, Some(value)) => expected(request.key, value, known, received),
    };
    let ((command, key), reply) = (request.command_and_key(), shown(reply));
    format!("{command} {key}\n  expected: {expected}\n  got:      {reply}")
}

fn expected(key: usize, value: Value, known: Presence, received: Instant) -> String {
    let (length, version) = (value.bytes(key).len(), value.version);
    let bytes = format!("the {length} bytes that begin {key}:{version};");
    match (known, value.earliest, value.latest) {
        (Presence::Present, Some(earliest), _) => {
            let ms = earliest.saturating_duration_since(received).as_millis();
            format!("{bytes} (they expire in {ms} ms at the earliest)")
        }
        (Presence::Gone, _, Some(latest)) => {
            let ms = received.saturating_duration_since(latest).as_millis();
            format!("nothing: it expired {ms} ms ago at the latest")
        }
        (Presence::Unknown, ..) => format!("{bytes} or nothing: it expires just now"),
        _ => format!("{bytes} (they do not expire)"),
    }
}
