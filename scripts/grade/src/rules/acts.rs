//! A call with its role, its client, and what came of it.

use std::time::Duration;

use trace::strace::{Call, Class, Text};

use super::pauses::{has_slept, is_sleep, is_until, polled, waits_for_nothing};
use super::sockets::{Socket, Sockets};

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It waits for several sockets.
    Wait,
    /// It takes a client from the queue of the listening socket.
    Accept,
    /// It reads from a client.
    Read,
    /// It writes to a client.
    Write,
    /// It sleeps, and waits for nothing but time, or for one client only.
    Sleep,
    /// It ends the connection of a client, at least for this process.
    Close,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It has done its work: bytes moved, a client was accepted, sockets are ready.
    Done,
    /// It has found nothing: the end of the stream, or no socket that is ready.
    Nothing,
    /// It would have had to wait (`EAGAIN`).
    WouldBlock,
    /// A signal ended it, or the end of the program.
    Interrupted,
    /// Any other error.
    Failed,
}

/// Whether the kernel may put a call to sleep, because its socket is a blocking one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sleeps {
    Never,
    /// Until it has something to do, for as long as that takes.
    Freely,
    /// For a limited time, at whose end comes `EAGAIN`.
    Limited,
}

/// A call.
#[derive(Debug, Clone)]
pub(super) struct Act {
    /// Which call of the log it is.
    pub(super) place: usize,
    pub(super) thread: Option<u32>,
    pub(super) began: Duration,
    pub(super) ended: Duration,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) outcome: Outcome,
    /// The client, by its port.
    pub(super) port: Option<u16>,
    /// Whether the kernel may put it to sleep.
    pub(super) sleeps: Sleeps,
    /// It is a sleep until a time by the clock.
    pub(super) is_until: bool,
    /// The kernel took fewer bytes than it was given.
    pub(super) is_short: bool,
}

impl Act {
    /// How much of it lies within an interval.
    pub(super) fn within(&self, (from, to): (Duration, Duration)) -> Duration {
        self.ended.min(to).saturating_sub(self.began.max(from))
    }

    pub(super) fn is_io(&self) -> bool {
        matches!(self.role, Role::Accept | Role::Read | Role::Write)
    }
}

/// The call with its role; `None` if no rule is about it.
pub(super) fn act(
    sockets: &mut Sockets,
    call: &Call<'_>,
    (thread, began): (Option<u32>, Duration),
    place: usize,
) -> Option<Act> {
    let socket = sockets.of(call.args.get(0));
    let sleeps = match socket.filter(|socket| sockets.is_blocking(*socket)) {
        Some(_) if call.has_flag(b"MSG_DONTWAIT") => Sleeps::Never,
        Some(socket) if sockets.is_timed(socket) => Sleeps::Limited,
        Some(_) => Sleeps::Freely,
        None => Sleeps::Never,
    };
    let Some((role, client)) = role(sockets, call, socket) else {
        sockets.changed(call);
        return None;
    };
    let port = match role {
        Role::Accept => sockets.accepted(call),
        Role::Close => {
            sockets.changed(call);
            client
        }
        _ => client,
    };
    Some(Act {
        place,
        thread,
        began,
        ended: began + call.took.unwrap_or_default(),
        name: call.name.to_owned(),
        role,
        outcome: outcome(call, role),
        port,
        sleeps,
        is_until: is_until(call),
        is_short: role == Role::Write && is_short(call),
    })
}

/// What a call is for, and for which client, if it is for one.
fn role(sockets: &Sockets, call: &Call<'_>, socket: Option<Socket>) -> Option<(Role, Option<u16>)> {
    let client = match socket {
        Some(Socket::Client(port)) => Some(port),
        _ => None,
    };
    let role = match (Class::of(call.name), call.name) {
        (Class::Accept, _) if socket.is_some() => Role::Accept,
        (Class::Read, _) if client.is_some() => Role::Read,
        (Class::Write, _) if client.is_some() => Role::Write,
        (_, "close" | "shutdown") if client.is_some() => Role::Close,
        (Class::Epoll, _) => Role::Wait,
        (Class::Poll, _) => match polled(sockets, call).filter(|_| has_slept(call)) {
            Some(port) => return Some((Role::Sleep, Some(port))),
            None if waits_for_nothing(call) && is_sleep(call) => Role::Sleep,
            None => Role::Wait,
        },
        (_, "nanosleep" | "clock_nanosleep") if is_sleep(call) => Role::Sleep,
        _ => return None,
    };
    Some((role, client))
}

fn outcome(call: &Call<'_>, role: Role) -> Outcome {
    match call.outcome {
        outcome if outcome.would_block() => Outcome::WouldBlock,
        outcome if outcome.was_interrupted() || call.never_returned() => Outcome::Interrupted,
        outcome if !outcome.error.is_empty() => Outcome::Failed,
        outcome
            if outcome.count() == 0 && matches!(role, Role::Wait | Role::Read | Role::Sleep) =>
        {
            Outcome::Nothing
        }
        _ => Outcome::Done,
    }
}

fn is_short(call: &Call<'_>) -> bool {
    let given = Text::all_within(call.args.get(1)).1;
    let given = given.or_else(|| std::str::from_utf8(call.args.get(2)).ok()?.parse().ok());
    call.outcome.would_block() || given.is_some_and(|given| call.outcome.count() < given)
}
