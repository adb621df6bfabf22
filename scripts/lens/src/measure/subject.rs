//! The servers that can be measured: the labs, redis-server, and others that are measured beside them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use harness::labs::{Lab, REDIS, Serves};
use trace::protocol::Protocol;

use super::{Load, MOST_CLIENTS, Tool};
use crate::sys::{Program, Server, ServerError, Start};

/// A server that can be measured.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// For the head of a column.
    pub(crate) short: String,
    /// What it is; for a server that is no lab, what it is treated as.
    pub(crate) lab: Lab,
    /// How to get it, and its name in full.
    pub(crate) program: Program,
    /// The program of a lab whose bench speaks its protocol.
    bench: PathBuf,
}

impl Subject {
    /// A lab, or another program that is one: its options are those of the labs.
    pub(crate) fn of_lab(lab: Lab, binary: PathBuf) -> Self {
        let start = Start::Lab { binary: binary.clone(), options: vec!["--quiet".to_owned()] };
        Self::new(lab, lab.package, start, binary)
    }

    /// The redis-server that is installed. It accepts as many clients as we send.
    pub(crate) fn redis(programs: &Path) -> Self {
        let options = ["--maxclients".to_owned(), MOST_CLIENTS.to_string()].to_vec();
        let start = Start::Redis { binary: REDIS.package.into(), port: 0, options };
        Self::new(REDIS, REDIS.package, start, programs.join("lab3-multiclient"))
    }

    /// A server that runs already, and speaks RESP.
    pub(crate) fn running(name: &str, addr: SocketAddr, programs: &Path) -> Self {
        let lab = Lab {
            short: "with",
            package: "",
            protocol: Protocol::Resp,
            serves: Serves::Many,
            about: "it ran already",
        };
        Self::new(lab, name, Start::Running(addr), programs.join("lab3-multiclient"))
    }

    fn new(lab: Lab, name: &str, start: Start, bench: PathBuf) -> Self {
        let program = Program { name: name.to_owned(), protocol: lab.protocol, start };
        Self { short: lab.short.to_owned(), lab, program, bench }
    }

    /// The same server under another name, in full and for the head of a column.
    pub(crate) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.short);
        name.clone_into(&mut self.program.name);
        self
    }

    /// The same server, asked by the bench of another lab.
    pub(crate) fn asked_by(mut self, bench: PathBuf) -> Self {
        self.bench = bench;
        self
    }

    /// Whether it ran already, and is not ours to start or to fill.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.program.start, Start::Running(_))
    }

    /// Starts it, or finds the one that runs.
    ///
    /// # Errors
    /// If it does not start.
    pub(crate) fn start(&self) -> Result<Server, ServerError> {
        Server::start(&self.program)
    }

    /// A load of our bench.
    pub(crate) fn load(&self, clients: u32, requests: u64) -> Load {
        Load::new(Tool::OurBench(self.bench.clone()), clients, requests)
    }
}
