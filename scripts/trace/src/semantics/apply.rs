//! From a call to what it means. One small function for each kind of call.

use std::str::from_utf8;

use crate::strace::{Call, Text, address, descriptor};

use super::trouble::trouble;
use super::{Attributed, Carried, ConnectionTable, Event, FdKind, Payload, Side};

impl ConnectionTable {
    /// What a call has done. Give it all calls of a log in their order.
    pub fn see<'s>(&'s mut self, call: &Call<'s>) -> Attributed<'s> {
        let fd = self.recognise_for(call);
        if let Some(fd) = fd.filter(|fd| self.is_foreign(*fd)) {
            return self.ignored(call, fd);
        }
        let who = fd.and_then(|fd| self.client(fd)).cloned();
        let is_about_sockets = fd.is_some_and(|fd| self.is_socket(fd));
        let may_wait = fd.is_none_or(|fd| !self.non_blocking.contains(&fd));
        if let Some(what) = trouble(call, is_about_sockets, may_wait) {
            return Attributed { who, what };
        }
        match call.name {
            "accept" | "accept4" => self.accepted(call),
            "recvfrom" | "recvmsg" | "recv" => self.received(call, fd),
            "read" | "readv" if is_about_sockets => self.received(call, fd),
            "sendto" | "sendmsg" | "send" => self.sent(call, fd),
            "write" | "writev" if is_about_sockets => self.sent(call, fd),
            "close" if is_about_sockets => self.closed(fd),
            "epoll_wait" | "epoll_pwait" | "epoll_pwait2" => self.woke(call),
            "poll" | "ppoll" | "select" | "pselect6" => self.polled(call),
            _ => Attributed { who, what: self.managed(call, fd) },
        }
    }

    /// The socket that a call is about.
    pub fn subject(&mut self, call: &Call<'_>) -> Option<i32> {
        let fd = match call.name {
            "poll" | "ppoll" => self.first_polled(call.args.get(0)),
            _ => self.recognise_for(call),
        };
        fd.filter(|fd| self.is_socket(*fd))
    }

    /// The descriptor that a call is about.
    fn recognise_for(&mut self, call: &Call<'_>) -> Option<i32> {
        let arg = call.args.get(0);
        match call.name {
            "recvfrom" | "recvmsg" | "recv" | "sendto" | "sendmsg" | "send" | "shutdown" => {
                self.recognise_client(arg)
            }
            "setsockopt" | "getsockopt" | "bind" | "listen" | "getsockname" | "getpeername"
            | "accept" | "accept4" | "connect" | "read" | "readv" | "write" | "writev"
            | "close" | "ioctl" | "fcntl" | "epoll_wait" | "epoll_pwait" | "epoll_pwait2" => {
                self.recognise(arg)
            }
            "epoll_ctl" => self.recognise(call.args.get(2)),
            _ => None,
        }
    }

    /// A call about a socket that is not TCP.
    fn ignored(&mut self, call: &Call<'_>, fd: i32) -> Attributed<'static> {
        match call.name {
            "accept" | "accept4" => self.set(call.outcome.descriptor(), FdKind::Foreign),
            "close" => drop(self.things.remove(&fd)),
            _ => {}
        }
        just(Event::Background)
    }

    fn accepted(&mut self, call: &Call<'_>) -> Attributed<'static> {
        // The start of the line may be missing, so the address may be in any place.
        let addr = call.args.iter().find_map(address);
        let Some(fd) = call.outcome.descriptor() else { return just(Event::Failed) };
        let listener = descriptor(call.args.get(0)).filter(|fd| !self.things.contains_key(fd));
        self.set(listener, FdKind::Listener(None));
        let who = self.meet(fd, addr.or_else(|| crate::strace::peer(call.outcome.note)));
        self.note_waiting(fd, call.args.get(3));
        Attributed { who: Some(who), what: Event::Accepted(fd) }
    }

    fn received(&mut self, call: &Call<'_>, fd: Option<i32>) -> Attributed<'_> {
        let Some(who) = fd.and_then(|fd| self.client(fd)).cloned() else {
            return just(Event::Other);
        };
        let what = match call.outcome.count() {
            0 => Event::Left,
            count if has_flag(call, b"MSG_PEEK") => Event::Peeked(count),
            _ => Event::Said(self.hear(Side::Client, call, fd).0),
        };
        Attributed { who: Some(who), what }
    }

    fn sent(&mut self, call: &Call<'_>, fd: Option<i32>) -> Attributed<'_> {
        let Some(who) = fd.and_then(|fd| self.client(fd)).cloned() else {
            return just(Event::Other);
        };
        let (speech, wanted) = self.hear(Side::Server, call, fd);
        Attributed { who: Some(who), what: Event::Answered { speech, wanted } }
    }

    /// What a call has carried, and for how many bytes it had room.
    fn hear(&mut self, by: Side, call: &Call<'_>, fd: Option<i32>) -> (&Payload, usize) {
        let (shown, room) = Text::all_within(call.args.get(1));
        let count = call.outcome.count();
        let room = room.or_else(|| size(call.args.get(2)));
        let is_all = room.is_none_or(|room| match by {
            Side::Client => count < room,
            Side::Server => count == room,
        });
        let carried = Carried { shown: &shown, count, is_all };
        if let Some(FdKind::Client(client)) = fd.and_then(|fd| self.things.get_mut(&fd)) {
            let hearing = match by {
                Side::Client => &mut client.requests,
                Side::Server => &mut client.replies,
            };
            hearing.hear(by, carried, &mut self.speech, &mut self.spare);
        }
        (&self.speech, room.unwrap_or(0).max(count))
    }

    fn closed(&mut self, fd: Option<i32>) -> Attributed<'static> {
        let Some(fd) = fd else { return just(Event::Background) };
        self.unwatch(fd);
        let is_listener = matches!(self.things.get(&fd), Some(FdKind::Listener(_)));
        let who = match self.things.remove(&fd) {
            Some(FdKind::Client(client)) => Some(client.who),
            _ => None,
        };
        Attributed { who, what: Event::Closed { fd, is_listener } }
    }
}

/// Whether a call that carries bytes was told so: `MSG_PEEK`, to leave them for the next call.
pub(super) fn has_flag(call: &Call<'_>, flag: &[u8]) -> bool {
    call.args.iter().skip(2).any(|arg| memchr::memmem::find(arg, flag).is_some())
}

fn size(arg: &[u8]) -> Option<usize> {
    from_utf8(arg).ok()?.parse().ok()
}

/// A moment without a client.
pub(super) fn just(what: Event<'_>) -> Attributed<'_> {
    Attributed { who: None, what }
}
