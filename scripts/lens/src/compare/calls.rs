//! System calls a request, counted: strace writes all calls of all threads. Requests for a key with a mark in its name
//! show in that trace where the calls begin and end that are counted.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::measured::{Measured, PIPELINE, is_read, sorted};
use super::{Done, Means, scratch, start_traced};
use crate::measure::Subject;
use crate::measure::client::BlockingClient;
use crate::record::Trace;
use crate::report::model::CallsPerRequest;
use crate::sys::Server;
use trace::strace::{Joiner, Kind, parse};

/// How many requests are counted, of each kind.
const FULL: usize = 800;
const QUICK: usize = 320;
/// The server is asleep again when the next request comes: strace makes it so slow that a request without this
/// pause could come while it still works on the last one, and would cost no sleep.
const PAUSE: Duration = Duration::from_millis(1);
/// Such a key is never set, and found in the trace.
const MARK: &str = "GET lens-mark-#";
const MARK_IN_TRACE: &[u8] = b"lens-mark-";

/// Counts the calls of a server that is started under strace.
pub(super) fn measure(subject: &Subject, means: &Means<'_>, measured: &mut Measured) -> Done {
    let requests = if means.options.is_quick { QUICK } else { FULL };
    let folder = scratch()?;
    let log = folder.path().join("strace.log");
    let server = start_traced(subject, Trace::AllCalls, &log)?;
    let asked = ask(&server, requests);
    server.stop()?;
    asked?;
    measured.set_calls(per_request(&names(&log)?, requests).ok_or("its trace has no marks")?);
    Ok(())
}

/// One mark, requests one by one, a mark, as many requests 16 at a time, a mark.
fn ask(server: &Server, requests: usize) -> io::Result<()> {
    let mut client = BlockingClient::connect(server)?;
    client.ask("SET name Alice", 1)?;
    client.ask(MARK, 1)?;
    for _ in 0..requests {
        thread::sleep(PAUSE);
        client.ask("GET name", 1)?;
    }
    thread::sleep(PAUSE);
    client.ask(MARK, 1)?;
    for _ in 0..requests / PIPELINE {
        thread::sleep(PAUSE);
        client.ask("GET name", PIPELINE)?;
    }
    thread::sleep(PAUSE);
    client.ask(MARK, 1)?;
    Ok(())
}

/// The names of all calls, in the order of their ends, and whether each is the read of a mark. Threads that wait
/// for something else make no calls meanwhile.
fn names(log: &Path) -> io::Result<Vec<(String, bool)>> {
    let text = fs::read(log)?;
    let (mut joiner, mut names) = (Joiner::new(), Vec::new());
    for line in text.split(|byte| *byte == b'\n') {
        let Some(line) = joiner.join(parse(line)) else { continue };
        if let Kind::Call(call) = line.kind {
            let mut args = call.args.iter();
            let has_mark = args.any(|arg| memchr::memmem::find(arg, MARK_IN_TRACE).is_some());
            names.push((call.name.to_owned(), has_mark && is_read(call.name)));
        }
    }
    Ok(names)
}

/// From behind the read of one mark up to the read of the next are the calls of all requests between them
/// and of one more: the rest of the first mark's, and the beginning of the second's.
fn per_request(names: &[(String, bool)], requests: usize) -> Option<CallsPerRequest> {
    let marks: Vec<usize> =
        (0..names.len()).filter(|index| names.get(*index).is_some_and(|it| it.1)).collect();
    let [first, second, third] = *marks.as_slice() else { return None };
    let all = |from: usize, until: usize| count(names.get(from + 1..=until).unwrap_or_default());
    #[expect(clippy::cast_precision_loss, reason = "some hundred")]
    let requests = requests as f64;
    let alone: BTreeMap<String, f64> = all(first, second)
        .into_iter()
        .map(|(name, count)| (name, count / (requests + 1.0)))
        .collect();
    let pipelined = all(second, third).into_iter().map(|(name, count)| {
        let of_mark = alone.get(&name).copied().unwrap_or(0.0);
        (name, (count - of_mark).max(0.0) / requests)
    });
    let pipelined = pipelined.collect();
    Some(CallsPerRequest { alone: sorted(alone), pipelined: sorted(pipelined) })
}

fn count(names: &[(String, bool)]) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for (name, _) in names {
        *counts.entry(name.clone()).or_insert(0.0) += 1.0;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_between_marks_are_shared_out_among_the_requests() {
        let mut names: Vec<(String, bool)> = Vec::new();
        let mut call = |name: &str, is_mark| names.push((name.to_owned(), is_mark));
        call("bind", false);
        for _ in 0..2 {
            call("recvfrom", true);
            call("sendto", false);
            for _ in 0..32 {
                call("recvfrom", false);
                call("sendto", false);
            }
        }
        call("recvfrom", true);
        call("close", false);
        let calls = per_request(&names, 32).unwrap();
        let once = vec![("recvfrom".to_owned(), 1.0), ("sendto".to_owned(), 1.0)];
        assert_eq!((&calls.alone, &calls.pipelined), (&once, &once));
        assert!(per_request(&names[3..], 32).is_none(), "a mark is missing");
    }
}
