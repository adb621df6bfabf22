//! From a call to what it means. One small function for each kind of call.

use std::str::from_utf8;
use std::time::Duration;

use crate::strace::{Call, Class, MAY_BE_FILE, Text, WAIT, address, descriptor, peer};

use super::{
    Attributed, Carried, ConnectionTable, Event, FdKind, Payload, Side, Wait, poll_timeout,
};

impl ConnectionTable {
    /// What a call has done. Give it all calls of a log in their order.
    pub fn apply<'a>(&mut self, call: &Call<'a>) -> Attributed<'a> {
        let fd = self.recognise_for(call);
        if let Some(fd) = fd.filter(|fd| self.is_foreign(*fd)) {
            return self.ignored(call, fd);
        }
        let client = fd.and_then(|fd| self.client(fd)).cloned();
        let is_socket = fd.is_some_and(|fd| self.is_socket(fd));
        let may_wait = fd.is_none_or(|fd| !self.non_blocking.contains(&fd));
        if let Some(event) = without_result(call, is_socket, may_wait) {
            return Attributed { client, event };
        }
        let is_about_sockets = is_socket || !MAY_BE_FILE.contains(&call.name);
        match Class::of(call.name) {
            Class::Accept => self.accepted(call),
            Class::Read if is_about_sockets => self.received(call, fd),
            Class::Write if is_about_sockets => self.sent(call, fd),
            Class::Epoll => self.epoll_returned(call),
            Class::Poll => self.poll_returned(call),
            _ if call.name == "close" && is_socket => self.closed(fd),
            _ => Attributed { client, event: self.managed(call, fd) },
        }
    }

    /// What a call waits for, if it waits for sockets. A call that began before the log may have any arguments: we take it
    /// for one that waits for sockets.
    pub fn waits_for(&mut self, call: &Call<'_>) -> Option<Wait> {
        let fd = match Class::of(call.name) {
            Class::Other => return None,
            Class::Restarted => return Some(Wait { client: None }),
            Class::Poll if call.args.get(0).is_empty() => return Some(Wait { client: None }),
            Class::Poll => self.first_polled(call.args.get(0)),
            _ => self.recognise_for(call),
        }?;
        let may_be_file = Class::of(call.name) == Class::Poll || MAY_BE_FILE.contains(&call.name);
        let is_ours = self.is_socket(fd) || !(may_be_file || self.is_foreign(fd));
        is_ours.then(|| Wait { client: self.client(fd).cloned() })
    }

    /// Whether a call can wait: not on a socket that is non-blocking, nor with a timeout of 0. Ask before [`Self::apply`].
    #[must_use]
    pub fn may_wait(&self, call: &Call<'_>) -> bool {
        let fd = descriptor(call.args.get(0));
        let is_blocking = fd.is_none_or(|fd| !self.non_blocking.contains(&fd));
        let is_watching = matches!(Class::of(call.name), Class::Epoll | Class::Poll);
        let is_look = is_watching && poll_timeout(call) == Some(Duration::ZERO);
        is_blocking && !is_look && !call.has_flag(b"MSG_DONTWAIT")
    }

    /// The descriptor that a call is about.
    fn recognise_for(&mut self, call: &Call<'_>) -> Option<i32> {
        let arg = call.args.get(0);
        match (Class::of(call.name), call.name) {
            (Class::Read | Class::Write, name) if !MAY_BE_FILE.contains(&name) => {
                self.recognise_client(arg)
            }
            (_, "shutdown") => self.recognise_client(arg),
            (_, "epoll_ctl") => self.recognise(call.args.get(2)),
            (Class::Read | Class::Write | Class::Accept | Class::Connect | Class::Epoll, _)
            | (
                _,
                "setsockopt" | "getsockopt" | "bind" | "listen" | "getsockname" | "getpeername"
                | "close" | "ioctl" | "fcntl",
            ) => self.recognise(arg),
            _ => None,
        }
    }

    /// A call about a socket that is not TCP.
    fn ignored(&mut self, call: &Call<'_>, fd: i32) -> Attributed<'static> {
        match Class::of(call.name) {
            Class::Accept => self.set(call.outcome.descriptor(), FdKind::Foreign),
            _ if call.name == "close" => drop(self.fds.remove(&fd)),
            _ => {}
        }
        Event::Background.into()
    }

    fn accepted(&mut self, call: &Call<'_>) -> Attributed<'static> {
        // The start of the line may be missing, so the address may be in any place.
        let addr = call.args.iter().find_map(address);
        let Some(fd) = call.outcome.descriptor() else { return Event::Failed.into() };
        let listener = descriptor(call.args.get(0)).filter(|fd| !self.fds.contains_key(fd));
        self.set(listener, FdKind::Listener(None));
        let client = self.register(fd, addr.or_else(|| peer(call.outcome.note)));
        self.set_blocking_by(fd, call.args.get(3));
        Attributed { client: Some(client), event: Event::Accepted(fd) }
    }

    fn received(&mut self, call: &Call<'_>, fd: Option<i32>) -> Attributed<'static> {
        let event = match call.outcome.count() {
            0 => Event::EndOfStream,
            count if call.has_flag(b"MSG_PEEK") => Event::Peeked(count),
            _ => match self.decode(Side::Client, call, fd) {
                Some((payload, _)) => Event::Received(payload),
                None => Event::Other,
            },
        };
        self.of_client(fd, event)
    }

    fn sent(&mut self, call: &Call<'_>, fd: Option<i32>) -> Attributed<'static> {
        let event = match self.decode(Side::Server, call, fd) {
            Some((payload, requested)) => Event::Sent { payload, requested },
            None => Event::Other,
        };
        self.of_client(fd, event)
    }

    /// An event of the client behind the descriptor, if there is one.
    fn of_client(&self, fd: Option<i32>, event: Event<'static>) -> Attributed<'static> {
        match fd.and_then(|fd| self.client(fd)).cloned() {
            Some(client) => Attributed { client: Some(client), event },
            None => Event::Other.into(),
        }
    }

    /// What a call has carried, and for how many bytes it had room.
    fn decode(&mut self, by: Side, call: &Call<'_>, fd: Option<i32>) -> Option<(Payload, usize)> {
        let FdKind::Connection(connection) = self.fds.get_mut(&fd?)? else { return None };
        let (shown, room) = Text::all_within(call.args.get(1));
        let count = call.outcome.count();
        let room = room.or_else(|| from_utf8(call.args.get(2)).ok()?.parse().ok());
        let (decoder, is_all) = match by {
            Side::Client => (&mut connection.requests, room.is_none_or(|room| count < room)),
            Side::Server => (&mut connection.replies, room.is_none_or(|room| count == room)),
        };
        let payload = decoder.decode(by, Carried { shown: &shown, count, is_all });
        Some((payload, room.unwrap_or(0).max(count)))
    }

    fn closed(&mut self, fd: Option<i32>) -> Attributed<'static> {
        let Some(fd) = fd else { return Event::Background.into() };
        self.unwatch(fd);
        let kind = self.fds.remove(&fd);
        let is_listener = matches!(kind, Some(FdKind::Listener(_)));
        let client = match kind {
            Some(FdKind::Connection(connection)) => Some(connection.client),
            _ => None,
        };
        Attributed { client, event: Event::Closed { fd, is_listener } }
    }
}

/// What a call means that has no result, whichever call it is: it failed, was interrupted, or would have had to wait.
fn without_result(call: &Call<'_>, is_socket: bool, may_wait: bool) -> Option<Event<'static>> {
    let class = Class::of(call.name);
    let is_epoll = class == Class::Epoll || call.name.starts_with("epoll_");
    if !is_socket && !is_epoll && class != Class::Accept {
        return None;
    }
    if call.never_returned() {
        return Some(Event::NeverReturned);
    }
    if call.outcome.was_interrupted() {
        return Some(Event::Interrupted);
    }
    if call.outcome.would_block() {
        let may_wait = may_wait && !call.has_flag(b"MSG_DONTWAIT");
        return Some(match class {
            _ if may_wait && call.took.is_some_and(|took| took > WAIT) => Event::TimedOut,
            Class::Accept => Event::QueueEmpty,
            Class::Write => Event::SendBufferFull,
            _ => Event::NothingToRead,
        });
    }
    (!call.outcome.error.is_empty()).then_some(Event::Failed)
}
