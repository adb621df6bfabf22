//! Which system call a number means (each kind of CPU has its own numbers), and what the call waits for.

use syscalls::Sysno;

/// A system call that a server may sleep in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// What it waits for.
    pub waits_for: WaitsFor,
}

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

/// The system call of this number on this machine; `None` if there is none.
#[must_use]
pub fn find(number: i64) -> Option<Call> {
    Sysno::new(usize::try_from(number).ok()?).map(|call| named(call.name()))
}

fn named(name: &'static str) -> Call {
    let waits_for = match name {
        "accept" | "accept4" => WaitsFor::Connection,
        "recvfrom" | "recvmsg" | "read" | "readv" => WaitsFor::Bytes,
        "sendto" | "sendmsg" | "write" | "writev" => WaitsFor::Space,
        "epoll_wait" | "epoll_pwait" | "epoll_pwait2" | "poll" | "ppoll" | "select"
        | "pselect6" => WaitsFor::Any,
        _ => WaitsFor::Other,
    };
    Call { name, waits_for }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syscalls::{aarch64, x86_64};

    /// Where a lab sleeps, on both kinds of CPU that the kit is used on.
    #[test]
    fn each_kind_of_cpu_has_its_own_numbers() {
        for (x86, arm, waits_for) in [
            (288, 242, WaitsFor::Connection),
            (45, 207, WaitsFor::Bytes),
            (44, 206, WaitsFor::Space),
            (281, 22, WaitsFor::Any),
            (202, 98, WaitsFor::Other),
        ] {
            let on_x86 = named(x86_64::Sysno::new(x86).unwrap().name());
            let on_arm = named(aarch64::Sysno::new(arm).unwrap().name());
            assert_eq!(on_x86, on_arm);
            assert_eq!(on_x86.waits_for, waits_for);
        }
        let epoll_wait = named(x86_64::Sysno::new(232).unwrap().name());
        assert_eq!(epoll_wait, Call { name: "epoll_wait", waits_for: WaitsFor::Any });
    }

    #[test]
    fn a_number_of_this_machine_is_found() {
        let number = i64::try_from(Sysno::recvfrom as usize).unwrap();
        assert_eq!(find(number), Some(Call { name: "recvfrom", waits_for: WaitsFor::Bytes }));
        assert_eq!(find(99_999), None);
        assert_eq!(find(-1), None);
    }
}
