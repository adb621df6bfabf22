//! Calls that make sockets and change them, and what is written to other files.

use std::str::from_utf8;

use crate::strace::{Call, Text, address, descriptor, label, local};

use super::{ConnectionTable, Event, FdKind};

impl ConnectionTable {
    /// Calls that make sockets and change them.
    pub(super) fn managed<'a>(&mut self, call: &Call<'a>, fd: Option<i32>) -> Event<'a> {
        let made = call.outcome.descriptor();
        let arg = |index| call.args.get(index);
        match (call.name, fd.filter(|fd| self.is_socket(*fd) || !is_shared(call.name))) {
            ("socket", _) => self.socket_made(call, made),
            ("epoll_create" | "epoll_create1", _) => {
                self.set(made, FdKind::Poll);
                made.map_or(Event::Failed, Event::PollMade)
            }
            ("setsockopt", Some(fd)) => {
                Event::OptionSet { fd, option: from_utf8(arg(2)).unwrap_or_default() }
            }
            ("bind", Some(_)) => Event::Bound(address(arg(1))),
            ("listen", Some(fd)) => {
                let addr = local(label(arg(0)));
                self.set(Some(fd), FdKind::Listener(addr));
                Event::Listens { addr, backlog: arg(1) }
            }
            ("getsockname", Some(_)) => Event::AddressAsked(address(arg(1))),
            ("connect", Some(fd)) if arg(1).starts_with(b"{sa_family=AF_INET") => {
                self.set(Some(fd), FdKind::Outgoing);
                Event::Connected(address(arg(1)))
            }
            ("shutdown", Some(_)) => Event::ShutDown,
            ("ioctl", Some(fd)) if arg(1) == b"FIONBIO" => {
                self.note_waiting(fd, b"NONBLOCK");
                Event::MadeNonBlocking(fd)
            }
            ("fcntl", Some(fd)) => self.controlled(call, fd),
            ("epoll_ctl", Some(fd)) => self.watched(call, fd),
            ("write", None) => wrote(call),
            ("getsockopt" | "getpeername" | "ioctl", Some(_)) => Event::Other,
            _ => Event::Background,
        }
    }

    fn socket_made(&mut self, call: &Call<'_>, made: Option<i32>) -> Event<'static> {
        if !is_tcp(call) {
            self.set(made, FdKind::Foreign);
            return Event::Background;
        }
        let Some(fd) = made else { return Event::Failed };
        self.set(made, FdKind::Socket);
        self.note_waiting(fd, call.args.get(1));
        Event::SocketMade(fd)
    }

    fn controlled(&mut self, call: &Call<'_>, fd: i32) -> Event<'static> {
        match (call.args.get(1), self.things.get(&fd)) {
            (b"F_SETFL", _) if call.args.get(2).windows(10).any(|part| part == b"O_NONBLOCK") => {
                self.note_waiting(fd, call.args.get(2));
                Event::MadeNonBlocking(fd)
            }
            (b"F_DUPFD_CLOEXEC" | b"F_DUPFD", Some(FdKind::Poll)) => {
                let copy = call.outcome.descriptor();
                self.set(copy, FdKind::Poll);
                copy.map_or(Event::Other, Event::PollCopied)
            }
            _ => Event::Background,
        }
    }
}

fn is_tcp(call: &Call<'_>) -> bool {
    call.args.get(0).starts_with(b"AF_INET") && call.args.get(1).starts_with(b"SOCK_STREAM")
}

/// Whether other files than sockets know the call too.
fn is_shared(name: &str) -> bool {
    matches!(name, "ioctl" | "fcntl" | "write")
}

fn wrote(call: &Call<'_>) -> Event<'static> {
    let text = Text::within(call.args.get(1));
    let fd = descriptor(call.args.get(0)).unwrap_or(-1);
    let is_cut = text.is_some_and(|text| text.is_cut);
    // Only what goes to stdout is told: the log need not be decoded.
    let text = text.filter(|_| fd == 1).map(|text| text.bytes().into_owned());
    Event::Wrote { fd, text: text.unwrap_or_default(), is_cut }
}
