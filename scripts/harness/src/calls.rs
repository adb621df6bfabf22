//! Which system call a number means (each kind of CPU has its own numbers), and what the call waits for.

/// What a system call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// A client that connects to the socket in its first argument.
    Connection,
    /// Bytes from the socket in its first argument.
    Bytes,
    /// Space to send to the socket in its first argument.
    Space,
    /// Any of many sockets.
    Any,
    /// Something else: a lock, a time.
    Other,
}

/// The name of the system call of this number on this machine; `None` if there is none.
#[cfg(target_os = "linux")]
#[must_use]
pub fn name(number: i64) -> Option<&'static str> {
    syscalls::Sysno::new(usize::try_from(number).ok()?).map(|call| call.name())
}

/// What the system call of this name waits for.
#[must_use]
pub fn waits_for(name: &str) -> WaitsFor {
    match name {
        "accept" | "accept4" => WaitsFor::Connection,
        "recvfrom" | "recvmsg" | "read" | "readv" => WaitsFor::Bytes,
        "sendto" | "sendmsg" | "write" | "writev" => WaitsFor::Space,
        "epoll_wait" | "epoll_pwait" | "epoll_pwait2" | "poll" | "ppoll" | "select"
        | "pselect6" => WaitsFor::Any,
        _ => WaitsFor::Other,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use syscalls::{Sysno, aarch64, x86_64};

    /// Where a lab sleeps, on both kinds of CPU that the kit is used on.
    #[test]
    fn each_kind_of_cpu_has_its_own_numbers() {
        for (x86, arm, name, waits) in [
            (288, 242, "accept4", WaitsFor::Connection),
            (45, 207, "recvfrom", WaitsFor::Bytes),
            (44, 206, "sendto", WaitsFor::Space),
            (281, 22, "epoll_pwait", WaitsFor::Any),
            (202, 98, "futex", WaitsFor::Other),
        ] {
            assert_eq!(x86_64::Sysno::new(x86).unwrap().name(), name);
            assert_eq!(aarch64::Sysno::new(arm).unwrap().name(), name);
            assert_eq!(waits_for(name), waits);
        }
        // arm64 has no epoll_wait.
        assert_eq!(x86_64::Sysno::new(232).unwrap().name(), "epoll_wait");
        assert_eq!(waits_for("epoll_wait"), WaitsFor::Any);
    }

    #[test]
    fn a_number_of_this_machine_is_found() {
        assert_eq!(name(Sysno::recvfrom as i64), Some("recvfrom"));
        assert_eq!((name(99_999), name(-1)), (None, None));
    }
}
