use std::net::SocketAddr;
use std::time::Instant;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use procfs::process::Process;

use super::super::history::History;
use super::super::target::Target;
use super::*;
use harness::snapshot::{Client, ClientState, Snapshot, Thread, Threads};

fn addr(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn client(addr: SocketAddr, state: ClientState, receive_queue: u32) -> Client {
    Client { addr, state, inode: 0, receive_queue, send_queue: 0 }
}

/// Lab 1 with one client that is served, and so many that wait.
fn blocked(waiting: u16) -> View {
    let thread = Thread::Asleep { call: Some("recvfrom"), on: Some((5, Some(addr(40_960)))) };
    let mut clients = vec![client(addr(40_960), ClientState::Awaited, 0)];
    let queued = |number| client(addr(41_000 + number), ClientState::Queued, 6);
    clients.extend((0..waiting).map(queued));
    let snapshot = Snapshot {
        at: Instant::now(),
        thread,
        voluntary: 7,
        involuntary: 1,
        ticks: 0,
        threads: Threads { serving: 1, signals: 1, log: 0 },
        addr: Some(addr(6379)),
        queue: waiting.into(),
        clients,
    };
    let mut history = History::default();
    history.backlog = Some(1);
    let process = Process::myself().unwrap();
    let target = Target { process, name: "lab1-blocking".to_owned(), port: 6379 };
    View { target, snapshot, history }
}

fn screen(waiting: u16, choice: &Choice, in_colour: bool, size: (u16, u16)) -> TestBackend {
    let view = blocked(waiting);
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| draw(frame, &view, choice, in_colour)).unwrap();
    terminal.backend().clone()
}

#[test]
fn it_says_at_one_glance_who_waits_and_where() {
    let expected = format!(
        "\x20lab1-blocking · pid {} · 127.0.0.1:6379

 The server is asleep in recvfrom(client 127.0.0.1:40960).
 1 client waits to be accepted.

  server            asleep in recvfrom(client 127.0.0.1:40960)
  accept queue      ■□  1 of 2 places taken
  CPU               0 % of one · 1 thread serves, 1 waits for Ctrl-C
  context switches  7 voluntary (0/s), 1 involuntary (0/s)

  CLIENT           PROGRAM        WHERE IT IS            RECV-Q SEND-Q       FOR
  127.0.0.1:40960                 server waits for it         0      0
  127.0.0.1:41000                 WAITS to be accepted        6      0
",
        std::process::id()
    );
    assert_eq!(text(&blocked(1), 80), expected);
}

#[test]
fn a_long_address_keeps_its_port_and_leaves_space_for_the_rest() {
    let mut view = blocked(0);
    let addr = "[2001:db8:85a3:8d3:1319:8a2e:370:7348]:40960".parse().unwrap();
    view.snapshot.clients = vec![client(addr, ClientState::Idle, 0)];
    let text = text(&view, 80);
    let row = text.lines().last().unwrap();
    let row: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(row, ["…:8d3:1319:8a2e:370:7348]:40960", "accepted,", "idle", "0", "0"]);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn who_waits_is_red_and_without_colour_still_bold() {
    let is_red = |screen: &TestBackend| {
        let cells = screen.buffer().content();
        (
            cells.iter().any(|it| it.fg == Color::Red),
            cells.iter().any(|it| it.modifier == Modifier::BOLD),
        )
    };
    assert_eq!(is_red(&screen(1, &Choice::default(), true, (80, 24))), (true, true));
    assert_eq!(is_red(&screen(1, &Choice::default(), false, (80, 24))), (false, true));
}

#[test]
fn every_row_is_explained() {
    for (row, word) in [(0, "wakes when"), (1, "dropped"), (2, "silent"), (3, "inode 0")] {
        let choice = Choice { row, panel: Panel::Explain, ..Choice::default() };
        let screen = screen(2, &choice, true, (100, 30)).to_string();
        assert!(screen.contains(word), "{screen}");
        assert!(screen.contains("See it yourself: "), "{screen}");
        assert_eq!(screen.matches('▸').count(), 1);
    }
}

#[test]
fn what_has_no_room_is_counted_and_can_be_reached() {
    let top = screen(40, &Choice::default(), true, (80, 24)).to_string();
    assert!(top.contains("127.0.0.1:41000") && !top.contains("127.0.0.1:41039"), "{top}");
    assert!(top.contains("… and 30 more"), "{top}");
    let choice = Choice { row: 42, ..Choice::default() };
    let end = screen(40, &choice, true, (80, 24)).to_string();
    assert!(end.contains("▸ 127.0.0.1:41039"), "{end}");
}

#[test]
fn no_terminal_is_too_small() {
    for size in [(1, 1), (10, 3), (40, 10), (300, 100)] {
        for panel in [Panel::None, Panel::Explain, Panel::Help] {
            let choice = Choice { row: 1, is_frozen: true, panel };
            _ = screen(3, &choice, true, size);
        }
    }
}
