//! Which servers are compared: the labs, the example with threads and a student's own lab if they are asked for,
//! redis-server where it is installed, and a server that runs already.

use std::net::{SocketAddr, ToSocketAddrs};

use harness::labs::{LABS, REDIS, THREADS};
use trace::protocol::Protocol;

use super::Options;
use crate::measure::Subject;
use crate::measure::client::BlockingClient;
use crate::report::model::Missing;
use crate::sys::tools::{NotInstalled, is_installed};

/// All of them, from left to right.
pub(super) fn all(options: &Options, missing: &mut Vec<Missing>) -> Vec<Subject> {
    let programs = &options.programs;
    let program = |package: &str| programs.join(package);
    let mut all = LABS.map(|lab| Subject::of_lab(lab, program(lab.package))).to_vec();
    if options.with_threads {
        let threads = Subject::of_lab(THREADS, programs.join("examples").join(THREADS.package));
        all.push(threads.asked_by(program("lab3-multiclient")));
    }
    for own in &options.own {
        let subject = Subject::of_lab(*own, program(own.package));
        // Its own bench may not be written yet.
        all.push(subject.asked_by(program(own.of_the_kit().package)));
    }
    let mut lacks = |stage: &str, what: &str, why| {
        let (stage, what) = (Some(stage.to_owned()), what.to_owned());
        missing.push(Missing { stage, what, why });
    };
    if is_installed(REDIS.package) {
        all.push(Subject::redis(programs));
    } else {
        let why = NotInstalled(REDIS.package).to_string().replacen(REDIS.package, "it", 1);
        lacks(REDIS.package, "all of it, to compare the labs with", why);
    }
    if let Some(with) = &options.with {
        match reach(with) {
            Ok(addr) => all.push(Subject::running(with, addr, programs)),
            Err(why) => lacks(with, "all of it (--with)", why),
        }
    }
    all
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
        let client = BlockingClient::connect_to(addr, Protocol::Resp);
        let asked = client.and_then(|mut client| client.ask("PING", 1));
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
