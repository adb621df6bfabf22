//! Which process to watch, and on which port.

use std::path::Path;

use codec::printable::one_line;
use harness::labs;
use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{Process, all_processes};

use super::{Options, WatchError};
use harness::sockets;

/// A server that listens.
#[derive(Debug)]
pub struct Target {
    /// Its process. It stays this one, even if a later process gets its number.
    pub process: Process,
    /// The name of its program, for a terminal.
    pub name: String,
    /// Where it listens.
    pub port: u16,
}

/// Finds the server that the user means: by its number, or by the name of a lab.
///
/// # Errors
/// If there is none, or more than one, with what to type then.
pub fn find(options: &Options) -> Result<Target, WatchError> {
    let named = &options.target;
    if !named.is_empty() && named.bytes().all(|byte| byte.is_ascii_digit()) {
        let process = named.parse().ok().and_then(|pid| Process::new(pid).ok());
        let process = process.filter(Process::is_alive);
        return server(process.ok_or_else(|| WatchError::NoProcess(named.clone()))?, options.port);
    }
    let lab = labs::find(named)?;
    let mut found = Vec::new();
    let mut none = WatchError::NotRunning { lab, port: options.port };
    let processes = all_processes().into_iter().flatten().flatten();
    for process in processes.filter(|it| name(it) == lab.package && it.is_alive()) {
        match server(process, options.port) {
            Ok(target) => found.push(target),
            Err(hidden @ WatchError::OfAnotherUser(_)) => none = hidden,
            // It is a client of the lab, or listens on another port.
            Err(_) => {}
        }
    }
    found.sort_by_key(|target| target.port);
    if found.len() > 1 {
        return Err(WatchError::Several { lab: lab.package, found });
    }
    found.pop().ok_or(none)
}

/// The server that this process is.
fn server(process: Process, port: Option<u16>) -> Result<Target, WatchError> {
    let ours = sockets::descriptors(&process);
    if ours.is_err() && port.is_none() {
        return Err(WatchError::OfAnotherUser(process.pid()));
    }
    let is_meant = |socket: &TcpNetEntry| {
        socket.state == TcpState::Listen
            && port.is_none_or(|port| port == socket.local_address.port())
            // If we may not see which sockets it has, we believe the user.
            && ours.as_ref().map_or(true, |ours| ours.contains_key(&socket.inode))
    };
    let name = one_line(&name(&process));
    match sockets::table(&process).into_iter().find(is_meant) {
        Some(socket) => Ok(Target { process, name, port: socket.local_address.port() }),
        None => Err(WatchError::NoServer { pid: process.pid(), name, port }),
    }
}

/// The name of a program, whole: the kernel cuts it after 15 bytes, the command line does not.
fn name(process: &Process) -> String {
    let cut = process.stat().map(|stat| stat.comm).unwrap_or_default();
    let line = process.cmdline().unwrap_or_default();
    let file = line.first().and_then(|path| Path::new(path).file_name()?.to_str());
    file.filter(|file| file.starts_with(&cut)).map_or(cut.clone(), str::to_owned)
}
