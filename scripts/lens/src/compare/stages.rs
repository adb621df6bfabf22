//! What is compared: the labs, the example with threads and the student's own labs if they are asked for,
//! redis-server where it is installed, and a server that runs already.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use trace::protocol::Protocol;

use super::Options;
use super::caller::Caller;
use crate::labs::{LABS, Lab, REDIS, THREADS};
use crate::measure::{Program, Server, Start};
use crate::record::Order;
use crate::report::model::Missing;
use crate::scenario::Scenario;
use crate::sys::tools::is_installed;

/// One of the servers that are compared.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// The package of a lab, `redis-server`, or an address.
    pub(super) name: String,
    /// The same for the head of a column.
    pub(super) short: &'static str,
    /// What it is, in a few words.
    pub(super) about: &'static str,
    /// What to record it as; `None` if it is not started here.
    pub(super) lab: Option<Lab>,
    pub(super) protocol: Protocol,
    pub(super) program: Program,
    /// The lab whose bench speaks its protocol.
    pub(super) bench: PathBuf,
    /// How many clients it serves at the same time.
    pub(super) serves: Serves,
}

/// How a server serves several clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Serves {
    /// One after the other.
    One,
    /// All of them, on one thread.
    Many,
    /// All of them, with a thread for each.
    WithThreads,
}

impl Subject {
    /// Starts it, fresh for each measurement, or finds the one that runs.
    pub(super) fn start(&self) -> Result<Server, String> {
        Server::start(&self.program).map_err(|error| error.to_string())
    }

    /// The recording of a scenario that it is started for.
    pub(super) fn order(&self, lab: Lab, scenario: Scenario, out: PathBuf) -> Order {
        let binary = match &self.program.start {
            Start::Lab { binary, .. } => Some(binary.clone()),
            _ => None,
        };
        Order { lab, scenario, out, port: 0, binary, options: Vec::new() }
    }
}

/// What labs are, from the first to the last.
const ABOUT: [&str; 4] = [
    "one client at a time, plain lines",
    "one client at a time, the protocol of Redis",
    "all clients at once, on one thread",
    "all clients at once, on one thread, in fair turns",
];
const ABOUT_THREADS: &str = "all clients at once, a thread for each";
const ABOUT_OWN: &str = "your own";
/// What redis-server is.
pub(super) const ABOUT_REDIS: &str = "the one that the labs learn from";

/// The lab whose timeline, and whose way of a request, is that of this one.
pub(super) fn same_as(lab: Option<Lab>) -> Option<&'static str> {
    lab.filter(|lab| lab.short == "lab4").map(|_| "lab3-multiclient")
}

/// The labs, with what they are.
pub(super) fn labs() -> impl Iterator<Item = (Lab, &'static str)> {
    LABS.into_iter().zip(ABOUT)
}

/// The text of a lab, below the top folder of the kit.
pub(super) fn readme(lab: Option<Lab>) -> Option<PathBuf> {
    lab.filter(|lab| LABS.contains(lab))
        .map(|lab| Path::new("labs").join(lab.package).join("README.md"))
}

/// All of them, from left to right.
pub(super) fn all(options: &Options, missing: &mut Vec<Missing>) -> Vec<Subject> {
    let mut all: Vec<Subject> = labs().map(|(lab, about)| of_lab(options, lab, about)).collect();
    let bench = options.programs.join("lab3-multiclient");
    if options.with_threads {
        let binary = options.programs.join("examples").join(THREADS.package);
        let (serves, bench) = (Serves::WithThreads, bench.clone());
        all.push(Subject { bench, serves, ..of_ours(THREADS, ABOUT_THREADS, binary) });
    }
    all.extend(options.own.iter().map(|lab| of_lab(options, *lab, ABOUT_OWN)));
    if is_installed(REDIS.package) {
        all.push(redis(bench.clone()));
    } else {
        let why =
            "it is not installed: apt-get install -y redis-server, or scripts/doctor.sh --fix";
        let what = "all of it, to compare the labs with".to_owned();
        missing.push(Missing { stage: Some(REDIS.package.to_owned()), what, why: why.to_owned() });
    }
    if let Some(with) = &options.with {
        match reach(with) {
            Ok(addr) => all.push(running(with, addr, bench)),
            Err(why) => {
                let what = "all of it (--with)".to_owned();
                missing.push(Missing { stage: Some(with.clone()), what, why });
            }
        }
    }
    all
}

fn redis(bench: PathBuf) -> Subject {
    Subject {
        name: REDIS.package.to_owned(),
        short: REDIS.short,
        about: ABOUT_REDIS,
        lab: Some(REDIS),
        protocol: REDIS.protocol,
        program: Program {
            name: REDIS.package.to_owned(),
            protocol: REDIS.protocol,
            start: Start::Redis { binary: REDIS.package.into(), port: 0, options: Vec::new() },
        },
        bench,
        serves: Serves::Many,
    }
}

/// A server that runs already.
fn running(with: &str, addr: SocketAddr, bench: PathBuf) -> Subject {
    Subject {
        name: with.to_owned(),
        short: "with",
        about: "it ran already",
        lab: None,
        protocol: Protocol::Resp,
        program: Program {
            name: with.to_owned(),
            protocol: Protocol::Resp,
            start: Start::Running(addr),
        },
        bench,
        serves: Serves::Many,
    }
}

fn of_lab(options: &Options, lab: Lab, about: &'static str) -> Subject {
    let program = |lab: Lab| options.programs.join(lab.package);
    // The load comes from the kit: an own lab may have changed its load generator.
    Subject { bench: program(lab.of_the_kit()), ..of_ours(lab, about, program(lab)) }
}

/// A program of the kit.
fn of_ours(lab: Lab, about: &'static str, binary: PathBuf) -> Subject {
    let is_blocking = matches!(lab.of_the_kit().short, "lab1" | "lab2");
    Subject {
        name: lab.package.to_owned(),
        short: lab.short,
        about,
        lab: Some(lab),
        protocol: lab.protocol,
        program: Program {
            name: lab.package.to_owned(),
            protocol: lab.protocol,
            start: Start::Lab { binary: binary.clone(), options: vec!["--quiet".to_owned()] },
        },
        bench: binary,
        serves: if is_blocking { Serves::One } else { Serves::Many },
    }
}

/// Where it is, if it answers.
fn reach(with: &str) -> Result<SocketAddr, String> {
    let addrs = with.to_socket_addrs().map_err(|error| {
        format!("'{with}' is no address ({error}): say HOST:PORT, as in --with 127.0.0.1:6379")
    })?;
    first_that_answers(addrs).unwrap_or_else(|| Err(format!("'{with}' has no address")))
}

/// A name may have several addresses: `localhost` is `::1` first on many machines, where most servers do not
/// listen. `None` if there is none at all.
fn first_that_answers(
    addrs: impl Iterator<Item = SocketAddr>,
) -> Option<Result<SocketAddr, String>> {
    let mut last = None;
    for addr in addrs {
        let asked =
            Caller::connect(addr, Protocol::Resp).and_then(|mut caller| caller.ask("PING", 1));
        let Err(error) = asked else { return Some(Ok(addr)) };
        last = Some(Err(format!(
            "it does not answer a PING ({error}): to see who listens there, scripts/port.sh {}",
            addr.port()
        )));
    }
    last
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // Where a test cannot go on, it fails.
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    #[test]
    fn all_addresses_of_a_name_are_tried() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = server.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut client, _) = server.accept().unwrap();
            client.read_exact(&mut [0; 14]).unwrap();
            client.write_all(b"+PONG\r\n").unwrap();
        });
        assert_eq!(first_that_answers([closed, open].into_iter()), Some(Ok(open)));
        let none = first_that_answers([closed, closed].into_iter()).unwrap();
        assert!(none.unwrap_err().starts_with("it does not answer a PING"));
    }
}
