//! What needs Linux, and what to do on another system.

use crate::cli::Task;

/// Why this task cannot be done where the system is not Linux, in a sentence; `None` if it can.
pub(crate) fn needs(task: &Task) -> Option<String> {
    let (verb, why, recorded) = match task {
        Task::Watch(_) => ("watch", "reads /proc", None),
        // The clients of a scenario talk to a server on any system, and its list can be read there.
        Task::Record(asked) if asked.scenario.is_some() && asked.running.is_none() => {
            ("record", "runs strace", Some("scripts/trace.sh lab1 --recorded"))
        }
        Task::Bench(_) => ("bench", "reads /proc", None),
        Task::Compare(asked) if !asked.recorded => {
            ("compare", "reads /proc", Some("scripts/compare.sh --recorded"))
        }
        _ => return None,
    };
    let recorded =
        recorded.map_or(String::new(), |command| format!("\nOr from a recording: {command}"));
    Some(format!(
        "{verb} needs Linux: it {why}.\nIn a container: docker-compose run --rm tools{recorded}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser;

    #[test]
    fn what_only_reads_recordings_needs_no_linux() {
        let of = |line: &str| needs(&Cli::parse_from(line.split(' ')).task);
        for line in
            ["lens watch lab1", "lens record lab1 --scenario split", "lens bench", "lens compare"]
        {
            let why = of(line).unwrap();
            assert!(
                why.contains("needs Linux") && why.contains("docker-compose run --rm tools"),
                "{why}"
            );
        }
        for line in [
            "lens explain trace.log",
            "lens timeline labs/lab1-blocking/recordings/two-clients",
            "lens follow labs/lab1-blocking/recordings/two-clients",
            "lens compare --recorded",
            "lens record --list",
            "lens record lab1 --scenario split --running 6400",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
