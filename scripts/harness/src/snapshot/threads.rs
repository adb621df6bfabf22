//! The threads of a server, by what they are for.

use std::fmt;

/// How many threads there are of each kind. The servers of this kit give names to those that serve nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Threads {
    /// Those that serve clients, or of which we do not know what they do.
    pub serving: usize,
    /// Those that wait for Ctrl-C: the crate `ctrlc` calls them so.
    pub signals: usize,
    /// Those that write the log, of lab 4.
    pub log: usize,
}

#[cfg(target_os = "linux")]
impl Threads {
    /// The threads of a process, as far as it still runs.
    pub(super) fn of(process: &procfs::process::Process) -> Self {
        let tasks = process.tasks().into_iter().flatten().flatten();
        let names = tasks.filter_map(|task| Some(task.stat().ok()?.comm));
        names.fold(Self::default(), |mut threads, name| {
            match name.as_str() {
                "ctrl-c" => threads.signals += 1,
                "log" => threads.log += 1,
                _ => threads.serving += 1,
            }
            threads
        })
    }
}

/// `1 thread serves, 1 waits for Ctrl-C, 2 log`. Of a server that is not of this kit: `4 threads`.
impl fmt::Display for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { serving, signals, log } = *self;
        let is_one = serving == 1;
        write!(f, "{serving} {}", if is_one { "thread" } else { "threads" })?;
        if signals + log == 0 {
            return Ok(());
        }
        f.write_str(if is_one { " serves" } else { " serve" })?;
        if signals > 0 {
            write!(f, ", {signals} {} for Ctrl-C", if signals == 1 { "waits" } else { "wait" })?;
        }
        if log > 0 {
            write!(f, ", {log} {}", if log == 1 { "logs" } else { "log" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_of_this_kit_tells_what_its_threads_are_for() {
        let told = |serving, signals, log| Threads { serving, signals, log }.to_string();
        assert_eq!(told(1, 0, 0), "1 thread");
        assert_eq!(told(5, 0, 0), "5 threads");
        assert_eq!(told(1, 1, 0), "1 thread serves, 1 waits for Ctrl-C");
        assert_eq!(told(3, 1, 0), "3 threads serve, 1 waits for Ctrl-C");
        assert_eq!(told(1, 1, 2), "1 thread serves, 1 waits for Ctrl-C, 2 log");
    }
}
