//! The list of watched sockets: what `epoll` and `poll` are told, and what they tell.

use std::time::Duration;

use memchr::memmem;

use crate::strace::{Call, descriptor, field};

use super::apply::just;
use super::connections::MOST;
use super::{Attributed, ConnectionTable, Event, FdKind, Ready, Watch};

impl ConnectionTable {
    /// `epoll_ctl(5, EPOLL_CTL_ADD, 7, {events=EPOLLIN|EPOLLET, data={u32=0, u64=0}})`
    pub(super) fn watched(&mut self, call: &Call<'_>, fd: i32) -> Event<'static> {
        let token = token(call.args.get(3));
        match (call.args.get(1), token) {
            (b"EPOLL_CTL_ADD", Some(token)) => {
                self.watch(fd, token);
                Event::Watch(Watch::Added(fd))
            }
            (b"EPOLL_CTL_MOD", Some(token)) => {
                self.watch(fd, token);
                Event::Watch(Watch::Changed(fd))
            }
            (b"EPOLL_CTL_DEL", _) => {
                self.unwatch(fd);
                Event::Watch(Watch::Removed(fd))
            }
            _ => Event::Other,
        }
    }

    fn watch(&mut self, fd: i32, token: u64) {
        self.unwatch(fd);
        if self.tokens.len() < MOST {
            self.tokens.insert(token, fd);
            self.token_of.insert(fd, token);
        }
    }

    pub(super) fn unwatch(&mut self, fd: i32) {
        if let Some(token) = self.token_of.remove(&fd)
            && self.tokens.get(&token) == Some(&fd)
        {
            self.tokens.remove(&token);
        }
    }

    /// `epoll_wait(5, [{events=EPOLLIN, data={u32=0, u64=0}}], 1024, -1) = 1`
    pub(super) fn woke(&mut self, call: &Call<'_>) -> Attributed<'_> {
        if call.outcome.value == Some(0) {
            return just(Event::TimeWasUp(patience(call)));
        }
        self.ready.clear();
        let events = call.args.get(1);
        let mut starts = memmem::find_iter(events, b"{events=").peekable();
        while let Some(start) = starts.next() {
            let event = events.get(start..starts.peek().copied().unwrap_or(events.len()));
            let event = event.unwrap_or_default();
            let fd = token(event).and_then(|token| self.tokens.get(&token)).copied();
            let ready = self.ready_for(fd, event);
            self.ready.push(ready);
        }
        just(Event::Woke(&self.ready))
    }

    /// `poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])`
    pub(super) fn polled<'a>(&'a mut self, call: &Call<'a>) -> Attributed<'a> {
        if self.first_polled(call.args.get(0)).is_none() {
            return just(Event::Background);
        }
        if call.never_returned() {
            return just(Event::NeverReturned);
        }
        if call.outcome.value == Some(0) {
            return just(Event::TimeWasUp(patience(call)));
        }
        self.ready.clear();
        for part in call.outcome.note.split(|byte| *byte == b'}') {
            if let Some(fd) = field(part, b"{fd=") {
                let ready = self.ready_for(descriptor(fd), part);
                self.ready.push(ready);
            }
        }
        just(Event::Woke(&self.ready))
    }

    /// The first socket in `[{fd=3, events=POLLIN}, …]`.
    pub(super) fn first_polled(&self, list: &[u8]) -> Option<i32> {
        let mut fds = memmem::find_iter(list, b"{fd=")
            .filter_map(|start| descriptor(list.get(start + 4..).unwrap_or_default()));
        fds.find(|fd| self.is_socket(*fd))
    }

    fn ready_for(&self, fd: Option<i32>, event: &[u8]) -> Ready {
        let thing = fd.and_then(|fd| self.things.get(&fd));
        // The names of epoll's events end as those of poll's.
        let has = |name: &[u8]| memmem::find(event, name).is_some();
        Ready {
            who: fd.and_then(|fd| self.client(fd)).cloned(),
            is_listener: matches!(thing, Some(FdKind::Listener(_) | FdKind::Socket)),
            can_read: has(b"POLLIN"),
            has_hung_up: has(b"POLLRDHUP") || has(b"POLLHUP"),
        }
    }
}

/// The number by which epoll names a socket: `u64=0` in `{events=…, data={u32=0, u64=0}}`.
fn token(event: &[u8]) -> Option<u64> {
    let digits = field(event, b"u64=")?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    std::str::from_utf8(digits.get(..end)?).ok()?.parse().ok()
}

/// How long a call that watches sockets is ready to wait; `None` if for ever.
#[must_use]
pub fn patience(call: &Call<'_>) -> Option<Duration> {
    let place = match call.name {
        "epoll_wait" | "epoll_pwait" => 3,
        "poll" => 2,
        _ => return None,
    };
    std::str::from_utf8(call.args.get(place)).ok()?.parse().ok().map(Duration::from_millis)
}
