//! Calls that make sockets and change them, and what is written to other files.

use std::str::from_utf8;

use crate::strace::{Call, Text, address, descriptor, label, local};

use super::{Scene, Thing, What};

impl Scene {
    /// Calls that make sockets and change them.
    pub(super) fn managed<'a>(&mut self, call: &Call<'a>, fd: Option<i32>) -> What<'a> {
        let made = call.outcome.descriptor();
        let arg = |index| call.args.get(index);
        match (call.name, fd.filter(|fd| self.is_socket(*fd) || !is_shared(call.name))) {
            ("socket", _) => self.socket_made(call, made),
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
            ("connect", Some(fd)) if arg(1).starts_with(b"{sa_family=AF_INET") => {
                self.set(Some(fd), Thing::Outgoing);
                What::Connected(address(arg(1)))
            }
            ("shutdown", Some(_)) => What::ShutDown,
            ("ioctl", Some(fd)) if arg(1) == b"FIONBIO" => {
                self.note_waiting(fd, b"NONBLOCK");
                What::MadeNonBlocking(fd)
            }
            ("fcntl", Some(fd)) => self.controlled(call, fd),
            ("epoll_ctl", Some(fd)) => self.watched(call, fd),
            ("write", None) => wrote(call),
            ("getsockopt" | "getpeername" | "ioctl", Some(_)) => What::Other,
            _ => What::Background,
        }
    }

    fn socket_made(&mut self, call: &Call<'_>, made: Option<i32>) -> What<'static> {
        if !is_tcp(call) {
            self.set(made, Thing::Foreign);
            return What::Background;
        }
        let Some(fd) = made else { return What::Failed };
        self.set(made, Thing::Socket);
        self.note_waiting(fd, call.args.get(1));
        What::SocketMade(fd)
    }

    fn controlled(&mut self, call: &Call<'_>, fd: i32) -> What<'static> {
        match (call.args.get(1), self.things.get(&fd)) {
            (b"F_SETFL", _) if call.args.get(2).windows(10).any(|part| part == b"O_NONBLOCK") => {
                self.note_waiting(fd, call.args.get(2));
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

fn is_tcp(call: &Call<'_>) -> bool {
    call.args.get(0).starts_with(b"AF_INET") && call.args.get(1).starts_with(b"SOCK_STREAM")
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
