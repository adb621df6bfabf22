//! Which calls to the kernel have which numbers (they differ between kinds of CPU), and which of their
//! arguments say what they wait for.

/// A call that a server may sleep in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// What it waits for.
    pub waits_for: WaitsFor,
}

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// A client that connects to the socket in its first argument.
    Client,
    /// Bytes from the socket in its first argument.
    Bytes,
    /// Room to send to the socket in its first argument.
    Room,
    /// Any of many sockets.
    Any,
    /// Something else: a lock, a time.
    Other,
}

const fn call(name: &'static str, waits_for: WaitsFor) -> Call {
    Call { name, waits_for }
}

/// The call of this number; `None` if we have no name for it.
#[must_use]
pub fn find(number: i64) -> Option<Call> {
    use WaitsFor::{Any, Bytes, Client, Other, Room};
    // Only calls that wait for something can be seen here: the others are over too soon.
    Some(match number {
        libc::SYS_accept => call("accept", Client),
        libc::SYS_accept4 => call("accept4", Client),
        libc::SYS_recvfrom => call("recvfrom", Bytes),
        libc::SYS_recvmsg => call("recvmsg", Bytes),
        libc::SYS_read => call("read", Bytes),
        libc::SYS_readv => call("readv", Bytes),
        libc::SYS_sendto => call("sendto", Room),
        libc::SYS_sendmsg => call("sendmsg", Room),
        libc::SYS_write => call("write", Room),
        libc::SYS_writev => call("writev", Room),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_epoll_wait => call("epoll_wait", Any),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll => call("poll", Any),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_select => call("select", Any),
        libc::SYS_epoll_pwait => call("epoll_pwait", Any),
        libc::SYS_epoll_pwait2 => call("epoll_pwait2", Any),
        libc::SYS_ppoll => call("ppoll", Any),
        libc::SYS_pselect6 => call("pselect6", Any),
        libc::SYS_futex => call("futex", Other),
        libc::SYS_nanosleep => call("nanosleep", Other),
        libc::SYS_clock_nanosleep => call("clock_nanosleep", Other),
        libc::SYS_rt_sigsuspend => call("rt_sigsuspend", Other),
        _ => return None,
    })
}
