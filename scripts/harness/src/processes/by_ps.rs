//! What `ps` tells, in the words that all systems know (POSIX, and `rss` and `lstart` besides).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::process::{Command, Stdio};

/// A process, and what was seen of it when it was found.
#[derive(Debug, Clone)]
pub struct Process {
    pid: i32,
    pub(crate) about: Stat,
}

/// What there is to know of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// `R` runs, `S` sleeps, `Z` has ended; others are of the system.
    pub state: char,
    /// The number of its parent.
    pub ppid: i32,
    /// The number of its process group.
    pub pgrp: i32,
    /// The memory that it has, in bytes.
    pub memory: u64,
    /// Another process has another one, even if it gets the same number later.
    pub starttime: u64,
}

impl Process {
    /// The process of this number.
    ///
    /// # Errors
    /// If there is none, or `ps` cannot be run.
    pub fn new(pid: i32) -> io::Result<Self> {
        let found = ps(&["-p", &pid.to_string()])?.pop();
        found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// What there is to know of it now.
    ///
    /// # Errors
    /// If it is gone, or `ps` cannot be run.
    pub fn stat(&self) -> io::Result<Stat> {
        Ok(Self::new(self.pid)?.about)
    }

    /// Whether it had not ended when it was found.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.about.state != 'Z'
    }
}

/// All processes.
///
/// # Errors
/// If `ps` cannot be run.
pub fn all_processes() -> io::Result<Vec<Process>> {
    ps(&["-A"])
}

/// How many threads have wanted to run in the last minute: not known.
#[must_use]
pub fn load() -> Option<f32> {
    None
}

/// The memory that a process had when it was found, in bytes.
#[must_use]
pub fn memory(process: &Process) -> Option<u64> {
    Some(process.about.memory)
}

/// The memory that a process has now, in bytes: the most that it ever had is not known.
#[must_use]
pub fn peak_memory(process: &Process) -> Option<u64> {
    Some(process.stat().ok()?.memory)
}

/// How many bytes a process has written: not known.
#[must_use]
pub fn written(_: &Process) -> Option<u64> {
    None
}

/// The processes that `ps` finds with these options.
fn ps(which: &[&str]) -> io::Result<Vec<Process>> {
    let mut ps = Command::new("ps");
    // One option a column: in some systems, what follows a sign = is the head of that column up to the end of the word.
    for column in ["pid", "ppid", "pgid", "state", "rss", "lstart"] {
        ps.args(["-o", &format!("{column}=")]);
    }
    let said = ps.args(which).env("LC_ALL", "C").stdin(Stdio::null()).output()?.stdout;
    Ok(String::from_utf8_lossy(&said).lines().filter_map(read).collect())
}

fn read(line: &str) -> Option<Process> {
    let mut words = line.split_whitespace();
    let mut number = || words.next()?.parse().ok();
    let [pid, parent, group] = [number()?, number()?, number()?];
    // macOS calls a process idle that has slept for long. Letters behind the first one tell more.
    let state = match words.next()?.chars().next()? {
        'I' => 'S',
        state => state,
    };
    let memory = words.next()?.parse::<u64>().ok()? * 1024;
    let mut started = DefaultHasher::new();
    words.for_each(|word| word.hash(&mut started));
    let starttime = started.finish();
    Some(Process { pid, about: Stat { state, ppid: parent, pgrp: group, memory, starttime } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{getpgrp, getppid};

    #[test]
    #[ignore = "needs ps"]
    fn ps_tells_of_us_and_our_memory() {
        let me = Process::new(std::process::id().cast_signed()).unwrap();
        let [parent, group] = [getppid(), Some(getpgrp())].map(|it| it.unwrap().as_raw_pid());
        let about = me.stat().unwrap();
        assert_eq!((about.ppid, about.pgrp), (parent, group));
        assert!(me.is_alive() && memory(&me).unwrap() > 100 * 1024, "{me:?}");
        assert_eq!(about.starttime, me.about.starttime);
        assert!(all_processes().unwrap().iter().any(|it| it.pid() == me.pid()));
    }

    /// Lines of `ps` of macOS.
    #[test]
    fn the_words_of_macos_are_understood() {
        let line = "  501     1   501 Ss     12345 Thu Nov 26 14:00:00 2026    ";
        let process = read(line).unwrap();
        let Stat { state, ppid, pgrp, memory, .. } = process.about;
        assert_eq!((process.pid(), state, ppid, pgrp, memory), (501, 'S', 1, 501, 12345 * 1024));
        assert_eq!(read("7 1 7 I+ 0 Thu Nov 26 14:00:00 2026").unwrap().about.state, 'S');
        assert!(!read("7 1 7 Z 0 Thu Nov 26 14:00:00 2026").unwrap().is_alive());
    }
}
