//! What `lens explain` says about real logs, to the letter, and that no garbled log stops it.
#![allow(clippy::unwrap_used, clippy::panic)] // Where a test cannot go on, it fails.

mod pages;

use pages::assert_page;
use proptest::prelude::*;
use std::path::Path;
use trace::call_paths::{CallPaths, Frame};
use trace::client_log::read_log;
use trace::explain::{ClientNotes, Options, Style, run, run_with_paths};

const LAB1: &[u8] = include_bytes!("logs/lab1-two-clients.log");
const LAB3: &[u8] = include_bytes!("logs/lab3-two-clients.log");
const ATTACHED: &[u8] = include_bytes!("logs/attached.log");

fn explain_with(log: &[u8], client_notes: ClientNotes, all: bool) -> String {
    let mut page = Vec::new();
    run(log, &mut page, client_notes, Options { all, ..Options::default() }).unwrap();
    String::from_utf8(page).unwrap()
}

fn explain(log: &[u8]) -> String {
    explain_with(log, ClientNotes::default(), false)
}

#[test]
fn the_page_of_a_blocking_server() {
    assert_page("lab1-two-clients.txt", &explain(LAB1));
}

#[test]
fn the_page_of_a_server_for_many_clients() {
    assert_page("lab3-two-clients.txt", &explain(LAB3));
}

#[test]
fn the_page_of_a_server_that_strace_was_attached_to() {
    assert_page("attached.txt", &explain(ATTACHED));
}

#[test]
fn what_the_clients_have_recorded_stands_where_it_belongs() {
    let events = read_log(Path::new("tests/logs/lab1-two-clients.jsonl")).unwrap();
    let page = explain_with(LAB1, ClientNotes::new(events), false);
    assert_page("lab1-with-clients.txt", &page);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text:?} in\n{page}"));
    let heard = place("client B said GET name");
    let unheard = place("client B      sends GET name: nobody reads it yet");
    assert!(place("asleep in recvfrom 1.000 s: client A said nothing") < unheard);
    assert!(unheard < place("closed descriptor 5: client A is gone"));
    assert!(place("closed descriptor 5: client A is gone") < heard);
}

/// The first call of the log has this line; the others have none.
fn with_place(log: &[u8], file: &str, line: u32) -> String {
    let mut paths = CallPaths::default();
    paths.push(&[Frame {
        function: "f".to_owned(),
        file: file.to_owned(),
        line,
        text: String::new(),
    }]);
    let mut page = Vec::new();
    let style = Style { columns: Some(102), ..Style::default() };
    let options = Options { style, ..Options::default() };
    run_with_paths(log, &mut page, (ClientNotes::default(), paths), options).unwrap();
    String::from_utf8(page).unwrap()
}

#[test]
fn the_line_of_a_call_stands_at_its_end_where_it_fits() {
    let socket =
        b"socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3<TCP:[1]>\nlisten(3<TCP:[1]>, 1) = 0\n";
    let page = with_place(socket, "labs/a/src/main.rs", 54);
    assert!(page.contains("made a TCP socket, with descriptor 3  main.rs:54\n"), "{page}");
    assert_eq!(page.matches("main.rs").count(), 1, "{page}");

    let accept = LAB1
        .split(|byte| *byte == b'\n')
        .find(|line| memchr::memmem::find(line, b"accept4").is_some());
    let page = with_place(accept.unwrap(), "labs/a/src/server.rs", 24);
    let row = |text: &str| page.lines().find(|line| line.contains(text)).unwrap();
    assert!(row("asleep in accept4").ends_with("(asleep in accept4)"), "too wide:\n{page}");
    assert!(row("as descriptor 5").ends_with("  server.rs:24"), "{page}");

    let wait =
        b"1.0 epoll_wait(5<anon_inode:[eventpoll]>, [{events=EPOLLIN, data=0}], 9, -1) = 1 <1.0>";
    let page = with_place(wait, "labs/a/src/server.rs", 42);
    assert!(page.contains("nobody spoke  server.rs:42\n"), "{page}");
    assert_eq!(page.matches("server.rs").count(), 1, "it is one call:\n{page}");
}

#[test]
fn pages_fit_in_100_columns() {
    for log in [LAB1, LAB3, ATTACHED] {
        for line in explain(log).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn on_a_terminal_of_80_columns_lines_break_between_words() {
    let style = Style { columns: Some(80), ..Style::default() };
    for log in [LAB1, LAB3, ATTACHED] {
        let (mut page, options) = (Vec::new(), Options { style, ..Options::default() });
        run(log, &mut page, ClientNotes::default(), options).unwrap();
        let page = String::from_utf8(page).unwrap();
        for line in page.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let words = |page: &str| page.replace('└', "").split_whitespace().collect::<String>();
        assert_eq!(words(&page), words(&explain(log)), "no word is lost");
    }
}

#[test]
fn each_note_is_written_once() {
    let page = explain(LAB3);
    let mut notes: Vec<&str> = page.lines().filter(|line| line.contains('└')).collect();
    let count = notes.len();
    notes.sort_unstable();
    notes.dedup();
    assert!(count > 10);
    assert_eq!(notes.len(), count);
}

#[test]
fn all_shows_what_is_left_out_otherwise() {
    assert!(!explain(LAB1).contains("ioctl       "));
    let page = explain_with(LAB1, ClientNotes::default(), true);
    assert!(page.contains("ioctl") && page.contains("TCGETS"), "{page}");
    assert!(!page.contains("calls that start the program:"), "{page}");
}

#[test]
fn a_log_without_a_line_of_strace_is_answered_with_what_to_type() {
    let page = explain(b"hello\nworld\n");
    assert!(page.contains("No line of strace") && page.contains("strace -f -ttt"), "{page}");
}

#[test]
fn nothing_in_a_log_commands_the_terminal() {
    let log = b"hello \x1b[2J\nwrite(1, \"a\x1b[2Jb\\33[2J\", 9) = 9\nsocket(AF_INET, \x1b]0;x\x07) = 3\nsetsockopt(3, 1, SO_\x1b[31m, 1) = 0\n";
    let page = explain_with(log, ClientNotes::default(), true);
    assert!(page.contains(r"printed: a\u{1b}[2Jb"), "{page:?}");
    assert!(!page.contains(|letter: char| letter.is_control() && letter != '\n'), "{page:?}");
    // U+009B means the same as ESC [ to many terminals.
    let page = explain_with("hello \u{9b}2J\n".as_bytes(), ClientNotes::default(), true);
    assert!(page.starts_with("hello \\u{9b}2J\n"), "{page:?}");
}

#[test]
fn the_end_of_a_call_that_makes_no_sense_is_not_lost() {
    let log = b"7 read(3,  <unfinished ...>\n7 <... read resumed>garbled\n7 close(3) = 0\n";
    let page = explain_with(log, ClientNotes::default(), true);
    assert!(page.starts_with("7 <... read resumed>garbled\n"), "{page}");
    assert!(page.contains("not strace  1 line\n"), "{page}");
}

#[test]
fn the_page_is_the_same_however_the_log_arrives() {
    struct Slow<'a>(&'a [u8]);
    impl std::io::Read for Slow<'_> {
        fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
            let size = room.len().min(7);
            std::io::Read::read(&mut self.0, &mut room[..size])
        }
    }
    let mut page = Vec::new();
    run(Slow(LAB3), &mut page, ClientNotes::default(), Options::default()).unwrap();
    assert_eq!(String::from_utf8(page).unwrap(), explain(LAB3));
}

#[test]
fn a_terminal_shows_which_call_is_asleep_right_now() {
    let started = b"1795241244.600000 accept4(3<TCP:[127.0.0.1:43473]>, ";
    let mut page = Vec::new();
    let options = Options { live: true, ..Options::default() };
    run(&started[..], &mut page, ClientNotes::default(), options).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("now: asleep in accept4: no client connects"), "{page:?}");
    assert!(page.contains("\r\x1b[2K"), "the next line takes its place: {page:?}");
}

/// A way to spoil a log.
#[derive(Debug, Clone)]
enum Harm {
    Cut(usize, usize),
    Byte(usize, u8),
    Swap(usize, usize),
    Insert(usize, Vec<u8>),
}

fn harm() -> impl Strategy<Value = Harm> {
    let place = || 0..6000usize;
    prop_oneof![
        (place(), 0..300usize).prop_map(|(at, size)| Harm::Cut(at, size)),
        (place(), any::<u8>()).prop_map(|(at, byte)| Harm::Byte(at, byte)),
        (0..60usize, 0..60usize).prop_map(|(one, other)| Harm::Swap(one, other)),
        (place(), proptest::collection::vec(any::<u8>(), 1..40))
            .prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
    ]
}

fn spoil(log: &mut Vec<u8>, harm: &Harm) {
    let size = log.len().max(1);
    match harm {
        Harm::Cut(at, count) => {
            let start = at % size;
            log.drain(start.min(log.len())..(start + count).min(log.len()));
        }
        Harm::Byte(at, byte) => {
            if let Some(place) = log.get_mut(at % size) {
                *place = *byte;
            }
        }
        Harm::Swap(one, other) => {
            let mut lines: Vec<Vec<u8>> =
                log.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let count = lines.len();
            lines.swap(one % count, other % count);
            *log = lines.join(&b'\n');
        }
        Harm::Insert(at, bytes) => {
            let at = (at % size).min(log.len());
            log.splice(at..at, bytes.iter().copied());
        }
    }
}

proptest! {
    #[test]
    fn no_garbled_log_stops_it(
        which in 0..3usize, harms in proptest::collection::vec(harm(), 1..12), all in any::<bool>(),
    ) {
        let mut log = [LAB1, LAB3, ATTACHED][which].to_vec();
        for harm in &harms {
            spoil(&mut log, harm);
        }
        explain_with(&log, ClientNotes::default(), all);
    }

    #[test]
    fn no_bytes_stop_it(log in proptest::collection::vec(any::<u8>(), 0..2000)) {
        explain(&log);
    }

    #[test]
    fn a_log_may_end_anywhere(which in 0..3usize, end in 0..6000usize) {
        let log = [LAB1, LAB3, ATTACHED][which];
        explain(&log[..end % log.len()]);
    }
}
