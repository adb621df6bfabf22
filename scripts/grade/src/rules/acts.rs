//! A call with its role, its client, and what came of it.

use std::time::Duration;

use trace::semantics::poll_timeout;
use trace::strace::{Call, Class, Text, field};

use super::sockets::{Socket, Sockets};

/// A sleep that asks for less is a pause of a lock, and not of a server.
const PAUSE: Duration = Duration::from_millis(1);
/// No server takes so long for its work.
const LONG: Duration = Duration::from_millis(400);

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
    /// The kernel may put it to sleep.
    pub(super) may_sleep: bool,
    /// Such a sleep is limited: `EAGAIN` comes at its end.
    pub(super) is_timed: bool,
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
    let may_sleep = socket.is_some_and(|socket| sockets.may_sleep(socket));
    let is_timed = socket.is_some_and(|socket| sockets.is_timed(socket));
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
        may_sleep: may_sleep && !call.has_flag(b"MSG_DONTWAIT"),
        is_timed,
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

/// The client for which alone a call waits: `poll([{fd=5<TCP:[…]>, events=POLLIN}], 1, 5000)`.
fn polled(sockets: &Sockets, call: &Call<'_>) -> Option<u16> {
    let item = field(call.args.get(0), b"{fd=").filter(|_| call.args.get(1) == b"1")?;
    let end = item.windows(9).position(|part| part == b", events=")?;
    match sockets.of(item.get(..end)?)? {
        Socket::Client(port) => Some(port),
        Socket::Other(_) => None,
    }
}

/// A call that waits for one client has slept if nothing came of it until its time was over, or if it was very long.
fn has_slept(call: &Call<'_>) -> bool {
    let is_over = call.outcome.value == Some(0);
    let may_sleep = poll_timeout(call).is_none_or(|timeout| !timeout.is_zero());
    is_over && may_sleep || call.took.is_some_and(|took| took > LONG)
}

/// A wait without sockets is a sleep: `select(0, NULL, NULL, NULL, {tv_sec=0, tv_usec=10000})`, `poll(NULL, 0, 10)`.
fn waits_for_nothing(call: &Call<'_>) -> bool {
    match call.name {
        "select" | "pselect6" => {
            (1..4).all(|place| matches!(call.args.get(place), b"NULL" | b"[]"))
        }
        _ => call.args.get(1) == b"0",
    }
}

/// Whether a sleep is long enough to be one. It is never shorter than what was asked for.
fn is_sleep(call: &Call<'_>) -> bool {
    let request = match call.name {
        "nanosleep" => call.args.get(0),
        "clock_nanosleep" if call.args.get(1) != b"TIMER_ABSTIME" => call.args.get(2),
        _ => return call.took.is_some_and(|took| took >= 5 * PAUSE),
    };
    let number = |mark: &[u8]| {
        let digits = field(request, mark)?;
        let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
        std::str::from_utf8(digits.get(..end)?).ok()?.parse::<u64>().ok()
    };
    let (seconds, nanos) = (number(b"tv_sec=").unwrap_or(0), number(b"tv_nsec=").unwrap_or(0));
    Duration::from_secs(seconds) + Duration::from_nanos(nanos) >= PAUSE
}
