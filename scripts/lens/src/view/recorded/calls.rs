//! The calls of the server in a log of strace.

use crate::record::Meta;
use trace::call_paths::CallPaths;
use trace::client_log::ClientEvent;
use trace::semantics::ConnectionTable;
use trace::strace::{Joiner, Kind, Line, begun, parse};

use super::super::ServerCall;
use super::LATEST_US;

/// The calls of the main thread: that is the one that serves.
pub(super) fn calls(
    (log, paths): (&[u8], &CallPaths),
    meta: &Meta,
    events: &[ClientEvent],
) -> Vec<ServerCall> {
    let names = events.iter().map(|event| (event.port, event.client.clone())).collect();
    let main = u32::try_from(meta.pid).ok();
    let is_main = |line: &Line<'_>| line.thread.is_none() || line.thread == main;
    let (mut joiner, mut table, mut calls) =
        (Joiner::new(), ConnectionTable::new(names), Vec::new());
    let mut number = 0;
    for line in log.split(|byte| *byte == b'\n') {
        let Some(line) = joiner.join(parse(line)) else { continue };
        let Kind::Call(call) = &line.kind else { continue };
        if is_main(&line) {
            let may_wait = table.may_wait(call);
            let attributed = table.apply(call);
            let path = paths.path(number);
            let call = ServerCall::new(&line, call, &attributed);
            calls.extend(call.map(|it| ServerCall { path, may_wait, ..it }));
        }
        number += 1;
    }
    calls.retain(|call: &ServerCall| call.start_us < LATEST_US && call.took_us < LATEST_US);
    let last = calls.iter().map(ServerCall::end_us).max().unwrap_or(0);
    for line in joiner.started().filter(is_main) {
        calls.extend(never_returned(&line, last, &mut table));
    }
    calls.sort_by_key(|call| call.start_us);
    calls
}

/// The call in which the trace ends.
fn never_returned(
    line: &Line<'_>,
    last_us: u64,
    table: &mut ConnectionTable,
) -> Option<ServerCall> {
    let Kind::Unfinished { name, args } = line.kind else { return None };
    let call = begun(name, args);
    let attributed = table.apply(&call);
    let mut call = ServerCall::new(line, &call, &attributed)?;
    call.took_us = last_us.saturating_sub(call.start_us);
    Some(call)
}
