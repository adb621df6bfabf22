//! What the kernel tells of a process: `/proc/PID/stat` and `status` (man 5 proc).

/// A part of `stat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// The name of the program, cut after 15 bytes.
    pub name: String,
    /// `R` runs, `S` sleeps, `T` is stopped, `t` is stopped by a tracer, `Z` has ended.
    pub state: char,
    /// Time on a CPU, of all threads, in ticks: see [`TICKS_PER_SECOND`].
    pub ticks: u64,
    /// How many threads it has.
    pub threads: u64,
    /// When it started, in ticks since the machine did: tells it from a later one with its number.
    pub started: u64,
}

/// Linux counts so for programs on all machines of today, whatever it uses itself (`USER_HZ`).
pub const TICKS_PER_SECOND: f64 = 100.0;

/// Parses `stat`. The name may hold spaces and brackets: it ends at the last one.
#[must_use]
pub fn parse_stat(text: &str) -> Option<Stat> {
    let (start, rest) = text.rsplit_once(')')?;
    let name = start.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    // The manual counts from 1 and from the pid, so its field 3 is our 0.
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        name,
        state: fields.first()?.chars().next()?,
        ticks: number(14)?.saturating_add(number(15)?),
        threads: number(20)?,
        started: number(22)?,
    })
}

/// How often a thread has left its CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Switches {
    /// To wait for something.
    pub voluntary: u64,
    /// Because others wanted to run too.
    pub involuntary: u64,
}

/// Parses the switches in `status`.
#[must_use]
pub fn parse_switches(status: &str) -> Option<Switches> {
    let value = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        line.strip_prefix(':')?.trim().parse().ok()
    };
    Some(Switches {
        voluntary: value("voluntary_ctxt_switches")?,
        involuntary: value("nonvoluntary_ctxt_switches")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STAT: &str = "10844 (lab1-blocking) S 10843 10839 28226 0 -1 4194304 255 0 0 0 3 4 0 0 \
        20 0 2 0 440654 76234752 1373 18446744073709551615 1 1 0 0 0 0 0 4100 17475 0 0 0 17 1 0 0";
    const STATUS: &str =
        "Name:\tlab1\nvoluntary_ctxt_switches:\t2\nnonvoluntary_ctxt_switches:\t1\n";

    #[test]
    fn a_stat_is_read() {
        let stat = parse_stat(STAT).unwrap();
        assert_eq!((stat.name.as_str(), stat.state), ("lab1-blocking", 'S'));
        assert_eq!((stat.ticks, stat.threads, stat.started), (7, 2, 440_654));
        let odd = STAT.replace("lab1-blocking", "a) R (b");
        assert_eq!(parse_stat(&odd).unwrap().name, "a) R (b");
    }

    #[test]
    fn switches_are_read() {
        assert_eq!(parse_switches(STATUS), Some(Switches { voluntary: 2, involuntary: 1 }));
        assert_eq!(parse_switches("voluntary_ctxt_switches:\t2\n"), None);
    }

    proptest! {
        #[test]
        fn garbled_files_do_no_harm(text in "\\PC{0,200}", cut in 0_usize..400) {
            for whole in [STAT, STATUS, &text] {
                let part = whole.get(..cut.min(whole.len())).unwrap_or(whole);
                _ = (parse_stat(part), parse_switches(part));
            }
        }
    }
}
