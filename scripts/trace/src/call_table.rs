//! The table that `strace -w -c` makes of a running program, made from a log (`-T`).

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::time::Duration;

use crate::lines::{Lines, Next};
use crate::strace::{Joiner, Kind, parse};

/// More names than this are not told apart: a garbled log must not fill our memory.
const MOST: usize = 256;

/// What is added up for a call.
#[derive(Debug, Default)]
struct Row {
    calls: u64,
    errors: u64,
    took: Duration,
}

/// Writes how often each call was made, and how long it took. The longest comes first.
///
/// # Errors
/// If the input cannot be read, or the output not written.
pub fn write(input: impl Read, mut output: impl Write) -> io::Result<()> {
    let rows = count(input)?;
    let total: Duration =
        rows.iter().fold(Duration::ZERO, |sum, (_, row)| sum.saturating_add(row.took));
    writeln!(output, "% time     seconds  usecs/call     calls    errors syscall")?;
    writeln!(output, "------ ----------- ----------- --------- --------- ----------------")?;
    for (name, Row { calls, errors, took }) in rows {
        let percent = 100.0 * took.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
        let (seconds, each) = (took.as_secs_f64(), took.as_micros() / u128::from(calls.max(1)));
        let errors = if errors == 0 { String::new() } else { errors.to_string() };
        writeln!(output, "{percent:6.2} {seconds:11.6} {each:11} {calls:9} {errors:>9} {name}")?;
    }
    Ok(())
}

fn count(input: impl Read) -> io::Result<Vec<(String, Row)>> {
    let (mut lines, mut joiner) = (Lines::new(input), Joiner::new());
    let mut rows: HashMap<String, Row> = HashMap::new();
    loop {
        let line = match lines.next()? {
            Next::Line(line) => line,
            Next::Pause(_) => continue,
            Next::End => break,
        };
        let Some(Kind::Call(call)) = joiner.join(parse(line)).map(|line| line.kind) else {
            continue;
        };
        let is_new = !rows.contains_key(call.name);
        let Some(took) = call.took.filter(|_| !call.never_returned()) else { continue };
        if is_new && rows.len() >= MOST {
            continue;
        }
        let row = rows.entry(call.name.to_owned()).or_default();
        row.calls += 1;
        row.errors += u64::from(call.outcome.value.is_some_and(|value| value < 0));
        row.took = row.took.saturating_add(took);
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by(|(name, row), (other, than)| than.took.cmp(&row.took).then(name.cmp(other)));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(log: &str) -> Vec<String> {
        let mut table = Vec::new();
        write(log.as_bytes(), &mut table).unwrap();
        String::from_utf8(table).unwrap().lines().skip(2).map(str::to_owned).collect()
    }

    #[test]
    fn calls_are_counted_with_their_errors_and_their_time() {
        let log = "\
7 1795238840.000000 accept4(3,  <unfinished ...>
8 1795238840.000010 close(9) = 0 <0.250000>
7 1795238840.500000 <... accept4 resumed>0x7f, [128], SOCK_CLOEXEC) = -1 EAGAIN (not now) <0.500000>
7 1795238840.600000 close(5) = 0 <0.250000>
7 1795238840.700000 close(5) = 0
7 1795238840.700000 accept4(3,  <unfinished ...>
7 1795238840.800000 <... accept4 resumed>) = ?
hello
";
        assert_eq!(
            table(log),
            [
                " 50.00    0.500000      500000         1         1 accept4",
                " 50.00    0.500000      250000         2           close"
            ]
        );
        assert_eq!(table("close(5) = 0 <0.000000>\n").len(), 1);
        assert!(table("").is_empty());
    }
}
