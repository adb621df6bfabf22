//! The labs, and the server that they learn from: what they are called, and what they speak.

use trace::protocol::Protocol;

/// A lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lab {
    /// Its short name.
    pub short: &'static str,
    /// The name of its package, and of its program.
    pub package: &'static str,
    /// Its protocol.
    pub protocol: Protocol,
}

/// All labs.
pub const LABS: [Lab; 4] = [
    Lab { short: "lab1", package: "lab1-blocking", protocol: Protocol::Lines },
    Lab { short: "lab2", package: "lab2-resp", protocol: Protocol::Resp },
    Lab { short: "lab3", package: "lab3-multiclient", protocol: Protocol::Resp },
    Lab { short: "lab4", package: "lab4-fair", protocol: Protocol::Resp },
];

/// The server that the labs learn from. It can be recorded and be talked to as they can.
pub const REDIS: Lab = Lab { short: "redis", package: "redis-server", protocol: Protocol::Resp };

/// Lab 3's protocol with a thread for each client: an example of lab 3, beside which lab 3 is measured.
pub const THREADS: Lab = Lab { short: "threads", package: "threads", protocol: Protocol::Resp };

/// There is no lab of that name.
#[derive(Debug, thiserror::Error)]
#[error("there is no lab '{0}': say lab1, lab2, lab3 or lab4")]
pub struct UnknownLab(String);

/// The lab of that name, short or long.
///
/// # Errors
/// If there is none.
pub fn find(name: &str) -> Result<Lab, UnknownLab> {
    let found = LABS.into_iter().find(|lab| name == lab.short || name == lab.package);
    found.ok_or_else(|| UnknownLab(name.to_owned()))
}

/// The lab of that name, or [`REDIS`].
///
/// # Errors
/// If there is neither.
pub fn find_server(name: &str) -> Result<Lab, UnknownLab> {
    if name == REDIS.short || name == REDIS.package { Ok(REDIS) } else { find(name) }
}
