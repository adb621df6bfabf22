use super::*;

fn client(port: u16, place: Place) -> Client {
    let addr = SocketAddr::from(([127, 0, 0, 1], port));
    Client { addr, place, inode: 0, receive_queue: 0, send_queue: 0 }
}

fn look(at: Instant, thread: Thread, clients: Vec<Client>) -> Look {
    let switches = Switches::default();
    Look { at, thread, switches, ticks: 0, threads: 2, addr: None, queue: 0, clients }
}

/// A port at which nobody listens, so that `ss` tells nothing.
const NOBODY: u16 = 1;

#[test]
fn what_was_so_before_we_looked_is_at_least_that_old() {
    let start = Instant::now();
    let mut memory = Memory::default();
    memory.learn(&look(start, Thread::Runs, vec![client(7, Place::Waits)]), NOBODY);
    assert_eq!(memory.thread_since(), Some(Since::AtLeast(start)));
    assert_eq!(memory.client_since(&client(7, Place::Waits)), Some(Since::AtLeast(start)));
    assert_eq!(memory.rates(), None);

    let later = start + Duration::from_millis(250);
    let both = vec![client(7, Place::Waits), client(8, Place::Waits)];
    memory.learn(&look(later, Thread::Stopped, both), NOBODY);
    assert_eq!(memory.thread_since(), Some(Since::Exactly(later)));
    assert_eq!(memory.client_since(&client(7, Place::Waits)), Some(Since::AtLeast(start)));
    assert_eq!(memory.client_since(&client(8, Place::Waits)), Some(Since::Exactly(later)));
}

#[test]
fn another_sleep_in_the_same_call_is_another_sleep() {
    let start = Instant::now();
    let asleep = |sleep| Thread::Asleep { call: None, on: None, sleep };
    let mut memory = Memory::default();
    let looks = [(0, 7), (250, 7), (500, 8), (750, 8)];
    for (millis, sleep) in looks {
        let at = start + Duration::from_millis(millis);
        memory.learn(&look(at, asleep(sleep), Vec::new()), NOBODY);
    }
    let woke = start + Duration::from_millis(500);
    assert_eq!(memory.thread_since(), Some(Since::Exactly(woke)));
}

#[test]
fn what_ss_knows_is_older_than_what_we_have_seen() {
    let now = Instant::now();
    let sent = Duration::from_millis(5);
    let waiting = client(7, Place::Waits);
    let times = ss::Times { sent, has_sent: false };
    let told = Told { backlog: Some(1), connections: HashMap::from([(waiting.addr, times)]) };
    let since = Memory::default().since_when(&waiting, now, true, &told);
    assert_eq!(since, now.checked_sub(sent).map_or(Since::AtLeast(now), Since::Exactly));
}

#[test]
fn rates_are_those_of_the_last_seconds() {
    let start = Instant::now();
    let mut memory = Memory::default();
    for step in 0..=20_u32 {
        let mut look = look(start + step * Duration::from_millis(500), Thread::Runs, Vec::new());
        // Busy for all of the first eight seconds, and not at all since.
        look.ticks = u64::from(step.min(16)) * 50;
        look.switches.voluntary = u64::from(step) * 5;
        memory.learn(&look, NOBODY);
    }
    let rates = memory.rates().unwrap();
    assert!(rates.cpu.abs() < 1e-9, "{rates:?}");
    assert!((rates.voluntary - 10.0).abs() < 1e-9, "{rates:?}");
}
