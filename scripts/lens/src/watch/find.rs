//! Which process to watch, and on which port.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use super::process::{Stat, parse_socket, parse_stat};
use super::tcp::{self, Socket, State};
use super::{Options, WatchError};
use crate::labs::{self, Lab};

/// A server that listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its process.
    pub pid: u32,
    /// When that started, to know it from a later one with the same number.
    pub started: u64,
    /// What it is called.
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
    if named.bytes().all(|byte| byte.is_ascii_digit()) && !named.is_empty() {
        let gone = || WatchError::NoProcess(named.clone());
        let pid = named.parse().map_err(|_| gone())?;
        let stat = stat(pid).filter(is_alive).ok_or_else(gone)?;
        return by_pid(pid, &stat, options.port);
    }
    let lab = labs::find(named)?;
    let mut found = Vec::new();
    let mut none = WatchError::NotRunning { lab, port: options.port };
    for (pid, stat) in servers_of(lab) {
        match by_pid(pid, &stat, options.port) {
            Ok(target) => found.push(target),
            Err(hidden @ WatchError::OfAnotherUser(_)) => none = hidden,
            // It is a client of the lab, or listens on another port.
            Err(_) => {}
        }
    }
    found.sort_by_key(|target| target.port);
    match found.as_slice() {
        [] => Err(none),
        [target] => Ok(target.clone()),
        _ => Err(WatchError::Several { lab: lab.package, found }),
    }
}

/// The server that this process is.
fn by_pid(pid: u32, stat: &Stat, port: Option<u16>) -> Result<Target, WatchError> {
    let ours = sockets_of(pid);
    let mut listening: Vec<Socket> =
        table(pid).into_iter().filter(|socket| socket.state == State::Listen).collect();
    match (&ours, port) {
        (Ok(ours), _) => listening.retain(|socket| ours.contains_key(&socket.inode)),
        // We may not see which sockets it has; so we believe the user.
        (Err(_), Some(_)) => {}
        (Err(_), None) => return Err(WatchError::OfAnotherUser(pid)),
    }
    listening.retain(|socket| port.is_none_or(|port| port == socket.local.port()));
    let port = listening.first().map(|socket| socket.local.port());
    let port = port.ok_or_else(|| WatchError::NoServer { pid, name: stat.name.clone() })?;
    Ok(Target { pid, started: stat.started, name: name(pid, stat), port })
}

/// All processes that run the program of this lab. Its clients are among them.
fn servers_of(lab: Lab) -> impl Iterator<Item = (u32, Stat)> {
    pids().filter_map(|pid| Some((pid, stat(pid)?))).filter(move |(pid, stat)| {
        is_alive(stat) && lab.package.starts_with(&stat.name) && name(*pid, stat) == lab.package
    })
}

/// All processes.
pub(super) fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The name of a process, whole: the kernel cuts it after 15 bytes, the command line does not.
fn name(pid: u32, stat: &Stat) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let first = line.split(|byte| *byte == 0).next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    let file = Path::new(first.as_ref()).file_name().unwrap_or_default().to_string_lossy();
    if file.starts_with(&stat.name) { file.into_owned() } else { stat.name.clone() }
}

/// What the kernel tells of a process; `None` if there is none.
pub(super) fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Whether it has not ended.
pub(super) fn is_alive(stat: &Stat) -> bool {
    !matches!(stat.state, 'Z' | 'X')
}

/// All sockets of TCP that the process could have: those of its network.
pub(super) fn table(pid: u32) -> Vec<Socket> {
    let read = |file| fs::read_to_string(format!("/proc/{pid}/net/{file}")).unwrap_or_default();
    let mut sockets = tcp::parse(&read("tcp"));
    sockets.extend(tcp::parse(&read("tcp6")));
    sockets
}

/// The sockets that the process has: their inodes, and its descriptors for them.
///
/// # Errors
/// If it is not ours to look at.
pub(super) fn sockets_of(pid: u32) -> io::Result<HashMap<u64, i32>> {
    let folder = fs::read_dir(format!("/proc/{pid}/fd"))?;
    let sockets = folder.flatten().filter_map(|entry| {
        let link = fs::read_link(entry.path()).ok()?;
        let descriptor = entry.file_name().to_str()?.parse().ok()?;
        Some((parse_socket(link.to_str()?)?, descriptor))
    });
    Ok(sockets.collect())
}
