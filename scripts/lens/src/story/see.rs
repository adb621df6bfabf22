//! From a call to what it means. One small function for each kind of call.

use std::str::from_utf8;

use crate::strace::{Call, Text, address, descriptor, label, local};

use super::{Carried, Moment, Scene, Side, Speech, Thing, What};

impl Scene {
    /// What a call has done. Give it all calls of a log in their order.
    pub fn see<'s>(&'s mut self, call: &Call<'s>) -> Moment<'s> {
        let fd = self.recognise_for(call);
        let who = fd.and_then(|fd| self.client(fd)).cloned();
        let is_about_sockets = fd.is_some_and(|fd| self.is_socket(fd));
        if let Some(what) = trouble(call, is_about_sockets) {
            return Moment { who, what };
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
            _ => Moment { who, what: self.managed(call, fd) },
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

    fn accepted(&mut self, call: &Call<'_>) -> Moment<'static> {
        // The start of the line may be missing, so the address may be in any place.
        let addr = call.args.iter().find_map(address);
        let Some(fd) = call.outcome.descriptor() else { return just(What::Failed) };
        let listener = descriptor(call.args.get(0)).filter(|fd| !self.things.contains_key(fd));
        self.set(listener, Thing::Listener(None));
        let who = self.meet(fd, addr.or_else(|| crate::strace::peer(call.outcome.note)));
        Moment { who: Some(who), what: What::Accepted(fd) }
    }

    fn received(&mut self, call: &Call<'_>, fd: Option<i32>) -> Moment<'_> {
        let Some(who) = fd.and_then(|fd| self.client(fd)).cloned() else {
            return just(What::Other);
        };
        let what = match call.outcome.count() {
            0 => What::Left,
            _ => What::Said(self.hear(Side::Client, call, fd)),
        };
        Moment { who: Some(who), what }
    }

    fn sent(&mut self, call: &Call<'_>, fd: Option<i32>) -> Moment<'_> {
        let Some(who) = fd.and_then(|fd| self.client(fd)).cloned() else {
            return just(What::Other);
        };
        let wanted = size(call.args.get(2)).unwrap_or(0).max(call.outcome.count());
        let speech = self.hear(Side::Server, call, fd);
        Moment { who: Some(who), what: What::Answered { speech, wanted } }
    }

    fn hear(&mut self, by: Side, call: &Call<'_>, fd: Option<i32>) -> &Speech {
        let text = Text::within(call.args.get(1));
        let shown = text.map(|text| text.bytes()).unwrap_or_default();
        let count = call.outcome.count();
        let is_all = size(call.args.get(2)).is_none_or(|size| match by {
            Side::Client => count < size,
            Side::Server => count == size,
        });
        let carried = Carried { shown: &shown, count, is_all };
        if let Some(Thing::Client(client)) = fd.and_then(|fd| self.things.get_mut(&fd)) {
            let hearing = match by {
                Side::Client => &mut client.requests,
                Side::Server => &mut client.replies,
            };
            hearing.hear(by, carried, &mut self.speech, &mut self.spare);
        }
        &self.speech
    }

    fn closed(&mut self, fd: Option<i32>) -> Moment<'static> {
        let Some(fd) = fd else { return just(What::Background) };
        self.unwatch(fd);
        let is_listener = matches!(self.things.get(&fd), Some(Thing::Listener(_)));
        let who = match self.things.remove(&fd) {
            Some(Thing::Client(client)) => Some(client.who),
            _ => None,
        };
        Moment { who, what: What::Closed { fd, is_listener } }
    }

    /// Calls that make sockets and change them.
    fn managed<'a>(&mut self, call: &Call<'a>, fd: Option<i32>) -> What<'a> {
        let made = call.outcome.descriptor();
        let arg = |index| call.args.get(index);
        match (call.name, fd.filter(|fd| self.is_socket(*fd) || !is_shared(call.name))) {
            ("socket", _) if arg(0).starts_with(b"AF_INET") => {
                self.set(made, Thing::Socket);
                made.map_or(What::Failed, What::SocketMade)
            }
            ("epoll_create" | "epoll_create1", _) => {
                self.set(made, Thing::Poll);
                made.map_or(What::Failed, What::PollMade)
            }
            ("setsockopt", Some(fd)) => {
                What::OptionSet { fd, option: from_utf8(arg(2)).unwrap_or_default() }
            }
            ("bind", Some(_)) => What::Bound(address(arg(1))),
            ("listen", Some(fd)) => {
                let addr = local(label(arg(0)));
                self.set(Some(fd), Thing::Listener(addr));
                What::Listens { addr, backlog: arg(1) }
            }
            ("getsockname", Some(_)) => What::AddressAsked(address(arg(1))),
            ("connect", Some(fd)) => {
                self.set(Some(fd), Thing::Outgoing);
                What::Connected(address(arg(1)))
            }
            ("shutdown", Some(_)) => What::ShutDown,
            ("ioctl", Some(fd)) if arg(1) == b"FIONBIO" => What::MadeNonBlocking(fd),
            ("fcntl", Some(fd)) => self.controlled(call, fd),
            ("epoll_ctl", Some(fd)) => self.watched(call, fd),
            ("write", None) => wrote(call),
            ("getsockopt" | "getpeername" | "ioctl", Some(_)) => What::Other,
            _ => What::Background,
        }
    }

    fn controlled(&mut self, call: &Call<'_>, fd: i32) -> What<'static> {
        match (call.args.get(1), self.things.get(&fd)) {
            (b"F_SETFL", _) if call.args.get(2).windows(10).any(|part| part == b"O_NONBLOCK") => {
                What::MadeNonBlocking(fd)
            }
            (b"F_DUPFD_CLOEXEC" | b"F_DUPFD", Some(Thing::Poll)) => {
                let copy = call.outcome.descriptor();
                self.set(copy, Thing::Poll);
                copy.map_or(What::Other, What::PollCopied)
            }
            _ => What::Background,
        }
    }
}

/// Whether other files than sockets know the call too.
fn is_shared(name: &str) -> bool {
    matches!(name, "ioctl" | "fcntl" | "write")
}

fn wrote(call: &Call<'_>) -> What<'static> {
    let text = Text::within(call.args.get(1));
    let fd = descriptor(call.args.get(0)).unwrap_or(-1);
    let is_cut = text.is_some_and(|text| text.is_cut);
    // Only what goes to stdout is told: the log need not be decoded.
    let text = text.filter(|_| fd == 1).map(|text| text.bytes().into_owned());
    What::Wrote { fd, text: text.unwrap_or_default(), is_cut }
}

/// What went otherwise than hoped, and means the same for whichever call.
fn trouble(call: &Call<'_>, is_about_sockets: bool) -> Option<What<'static>> {
    let name = call.name;
    let is_wait = name.starts_with("epoll_") || name.starts_with("accept");
    if !is_about_sockets && !is_wait {
        return None;
    }
    if call.never_returned() {
        return Some(What::NeverReturned);
    }
    if call.outcome.was_interrupted() {
        return Some(What::Interrupted);
    }
    if call.outcome.would_block() {
        return Some(match name {
            "accept" | "accept4" => What::NobodyWaits,
            "sendto" | "sendmsg" | "send" | "write" | "writev" => What::Full,
            _ => What::NothingSaid,
        });
    }
    (!call.outcome.error.is_empty()).then_some(What::Failed)
}

fn size(arg: &[u8]) -> Option<usize> {
    from_utf8(arg).ok()?.parse().ok()
}

/// A moment without a client.
pub(super) fn just(what: What<'_>) -> Moment<'_> {
    Moment { who: None, what }
}
