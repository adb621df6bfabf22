//! Which calls do the same.

/// What a call does with a socket, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It takes a client from the queue of a listening socket.
    Accept,
    /// It reads bytes.
    Read,
    /// It writes bytes.
    Write,
    /// It connects to a server.
    Connect,
    /// It waits until one of the sockets that epoll watches is ready.
    Epoll,
    /// It waits until one of the sockets in its arguments is ready.
    Poll,
    /// A call that began before the log: strace does not know which.
    Restarted,
    /// Anything else.
    Other,
}

/// Calls that files know as well as sockets.
pub const MAY_BE_FILE: [&str; 6] = ["read", "readv", "write", "writev", "ioctl", "fcntl"];

impl Class {
    /// The class of the call with this name. arm64 has no `epoll_wait`, no `poll` and no `select`: its programs call
    /// `epoll_pwait`, `ppoll` and `pselect6`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name {
            "accept" | "accept4" => Class::Accept,
            "recvfrom" | "recvmsg" | "recv" | "read" | "readv" => Class::Read,
            "sendto" | "sendmsg" | "send" | "write" | "writev" => Class::Write,
            "connect" => Class::Connect,
            "epoll_wait" | "epoll_pwait" | "epoll_pwait2" => Class::Epoll,
            "poll" | "ppoll" | "select" | "pselect6" => Class::Poll,
            "restart_syscall" => Class::Restarted,
            _ => Class::Other,
        }
    }

    /// Whether such a call may wait for others.
    #[must_use]
    pub fn may_wait(self) -> bool {
        self != Class::Other
    }
}
