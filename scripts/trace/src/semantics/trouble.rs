//! What went otherwise than hoped.

use crate::strace::{Call, WAIT};

use super::Event;
use super::apply::has_flag;

/// What went otherwise than hoped, and means the same for whichever call.
pub(super) fn trouble(
    call: &Call<'_>,
    is_about_sockets: bool,
    may_wait: bool,
) -> Option<Event<'static>> {
    let name = call.name;
    let is_wait = name.starts_with("epoll_") || name.starts_with("accept");
    if !is_about_sockets && !is_wait {
        return None;
    }
    if call.never_returned() {
        return Some(Event::NeverReturned);
    }
    if call.outcome.was_interrupted() {
        return Some(Event::Interrupted);
    }
    if call.outcome.would_block() {
        let may_wait = may_wait && !has_flag(call, b"MSG_DONTWAIT");
        return Some(match name {
            _ if may_wait && call.took.is_some_and(|took| took > WAIT) => Event::GaveUp,
            "accept" | "accept4" => Event::NobodyWaits,
            "sendto" | "sendmsg" | "send" | "write" | "writev" => Event::Full,
            _ => Event::NothingSaid,
        });
    }
    (!call.outcome.error.is_empty()).then_some(Event::Failed)
}
