//! From which line of the source each call was made.
//!
//! `strace -k` tells the stack of each call, but it makes a call cost some 3.5 ms. So times come from one run of a
//! scenario, and lines from a second one. A call of the first run has the line of that call of the second run which
//! has the same name and the same outcome at the same point of the same conversation. Where there is none, the line is
//! not known: it would be a guess. (The number of a call is no such point: an event loop reads once more in vain, or
//! does not, depending on how fast its client is.)

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use harness::labs::REDIS;
use trace::call_paths::{CallPaths, Frame};
use trace::semantics::ConnectionTable;
use trace::strace::{self, Joiner, Kind};

use super::{Options, RecordError, Run, Runs, Trace, start_traced};

mod keys;
mod stacks;

use keys::{Key, Keys};
use stacks::Stacks;

/// How much slower the clients are in the second run, at each connect and each reply. In the first one, an event loop
/// often has nothing to read when a client is new, and nothing more after a reply. With stacks it is so slow that the
/// next request would have come.
const SETTLE_MS: u64 = 100;

/// A call and its path.
#[derive(Debug, Clone)]
struct TracedCall {
    /// None if it is about no connection, and not of the main thread either.
    key: Option<Key>,
    path: Vec<Frame>,
}

/// Runs the scenario again, under `strace -k`. Returns how the server was started, and the paths of all calls of the
/// first run; or why they are not known.
pub(super) fn record(
    options: &Options,
    (first, folder): (&Run, &Path),
    progress: &mut impl Write,
) -> Result<(String, CallPaths), String> {
    if options.runs == Runs::Times {
        return Err("they were not asked for".to_owned());
    }
    if options.lab == REDIS {
        return Err(unknown(options));
    }
    // Where nobody reads it, the progress is lost; that is no reason to stop.
    _ = writeln!(
        progress,
        "Once more, with -k: it tells from which line of the source each call comes."
    );
    let log = folder.join("stacks.log");
    let scenario = options.scenario.with_pauses(SETTLE_MS);
    let mut run_again = || {
        let server = start_traced(options, Trace::Lines, &log, progress)?;
        let command = server.command.clone();
        Ok((command, super::run(&scenario, (options.lab, server), &log)?.0))
    };
    let again = run_again();
    // It is large, and all that it tells is in the paths. If it was never there, that is as well.
    _ = fs::remove_file(log);
    let (command, second) = again.map_err(|error| match error {
        // What strace says if it has no -k.
        RecordError::Start { error, .. } => error.to_string(),
        error => error.to_string(),
    })?;
    let paths = join(&calls(first), calls(&second));
    if paths.known() == 0 { Err(unknown(options)) } else { Ok((command, paths)) }
}

/// The paths of all calls of a run that was under `strace -k` itself; or why they are not known.
pub(super) fn of_single(options: &Options, run: &Run) -> Result<CallPaths, String> {
    let mut paths = CallPaths::default();
    for call in calls(run) {
        paths.push(&call.path);
    }
    if paths.known() == 0 { Err(unknown(options)) } else { Ok(paths) }
}

/// Why no line is known.
fn unknown(options: &Options) -> String {
    format!("{} was not built from this kit with debug information", options.lab.package)
}

/// The paths of all calls of the first run.
fn join(first: &[TracedCall], second: Vec<TracedCall>) -> CallPaths {
    let known = second.into_iter().filter_map(|call| Some((call.key?, call.path)));
    let known: HashMap<Key, Vec<Frame>> = known.collect();
    let mut paths = CallPaths::default();
    for call in first {
        let path = call.key.as_ref().and_then(|key| known.get(key));
        paths.push(path.map_or(&[], Vec::as_slice));
    }
    paths
}

/// The calls of a run, as a [`Joiner`] returns them, with their stacks where the log has any.
fn calls(run: &Run) -> Vec<TracedCall> {
    let names = run.events.iter().map(|event| (event.port, event.client.clone())).collect();
    let (mut joiner, mut table) = (Joiner::new(), ConnectionTable::new(names));
    let (mut stacks, mut keys) = (Stacks::new(), Keys::default());
    let main_thread = u32::try_from(run.main_thread).ok();
    let mut calls: Vec<TracedCall> = Vec::new();
    let mut has_stack = false;
    for line in run.log.split(|byte| *byte == b'\n') {
        let line = strace::parse(line);
        if let Kind::Frame(frame) = line.kind {
            if let (true, Some(call)) = (has_stack, calls.last_mut()) {
                call.path.extend(stacks.own(&frame));
            }
            continue;
        }
        has_stack = false;
        let Some(line) = joiner.join(line) else { continue };
        if let Kind::Call(call) = line.kind {
            let is_main = line.thread.is_none() || line.thread == main_thread;
            let key = keys.next(&call, &table.apply(&call), is_main);
            calls.push(TracedCall { key, path: Vec::new() });
            has_stack = true;
        }
    }
    // strace begins with the innermost function.
    for call in &mut calls {
        call.path.reverse();
    }
    calls
}

#[cfg(test)]
mod tests;
