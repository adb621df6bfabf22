//! A server that is measured: fresh for each measurement, or the one that runs already.

use std::net::SocketAddr;

use super::stages::Subject;
use crate::measure::{Program, Server, Usage};
use crate::watch::process::Switches;

/// A server that is ready. Dropped, it is ended, if it was started here.
#[derive(Debug)]
pub(super) struct Live {
    /// Where it listens.
    pub(super) addr: SocketAddr,
    /// Its process, if it is on this machine and we may look at it.
    pub(super) server: Option<Server>,
}

impl Live {
    /// Starts it, or finds the one that runs.
    pub(super) fn start(stage: &Subject) -> Result<Self, String> {
        let server = Server::start(&stage.program);
        if let Program::Running { addr, .. } = &stage.program {
            let is_here = addr.ip().is_loopback();
            return Ok(Self { addr: *addr, server: server.ok().filter(|_| is_here) });
        }
        let server = server.map_err(|error| error.to_string())?;
        Ok(Self { addr: server.addr, server: Some(server) })
    }

    /// Ends it, if it was started here, and says how often all its threads have left their CPUs.
    pub(super) fn end(self) -> Option<Switches> {
        self.server?.end()
    }

    /// What it has cost up to now, if the kernel tells.
    pub(super) fn usage(&self) -> Option<Usage> {
        self.server.as_ref()?.usage().ok()
    }
}
