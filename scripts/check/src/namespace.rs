//! A network of one's own, so that port 6379 is free whatever else runs on the machine.
//!
//! The command runs itself again under `unshare --net`: root may do that, and anybody may as the root of a
//! new user namespace, unless the machine forbids it (many containers do).

use std::env;
use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, flock};

use crate::error::Error;

/// Tells the second run that it is the second. Not for the shells of a replay: they get an environment without it.
pub const INSIDE: &str = "CHECK_INSIDE_NAMESPACE";

const WAYS: [&[&str]; 2] = [&["--net"], &["--user", "--map-root-user", "--net"]];

/// A network in which 6379 is free, for as long as this is held.
pub struct Network {
    /// The lock on the port of a network that is not ours alone.
    _shared: Option<File>,
}

/// Returns in a network where 6379 is free: as a new process in a new namespace where that is allowed, and
/// otherwise when no other check is using the port.
///
/// # Errors
/// [`Error::PortInUse`] when there is no new namespace and the port is taken, [`Error::Loopback`] when the
/// namespace has no loopback.
pub fn enter() -> Result<Network, Error> {
    if entered() {
        return loopback_up().map(|()| Network { _shared: None });
    }
    match WAYS.into_iter().find(|way| permitted(way)) {
        // exec returns only if it fails.
        Some(way) => Err(Command::new("unshare")
            .args(way)
            .arg("--")
            .arg(env::current_exe()?)
            .args(env::args_os().skip(1))
            .env(INSIDE, "1")
            .exec()
            .into()),
        None => take_turns(),
    }
}

/// Waits for other checks on this machine, which use the port one after the other.
fn take_turns() -> Result<Network, Error> {
    let user = rustix::process::getuid();
    let lock =
        File::create(env::temp_dir().join(format!("check-port-6379-{}.lock", user.as_raw())))?;
    flock(&lock, FlockOperation::LockExclusive).map_err(std::io::Error::from)?;
    TcpListener::bind(("127.0.0.1", 6379)).map_err(|_| Error::PortInUse)?;
    Ok(Network { _shared: Some(lock) })
}

/// Is this process the one in the namespace? There is no other machine to reach from there.
pub fn entered() -> bool {
    env::var_os(INSIDE).is_some()
}

fn permitted(way: &[&str]) -> bool {
    let mut trial = Command::new("unshare");
    trial.args(way).arg("true").stdout(Stdio::null()).stderr(Stdio::null());
    trial.status().is_ok_and(|status| status.success())
}

/// A new network namespace has a loopback interface that is down.
fn loopback_up() -> Result<(), Error> {
    let ip = Command::new("ip").args(["link", "set", "lo", "up"]).output();
    match ip {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            Err(Error::Loopback(String::from_utf8_lossy(&output.stderr).trim().to_string()))
        }
        Err(error) => Err(Error::Loopback(error.to_string())),
    }
}
