//! Calls that sleep, and wait for nothing but time, or for one client alone.

use std::time::Duration;

use trace::semantics::poll_timeout;
use trace::strace::{Call, field};

use super::sockets::{Socket, Sockets};

/// A sleep that asks for less is a pause of a lock, and not of a server.
pub(super) const PAUSE: Duration = Duration::from_millis(1);
/// No server takes so long for its work.
const LONG: Duration = Duration::from_millis(400);

/// The client for which alone a call waits: `poll([{fd=5<TCP:[…]>, events=POLLIN}], 1, 5000)`.
pub(super) fn polled(sockets: &Sockets, call: &Call<'_>) -> Option<u16> {
    let item = field(call.args.get(0), b"{fd=").filter(|_| call.args.get(1) == b"1")?;
    let end = item.windows(9).position(|part| part == b", events=")?;
    match sockets.of(item.get(..end)?)? {
        Socket::Client(port) => Some(port),
        Socket::Other(_) => None,
    }
}

/// A call that waits for one client has slept if nothing came of it until its time was over, or if it was very long.
pub(super) fn has_slept(call: &Call<'_>) -> bool {
    let is_over = call.outcome.value == Some(0);
    let may_sleep = poll_timeout(call).is_none_or(|timeout| !timeout.is_zero());
    is_over && may_sleep || call.took.is_some_and(|took| took > LONG)
}

/// A wait without sockets is a sleep: `select(0, NULL, NULL, NULL, {tv_sec=0, tv_usec=10000})`, `poll(NULL, 0, 10)`.
pub(super) fn waits_for_nothing(call: &Call<'_>) -> bool {
    match call.name {
        "select" | "pselect6" => {
            (1..4).all(|place| matches!(call.args.get(place), b"NULL" | b"[]"))
        }
        _ => call.args.get(1) == b"0",
    }
}

/// Whether a sleep asks for enough time to be one. How long it took says less: a busy machine makes any call long.
pub(super) fn is_sleep(call: &Call<'_>) -> bool {
    is_until(call) || asked_for(call).is_some_and(|time| time >= PAUSE)
}

/// Whether it sleeps until a time by the clock, so that we do not know for how long it has asked.
pub(super) fn is_until(call: &Call<'_>) -> bool {
    call.name == "clock_nanosleep" && call.args.get(1) == b"TIMER_ABSTIME"
}

/// `{tv_sec=0, tv_nsec=10000000}`, or the milliseconds of `poll`.
fn asked_for(call: &Call<'_>) -> Option<Duration> {
    let request = match call.name {
        "nanosleep" => call.args.get(0),
        "clock_nanosleep" => call.args.get(2),
        "select" | "pselect6" => call.args.get(4),
        _ => return poll_timeout(call),
    };
    let number = |mark: &[u8]| {
        let digits = field(request, mark)?;
        let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
        std::str::from_utf8(digits.get(..end)?).ok()?.parse::<u64>().ok()
    };
    let part = number(b"tv_nsec=").map(Duration::from_nanos);
    let part = part.or_else(|| number(b"tv_usec=").map(Duration::from_micros));
    Some(Duration::from_secs(number(b"tv_sec=")?) + part?)
}
