//! What stands below the options in the help: examples, exit codes, lists.

use harness::scenario;
use lens::bench;
use lens::text::{COLUMNS, wrap};

pub const LENS: &str = "\
Examples:
  scripts/lens.sh watch lab1
      shows where a server that runs sleeps
  scripts/lens.sh explain labs/lab1-blocking/recordings/two-clients
      explains a recording that comes with the kit
  scripts/lens.sh timeline labs/*/recordings/two-clients
      puts the labs side by side

Exit code:
  0  done
  1  there was nothing to measure or to draw
  2  it could not be done";

pub const EXPLAIN: &str = "\
Examples:
  scripts/lens.sh explain labs/lab1-blocking/recordings/two-clients
      explains a recording that comes with the kit
  scripts/lens.sh explain --summary labs/lab1-blocking/recordings/two-clients
      prints the table of strace -w -c
  scripts/lens.sh explain trace.log
      explains a log of strace -f -ttt -T -yy -o trace.log
  strace -f -ttt -T -yy -o '|scripts/lens.sh explain' target/debug/lab1-blocking
      explains each call at once: the last line says who is asleep right now
  tcpdump -n -A -r my.pcap | scripts/lens.sh explain --tool tcpdump --port 6379
      explains each packet

Exit code:
  0  it was explained
  2  it could not be read";

pub const PORT: &str = "\
Examples:
  scripts/lens.sh port labs/lab1-blocking/recordings/two-clients

Exit code:
  0  the port is printed
  2  the folder has no recording";

const RECORD: &str = "\
Examples:
  scripts/lens.sh record --list
      lists the scenarios
  scripts/lens.sh record lab1 --scenario two-clients
      makes the folder captures/lab1-blocking/two-clients
  scripts/lens.sh record lab1 --scenario pipeline --running 6379
      records nothing: the clients talk to the server that runs

Exit code:
  0  the recording is there; or the clients have ended
  2  it could not be done";

pub const FLAME: &str = "\
Examples:
  perf script --no-inline --fields comm,tid,ip,sym,dso > perf.txt
  scripts/lens.sh flame perf.txt -o cpu.svg
      draws where the server runs
  strace -k -T -o wall.log target/release/lab1-blocking
  scripts/lens.sh flame --wall wall.log -o wall.svg
      draws where the server waits

Exit code:
  0  the picture is there
  1  perf took no sample, so there is nothing to draw
  2  it could not be done";

pub const WATCH: &str = "\
Examples:
  scripts/lens.sh watch lab1
      watches the lab that runs; needs no root and no tracer
  scripts/lens.sh watch 4242 --once
      prints one picture as text, of any server, by the number of its process

Exit code:
  0  it was watched
  2  it could not be watched: no such server runs, for instance";

pub const TIMELINE: &str = "\
Examples:
  scripts/lens.sh timeline labs/*/recordings/two-clients
      prints text
  scripts/lens.sh timeline labs/*/recordings/two-clients --svg two.svg
      draws a picture

Exit code:
  0  it was printed, or drawn
  2  it could not be read, or not be written";

pub const FOLLOW: &str = "\
Examples:
  scripts/lens.sh follow labs/lab1-blocking/recordings/two-clients
      follows the request of the second client
  scripts/lens.sh follow labs/lab3-multiclient/recordings/pipeline --client A
      follows the first request of client A

Exit code:
  0  it was printed, or drawn
  2  there is no such request; or it could not be read, or not be written";

const BENCH: &str = "\
Examples:
  scripts/bench.sh --quick
      builds the servers, and measures a little
  scripts/lens.sh bench --only get-50 set-50
      measures two loads; the servers are built already

Exit code:
  0  it was measured, whether the targets are met or not
  1  there was nothing to measure
  2  it could not be done";

pub const COMPARE: &str = "\
Examples:
  scripts/lens.sh compare --recorded
      reads the recordings of the kit; needs no tool and starts no lab
  scripts/compare.sh --quick
      does it run here?
  scripts/compare.sh --with-threads
      what do a lock and a thread for each client cost?
  scripts/compare.sh --with 127.0.0.1:6379
      beside a server that runs already
  scripts/compare.sh --lab work/lab2
      beside your own lab 2

Exit code:
  0  there is a comparison; it says what it lacks
  1  no server could be measured
  2  it could not be done";

/// What stands below the options of `record`.
pub fn record() -> String {
    let all = scenario::all().unwrap_or_default();
    format!("{RECORD}\n\n{}", named("Scenarios:", all.into_iter().map(|one| (one.name, one.about))))
}

/// What stands below the options of `bench`.
pub fn bench() -> String {
    format!("{BENCH}\n\n{}", named("What is measured:", bench::list().unwrap_or_default()))
}

/// Names, and what each of them means.
fn named(title: &str, all: impl IntoIterator<Item = (String, String)>) -> String {
    let lines = all.into_iter().map(|(name, about)| {
        let row = format!("  {name:<12} {about}");
        wrap(&row, COLUMNS, &" ".repeat(15)).join("\n") + "\n"
    });
    format!("{title}\n{}", lines.collect::<String>())
}
