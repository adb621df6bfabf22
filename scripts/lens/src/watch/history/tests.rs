use super::*;
use harness::snapshot::Threads;

fn client(port: u16, state: ClientState) -> Client {
    let addr = SocketAddr::from(([127, 0, 0, 1], port));
    Client { addr, state, inode: 0, receive_queue: 0, send_queue: 0 }
}

fn snapshot(at: Instant, thread: Thread, clients: Vec<Client>) -> Snapshot {
    let (voluntary, involuntary, ticks, queue) = (0, 0, 0, 0);
    Snapshot {
        at,
        thread,
        voluntary,
        involuntary,
        ticks,
        threads: Threads { serving: 1, signals: 1, log: 0 },
        addr: None,
        queue,
        clients,
    }
}

/// A port at which nobody listens, so that `ss` tells nothing.
const NOBODY: u16 = 1;

#[test]
fn what_was_so_before_we_looked_is_at_least_that_old() {
    let start = Instant::now();
    let mut history = History::default();
    history.update(&snapshot(start, Thread::Running, vec![client(7, ClientState::Queued)]), NOBODY);
    assert_eq!(history.thread_since(), Some(Since::AtLeast(start)));
    assert_eq!(history.client_since(&client(7, ClientState::Queued)), Some(Since::AtLeast(start)));
    assert_eq!(history.rates(), Rates::default());

    let later = start + Duration::from_millis(250);
    let both = vec![client(7, ClientState::Queued), client(8, ClientState::Queued)];
    history.update(&snapshot(later, Thread::Stopped, both), NOBODY);
    assert_eq!(history.thread_since(), Some(Since::Exactly(later)));
    assert_eq!(history.client_since(&client(7, ClientState::Queued)), Some(Since::AtLeast(start)));
    assert_eq!(history.client_since(&client(8, ClientState::Queued)), Some(Since::Exactly(later)));
}

#[test]
fn a_thread_that_has_slept_in_between_has_begun_anew() {
    let start = Instant::now();
    for thread in [Thread::Asleep { call: None, on: None }, Thread::Running] {
        let mut history = History::default();
        for (millis, voluntary) in [(0, 7), (250, 7), (500, 8), (750, 8)] {
            let at = start + Duration::from_millis(millis);
            let snapshot = Snapshot { voluntary, ..snapshot(at, thread.clone(), Vec::new()) };
            history.update(&snapshot, NOBODY);
        }
        let woke = start + Duration::from_millis(500);
        assert_eq!(history.thread_since(), Some(Since::Exactly(woke)));
    }
}

#[test]
fn what_ss_knows_is_older_than_what_we_have_seen() {
    let now = Instant::now();
    let sent = Duration::from_millis(5);
    let waiting = client(7, ClientState::Queued);
    let times = ss::Activity { sent, has_sent: false };
    let report = Report { backlog: Some(1), connections: HashMap::from([(waiting.addr, times)]) };
    let since = History::default().since_when(&waiting, now, true, &report);
    assert_eq!(since, now.checked_sub(sent).map_or(Since::AtLeast(now), Since::Exactly));
}

#[test]
fn rates_are_those_of_the_last_seconds() {
    let start = Instant::now();
    let mut history = History::default();
    for step in 0..=20_u32 {
        let mut snapshot =
            snapshot(start + step * Duration::from_millis(500), Thread::Running, Vec::new());
        // Busy for all of the first eight seconds, and not at all since.
        snapshot.ticks = u64::from(step.min(16)) * 50;
        snapshot.voluntary = u64::from(step) * 5;
        history.update(&snapshot, NOBODY);
    }
    let rates = history.rates();
    assert!(rates.cpu.abs() < 1e-9, "{rates:?}");
    assert!((rates.voluntary - 10.0).abs() < 1e-9, "{rates:?}");
}
