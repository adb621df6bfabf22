//! Calls that make sockets and change them, and what is written to other files.

use std::str::from_utf8;

use crate::strace::{Call, MAY_BE_FILE, Text, address, descriptor, label, local};

use super::{ConnectionTable, Event, FdKind};

impl ConnectionTable {
    /// Calls that make sockets and change them.
    pub(super) fn managed<'a>(&mut self, call: &Call<'a>, fd: Option<i32>) -> Event<'a> {
        let made = call.outcome.descriptor();
        let arg = |index| call.args.get(index);
        match (call.name, fd.filter(|fd| self.is_socket(*fd) || !MAY_BE_FILE.contains(&call.name)))
        {
            ("socket", _) => self.socket_created(call, made),
            ("socketpair", _) => {
                // `[3, 4]`: both ends are within this program.
                for fd in arg(3).split(|byte| matches!(byte, b'[' | b' ')) {
                    self.set(descriptor(fd), FdKind::Foreign);
                }
                Event::Background
            }
            ("epoll_create" | "epoll_create1", _) => {
                self.set(made, FdKind::Epoll);
                made.map_or(Event::Failed, Event::EpollCreated)
            }
            ("setsockopt", Some(fd)) => {
                Event::OptionSet { fd, option: from_utf8(arg(2)).unwrap_or_default() }
            }
            ("bind", Some(_)) => Event::Bound(address(arg(1))),
            ("listen", Some(fd)) => {
                let addr = local(label(arg(0)));
                self.set(Some(fd), FdKind::Listener(addr));
                Event::Listening { addr, backlog: arg(1) }
            }
            ("getsockname", Some(_)) => Event::AddressQueried(address(arg(1))),
            ("connect", Some(fd)) if arg(1).starts_with(b"{sa_family=AF_INET") => {
                self.set(Some(fd), FdKind::Outgoing);
                Event::Connected(address(arg(1)))
            }
            ("shutdown", Some(_)) => Event::ShutDown,
            // `[1]` or `[0]`
            ("ioctl", Some(fd)) if arg(1) == b"FIONBIO" => self.blocking_set(fd, arg(2) == b"[0]"),
            ("fcntl", Some(fd)) => self.controlled(call, fd),
            ("epoll_ctl", Some(fd)) => self.interest_changed(call, fd),
            ("write", None) => wrote(call),
            ("getsockopt" | "getpeername" | "ioctl", Some(_)) => Event::Other,
            _ => Event::Background,
        }
    }

    fn blocking_set(&mut self, fd: i32, is_blocking: bool) -> Event<'static> {
        self.set_blocking(fd, is_blocking);
        Event::BlockingSet { fd, is_blocking }
    }

    fn socket_created(&mut self, call: &Call<'_>, made: Option<i32>) -> Event<'static> {
        if !is_tcp(call) {
            self.set(made, FdKind::Foreign);
            return Event::Background;
        }
        let Some(fd) = made else { return Event::Failed };
        self.set(made, FdKind::Socket);
        self.set_blocking_by(fd, call.args.get(1));
        Event::SocketCreated(fd)
    }

    fn controlled(&mut self, call: &Call<'_>, fd: i32) -> Event<'static> {
        match (call.args.get(1), self.fds.get(&fd)) {
            (b"F_SETFL", _) => {
                let is_blocking = memchr::memmem::find(call.args.get(2), b"O_NONBLOCK").is_none();
                if is_blocking && !self.non_blocking.contains(&fd) {
                    return Event::Background;
                }
                self.blocking_set(fd, is_blocking)
            }
            (b"F_DUPFD_CLOEXEC" | b"F_DUPFD", Some(FdKind::Epoll)) => {
                let copy = call.outcome.descriptor();
                self.set(copy, FdKind::Epoll);
                copy.map_or(Event::Other, Event::EpollDuplicated)
            }
            _ => Event::Background,
        }
    }
}

fn is_tcp(call: &Call<'_>) -> bool {
    call.args.get(0).starts_with(b"AF_INET") && call.args.get(1).starts_with(b"SOCK_STREAM")
}

fn wrote(call: &Call<'_>) -> Event<'static> {
    let text = Text::within(call.args.get(1));
    let fd = descriptor(call.args.get(0)).unwrap_or(-1);
    let is_cut = text.is_some_and(|text| text.is_cut);
    // Only what goes to standard output is shown: the log need not be decoded.
    let text = text.filter(|_| fd == 1).map(|text| text.bytes().into_owned());
    Event::Wrote { fd, text: text.unwrap_or_default(), is_cut }
}
