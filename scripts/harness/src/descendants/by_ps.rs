//! The tree of processes, as `ps` tells of it.

use std::io;

use crate::processes::by_ps::{Process, all_processes};

/// Nothing that a child of ours leaves behind becomes ours.
pub(super) fn adopt() -> io::Result<()> {
    Ok(())
}

/// A process, and all below it. What has ended is left out, but not what it has left behind in its process group.
#[must_use]
pub fn below(process: Process) -> Vec<Process> {
    let all = all_processes().unwrap_or_default();
    let mut found = with_those_below(&all, vec![process.pid()]);
    found.retain(Process::is_alive);
    found
}

/// What the first process has adopted in place of us, and what is ours to end: it cannot be told apart from what is not.
#[must_use]
pub fn adopted() -> Vec<Process> {
    let all = all_processes().unwrap_or_default();
    all.into_iter().filter(|process| process.about.ppid == 1 && process.is_alive()).collect()
}

/// All that comes from us.
pub(super) fn all() -> Vec<Process> {
    let (all, us) = (all_processes().unwrap_or_default(), std::process::id().cast_signed());
    let mut found = with_those_below(&all, vec![us]);
    found.retain(|process| process.pid() != us && process.is_alive());
    found
}

/// The processes of these numbers, their children, the children of those, and so on.
fn with_those_below(all: &[Process], mut wanted: Vec<i32>) -> Vec<Process> {
    let mut found = Vec::new();
    while let Some(pid) = wanted.pop() {
        found.extend(all.iter().find(|process| process.pid() == pid).cloned());
        wanted.extend(
            all.iter().filter(|it| it.about.ppid == pid && it.pid() != pid).map(Process::pid),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    #[test]
    #[ignore = "needs ps"]
    fn ps_tells_of_a_child_of_a_child_until_it_ends() {
        let script = "sleep 100 & echo $!; wait";
        let mut shell =
            Command::new("sh").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (shells, sleeps) = (shell.id().cast_signed(), line.trim().parse::<i32>().unwrap());
        let pids = |found: Vec<Process>| found.iter().map(Process::pid).collect::<Vec<_>>();
        let mut both = pids(below(Process::new(shells).unwrap()));
        both.sort_unstable();
        let mut expected = vec![shells, sleeps];
        expected.sort_unstable();
        assert_eq!(both, expected);
        let ours = pids(all());
        assert!(ours.contains(&shells) && ours.contains(&sleeps), "{ours:?}");
        for pid in [sleeps, shells] {
            let pid = rustix::process::Pid::from_raw(pid).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
        // Killed, and not waited for: a zombie has ended.
        while Process::new(shells).is_ok_and(|it| it.is_alive()) {}
        assert_eq!(pids(below(Process::new(shells).unwrap())), [0; 0]);
        shell.wait().unwrap();
        assert!(Process::new(shells).is_err());
    }
}
