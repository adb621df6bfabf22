//! Lab 3: a client is read while another one is silent.
//!
//! A client is silent from something that its log tells until the next such thing. What another client sends in that
//! time must be read in that time. Broken if it is not, and a thread that serves was asleep meanwhile, in a call that is about
//! somebody else. Unknown if it was not read, and the trace does not show such a sleep: the machine may be busy.
//!
//! It cannot see a server that reads a request and puts off its reply.

use std::time::Duration;

use trace::client_log::{ClientEvent, EventKind};

use super::Finding;
use super::acts::{Act, Outcome, Role};
use super::calls::{Calls, LONG};
use super::sleeps;

pub(super) fn judge(calls: &Calls<'_>) -> Finding {
    let (mut was_tested, mut unread) = (false, None);
    for request in calls.events {
        if !matches!(request.what, EventKind::Sent { .. }) {
            continue;
        }
        let read = first_read(calls, request);
        for (silent, to) in silent_meanwhile(calls, request) {
            if read.is_some_and(|read| read.ended <= to) {
                was_tested = true;
                continue;
            }
            let between = (request.at(), to);
            let asleep = calls.acts.iter().find(|act| {
                let is_about_others = act.port != Some(request.port);
                is_about_others && calls.slept(act) && act.within(between) > LONG
            });
            match asleep {
                Some(act) => {
                    let places = [act].into_iter().chain(read).map(|act| act.place).collect();
                    return Finding::Broken(sentence(calls, act, (request, silent)), places);
                }
                None => unread = Some((request, silent)),
            }
        }
    }
    match unread {
        _ if calls.is_busy() => Finding::too_busy(calls.pulse),
        Some((request, silent)) => Finding::Unknown(format!(
            "The server did not read client {} while client {silent} was silent, and the trace does not show why.",
            request.client
        )),
        None if was_tested => Finding::Holds,
        None => Finding::Unknown("No client was silent while another one asked.".to_owned()),
    }
}

/// The first call that reads what a client has sent.
fn first_read<'a>(calls: &'a Calls<'_>, sent: &ClientEvent) -> Option<&'a Act> {
    calls.acts.iter().find(|act| {
        act.role == Role::Read
            && act.port == Some(sent.port)
            && act.outcome == Outcome::Done
            && act.ended >= sent.at()
    })
}

/// The clients that are connected and do nothing for a while, when `request` is sent, and when each does something again.
fn silent_meanwhile<'a>(calls: &Calls<'a>, request: &ClientEvent) -> Vec<(&'a str, Duration)> {
    let connections = calls.connections();
    let others = connections.into_iter().filter(|(port, (from, to))| {
        *port != request.port && *from < request.at() && request.at() < *to
    });
    let silences = others.map(|(port, (_, to))| {
        let mut own = calls.events.iter().filter(|event| event.port == port);
        let next = own.find(|event| event.at() > request.at()).map_or(to, ClientEvent::at);
        (calls.name(port), next)
    });
    silences.filter(|(_, to)| to.saturating_sub(request.at()) > 2 * LONG).collect()
}

fn sentence(calls: &Calls<'_>, act: &Act, (request, silent): (&ClientEvent, &str)) -> String {
    format!(
        "While client {silent} was silent, the server did not read what client {} sent: it {}.",
        request.client,
        sleeps::slept(calls, act)
    )
}
