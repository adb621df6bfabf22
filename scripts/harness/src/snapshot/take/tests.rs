use super::*;
use procfs::{FromBufReadSI, net::TcpNetEntries};
use syscalls::Sysno;

/// Lab 1: one client is served, one waits, one has waited and left, one cannot connect; another server's client.
const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   1: 0100007F:18EB 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 100 3 0
   2: 0100007F:18EB 0100007F:A000 01 00000000:00000000 00:00000000 00000000     0        0 101 1 0
   3: 0100007F:18EB 0100007F:B000 01 00000000:00000006 00:00000000 00000000     0        0 0 1 0
   4: 0100007F:18EB 0100007F:9000 08 00000000:00000001 00:00000000 00000000     0        0 0 1 0
   5: 0100007F:C000 0100007F:18EB 02 00000001:00000000 01:00000030 00000000     0        0 204 2 0
   6: 0100007F:B000 0100007F:18EB 01 00000000:00000000 00:00000000 00000000     0        0 203 1 0
   7: 0100007F:18EC 0100007F:D000 01 00000000:00000000 00:00000000 00000000     0        0 300 1 0
   8: 0100007F:18EB 0100007F:E000 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0
";

fn sockets() -> Vec<TcpNetEntry> {
    let machine = procfs::current_system_info();
    TcpNetEntries::from_buf_read(TABLE.as_bytes(), machine).unwrap().0
}

fn blocked(number: i64, descriptor: u64) -> Option<Syscall> {
    Some(Syscall::Blocked {
        syscall_number: number,
        argument_registers: [descriptor, 0, 0, 0, 0, 0],
        stack_pointer: 0,
        program_counter: 0,
    })
}

fn asleep(call: Sysno, descriptor: u64, sockets: &[TcpNetEntry]) -> Thread {
    let ours = HashMap::from([(100, 3), (101, 5)]);
    let number = i64::try_from(call as usize).unwrap();
    thread(blocked(number, descriptor), 'S', |descriptor| peer(descriptor, &ours, sockets))
}

#[test]
#[cfg(target_endian = "little")]
fn who_waits_and_for_whom_is_seen_in_the_table() {
    let sockets = sockets();
    let thread = asleep(Sysno::recvfrom, 5, &sockets);
    let served: SocketAddr = "127.0.0.1:40960".parse().unwrap();
    let Thread::Asleep { on, .. } = &thread else { panic!("{thread:?}") };
    assert_eq!(*on, Some((5, Some(served))));
    let clients = clients(6379, &sockets, &thread);
    let states: Vec<_> = clients.iter().map(|client| (client.addr.port(), client.state)).collect();
    let expected = [
        (0xA000, ClientState::Awaited),
        (0x9000, ClientState::Abandoned),
        (0xB000, ClientState::Queued),
        (0xC000, ClientState::Connecting),
    ];
    assert_eq!(states, expected);
    assert_eq!((clients[2].receive_queue, clients[2].inode), (6, 203));
    assert_eq!(clients[3].inode, 204);
}

#[test]
#[cfg(target_endian = "little")]
fn a_server_that_accepts_waits_for_no_client_in_particular() {
    let sockets = sockets();
    let thread = asleep(Sysno::accept4, 3, &sockets);
    let Thread::Asleep { on: Some((3, None)), .. } = &thread else { panic!("{thread:?}") };
    let clients = clients(6379, &sockets, &thread);
    assert!(clients.iter().any(|client| client.state == ClientState::Idle));
    assert!(!clients.iter().any(|client| client.state == ClientState::Awaited));
}

#[test]
fn what_a_thread_does_is_known_as_far_as_we_may_know_it() {
    let of = |syscall, state| thread(syscall, state, |_| None);
    assert_eq!(of(Some(Syscall::Running), 'R'), Thread::Running);
    assert_eq!(of(None, 'R'), Thread::Running);
    assert_eq!(of(None, 'S'), Thread::AsleepSomewhere);
    assert_eq!(of(Some(Syscall::Running), 'T'), Thread::Stopped);
    let unknown = of(blocked(99_999, 0), 'S');
    assert_eq!(unknown, Thread::Asleep { call: None, on: None });
}
