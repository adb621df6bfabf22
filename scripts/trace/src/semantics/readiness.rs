//! The list of watched sockets: the arguments of `epoll` and `poll`, and what they return.

use std::str::from_utf8;
use std::time::Duration;

use memchr::memmem;

use crate::strace::{Call, Class, descriptor, field, leading_number};

use super::connections::MOST;
use super::{Attributed, ConnectionTable, Event, FdKind, Interest, Ready};

impl ConnectionTable {
    /// `epoll_ctl(5, EPOLL_CTL_ADD, 7, {events=EPOLLIN|EPOLLET, data={u32=0, u64=0}})`
    pub(super) fn interest_changed(&mut self, call: &Call<'_>, fd: i32) -> Event<'static> {
        Event::Interest(match (call.args.get(1), token(call.args.get(3))) {
            (b"EPOLL_CTL_ADD", Some(token)) => {
                self.watch(fd, token);
                Interest::Added(fd)
            }
            (b"EPOLL_CTL_MOD", Some(token)) => {
                self.watch(fd, token);
                Interest::Modified(fd)
            }
            (b"EPOLL_CTL_DEL", _) => {
                self.unwatch(fd);
                Interest::Removed(fd)
            }
            _ => return Event::Other,
        })
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
    pub(super) fn epoll_returned(&self, call: &Call<'_>) -> Attributed<'static> {
        let fd = |event: &[u8]| self.tokens.get(&token(event)?).copied();
        self.returned(call, call.args.get(1), b"{events=", fd)
    }

    /// `poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])`
    pub(super) fn poll_returned(&mut self, call: &Call<'_>) -> Attributed<'static> {
        let list = call.args.get(0);
        if !list.is_empty() && self.first_polled(list).is_none() {
            return Event::Background.into();
        }
        if call.never_returned() {
            return Event::NeverReturned.into();
        }
        self.returned(call, call.outcome.note, b"{fd=", |event| descriptor(event.get(4..)?))
    }

    /// The sockets that are ready, by a list whose items begin with `mark`.
    fn returned(
        &self,
        call: &Call<'_>,
        list: &[u8],
        mark: &[u8],
        fd: impl Fn(&[u8]) -> Option<i32>,
    ) -> Attributed<'static> {
        if call.outcome.value == Some(0) {
            return Event::NoneReady(poll_timeout(call)).into();
        }
        let mut ready = Vec::new();
        let mut starts = memmem::find_iter(list, mark).peekable();
        while let Some(start) = starts.next() {
            let event = list.get(start..starts.peek().copied().unwrap_or(list.len()));
            let event = event.unwrap_or_default();
            ready.push(self.ready_for(fd(event), event));
        }
        Event::Ready(ready).into()
    }

    /// The first socket in `[{fd=3, events=POLLIN}, …]`, after a look at what all of them are.
    pub(super) fn first_polled(&mut self, list: &[u8]) -> Option<i32> {
        let mut first = None;
        for start in memmem::find_iter(list, b"{fd=") {
            let item = list.get(start + 4..).unwrap_or_default();
            let end = memmem::find(item, b", events=").unwrap_or(item.len());
            let fd = self.recognise(item.get(..end).unwrap_or_default());
            first = first.or(fd.filter(|fd| self.is_socket(*fd)));
        }
        first
    }

    fn ready_for(&self, fd: Option<i32>, event: &[u8]) -> Ready {
        let kind = fd.and_then(|fd| self.fds.get(&fd));
        // The names of epoll's events end as those of poll's.
        let has = |name: &[u8]| memmem::find(event, name).is_some();
        Ready {
            client: fd.and_then(|fd| self.client(fd)).cloned(),
            is_listener: matches!(kind, Some(FdKind::Listener(_) | FdKind::Socket)),
            can_read: has(b"POLLIN"),
            has_hung_up: has(b"POLLRDHUP") || has(b"POLLHUP"),
        }
    }
}

/// The number by which epoll names a socket: `u64=0` in `{events=…, data={u32=0, u64=0}}`.
fn token(event: &[u8]) -> Option<u64> {
    let digits = field(event, b"u64=")?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    from_utf8(digits.get(..end)?).ok()?.parse().ok()
}

/// How long a call that watches sockets is ready to wait; `None` if for ever.
#[must_use]
pub fn poll_timeout(call: &Call<'_>) -> Option<Duration> {
    let place = match (Class::of(call.name), call.name) {
        (Class::Epoll, _) => 3,
        (_, "poll" | "ppoll") => 2,
        _ => return None,
    };
    let arg = call.args.get(place);
    // `{tv_sec=5, tv_nsec=0}`: ppoll and epoll_pwait2
    if let Some(nanos) = field(arg, b"tv_nsec=") {
        let seconds = u64::try_from(leading_number(field(arg, b"tv_sec=")?)?).ok()?;
        return Some(Duration::new(seconds, u32::try_from(leading_number(nanos)?).ok()?));
    }
    u64::try_from(leading_number(arg)?).ok().map(Duration::from_millis)
}
