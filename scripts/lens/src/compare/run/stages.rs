//! Who is compared: the three labs, redis-server where it is installed, and one that runs already.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use shared::wire::Wire;

use super::Options;
use super::caller::Caller;
use super::tools::is_installed;
use crate::compare::found::Missing;
use crate::labs::{LABS, Lab, REDIS};
use crate::measure::Program;
use crate::record::Order;
use crate::scenario::Scenario;

/// One of those who are compared.
#[derive(Debug, Clone)]
pub(super) struct Contestant {
    /// The package of a lab, `redis-server`, or an address.
    pub(super) name: String,
    /// What it is, in a few words.
    pub(super) about: &'static str,
    /// What to record it as; `None` if it is not started here.
    pub(super) lab: Option<Lab>,
    pub(super) wire: Wire,
    pub(super) program: Program,
    /// The lab whose bench speaks its protocol.
    pub(super) bench: PathBuf,
}

impl Contestant {
    /// The recording of a scenario that it is started for.
    pub(super) fn order(&self, lab: Lab, scenario: Scenario, out: PathBuf) -> Order {
        let binary = match &self.program {
            Program::Lab { binary, .. } => Some(binary.clone()),
            _ => None,
        };
        Order { lab, scenario, out, port: 0, binary }
    }
}

/// What labs are, from the first to the last.
const ABOUT: [&str; 3] = [
    "one client at a time, plain lines",
    "one client at a time, the protocol of Redis",
    "all clients at once, on one thread",
];
/// What redis-server is.
pub(super) const ABOUT_REDIS: &str = "the one that the labs learn from";

/// The labs, with what they are.
pub(super) fn labs() -> impl Iterator<Item = (Lab, &'static str)> {
    LABS.into_iter().zip(ABOUT)
}

/// The text of a lab, below the top folder of the kit.
pub(super) fn readme(lab: Option<Lab>) -> Option<PathBuf> {
    lab.filter(|lab| *lab != REDIS).map(|lab| Path::new("labs").join(lab.package).join("README.md"))
}

/// All of them, from left to right.
pub(super) fn all(options: &Options, missing: &mut Vec<Missing>) -> Vec<Contestant> {
    let mut all: Vec<Contestant> = labs().map(|(lab, about)| of_lab(options, lab, about)).collect();
    let bench = options.programs.join("lab3-multiclient");
    if is_installed(REDIS.package) {
        all.push(Contestant {
            name: REDIS.package.to_owned(),
            about: ABOUT_REDIS,
            lab: Some(REDIS),
            wire: REDIS.wire,
            program: Program::Redis,
            bench: bench.clone(),
        });
    } else {
        let why =
            "it is not installed: apt-get install -y redis-server, or scripts/doctor.sh --fix";
        let what = "all of it, to compare the labs with".to_owned();
        missing.push(Missing { stage: Some(REDIS.package.to_owned()), what, why: why.to_owned() });
    }
    if let Some(with) = &options.with {
        match reach(with) {
            Ok(addr) => all.push(Contestant {
                name: with.clone(),
                about: "it ran already",
                lab: None,
                wire: Wire::Resp,
                program: Program::Running { name: with.clone(), addr },
                bench,
            }),
            Err(why) => {
                let what = "all of it (--with)".to_owned();
                missing.push(Missing { stage: Some(with.clone()), what, why });
            }
        }
    }
    all
}

fn of_lab(options: &Options, lab: Lab, about: &'static str) -> Contestant {
    let binary = options.programs.join(lab.package);
    let quiet = ["--quiet", "--log-file", "/dev/null"].map(str::to_owned).to_vec();
    Contestant {
        name: lab.package.to_owned(),
        about,
        lab: Some(lab),
        wire: lab.wire,
        program: Program::Lab {
            name: lab.package.to_owned(),
            binary: binary.clone(),
            options: quiet,
        },
        bench: binary,
    }
}

/// Where it is, if it answers.
fn reach(with: &str) -> Result<SocketAddr, String> {
    let mut addrs = with.to_socket_addrs().map_err(|error| {
        format!("'{with}' is no address ({error}): say HOST:PORT, as in --with 127.0.0.1:6379")
    })?;
    let addr = addrs.next().ok_or_else(|| format!("'{with}' has no address"))?;
    let asked = Caller::connect(addr, Wire::Resp).and_then(|mut caller| caller.ask("PING", 1));
    match asked {
        Ok(_) => Ok(addr),
        Err(error) => Err(format!(
            "it does not answer a PING ({error}): to see who listens there, scripts/port.sh {}",
            addr.port()
        )),
    }
}
