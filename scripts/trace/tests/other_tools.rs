//! What `lens explain` says about the output of ltrace, tcpdump and tshark, to the letter.
#![allow(clippy::unwrap_used)] // Where a test cannot go on, it fails.

mod pages;

use std::io::{self, Read, Write};

use pages::assert_page;
use trace::explain::Style;
use trace::{ltrace, packets};

const LTRACE: &[u8] = include_bytes!("logs/ltrace-lab3.log");
const LTRACE_QUIET: &[u8] = include_bytes!("logs/ltrace-quiet.log");
const TCPDUMP: &[u8] = include_bytes!("logs/tcpdump.txt");
const TSHARK_LINES: &[u8] = include_bytes!("logs/tshark-lines.txt");
const TSHARK_RESP: &[u8] = include_bytes!("logs/tshark-resp.txt");

fn text(explain: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut page = Vec::new();
    explain(&mut page).unwrap();
    String::from_utf8(page).unwrap()
}

fn ltrace(log: &[u8]) -> String {
    text(|page| ltrace::explain(log, page, Style::default()))
}

fn tcpdump(log: &[u8], port: u16) -> String {
    text(|page| packets::explain_tcpdump(log, page, port, Style::default()))
}

fn tshark(log: &[u8], port: u16) -> String {
    text(|page| packets::explain_tshark(log, page, port, Style::default()))
}

#[test]
fn ltrace_shows_the_bytes_and_what_each_copy_is_for() {
    let page = ltrace(LTRACE);
    assert_page("ltrace-lab3.txt", &page);
    assert!(page.contains("memcpy \"name\"       for the log"), "{page}");
    assert!(page.contains("memcpy \"name\"       for the command"), "{page}");
    assert!(page.contains("memcpy \"Alice\"      for the reply"), "{page}");
}

#[test]
fn without_a_log_every_copy_is_for_the_command() {
    let page = ltrace(LTRACE_QUIET);
    assert_page("ltrace-quiet.txt", &page);
    assert!(page.contains("for the command") && !page.contains("for the log"), "{page}");
}

#[test]
fn ltrace_follows_the_thread_that_listens_and_joins_the_parts_of_a_call() {
    let log = br#"7 1.000000 write@libc.so.6(1, "lab1 listening on 127.0.0.1:1 (pid 7)\n", 38) = 38 <0.000100>
8 2.000000 recv@libc.so.6(9, "PING\n", 100, 0) = 5 <0.000100>
7 3.000000 recv@libc.so.6(5 <unfinished ...>
8 3.100000 close@libc.so.6(9) = 0 <0.000100>
7 3.200000 <... recv resumed> , "say \"", 100, 0) = 5 <1.500000>
"#;
    let page = ltrace(log);
    assert!(
        page.starts_with(
            "    0.000 s  recv(5, \"say \\\"\", 100, 0) = 5   <- asleep for 1.500 s\n"
        ),
        "{page}"
    );
    assert!(!page.contains("close") && !page.contains("PING"), "{page}");
}

#[test]
fn tcpdump_shows_each_packet_with_the_bytes_that_it_carries() {
    assert_page("tcpdump.txt", &tcpdump(TCPDUMP, 39611));
}

#[test]
fn the_options_of_a_packet_are_left_out_and_what_a_client_sends_is_not() {
    let log = br#"06:56:03.909671 IP6 ::1.39299 > ::1.6379: Flags [P.], seq 1:9, ack 1, win 32748, options [nop,nop,TS val 1 ecr 2], length 9: RESP "SET, win 5" "x"
01234567890123456789012345678901234567890123456789012345678901234567890abc

def

06:56:04.000000 IP 127.0.0.1.1 > 127.0.0.1.2: UDP, length 3
hidden
"#;
    let page = tcpdump(log, 6379);
    let expected = "06:56:03.909671 IP6 ::1.39299 > ::1.6379: Flags [P.], seq 1:9, ack 1, length 9: RESP \"SET, win 5\" \"x\"\n    └ PSH: here are 9 bytes, for the program to read\n    │ bc\n    │ \n    │ def\n";
    assert_eq!(page, expected);
}

#[test]
fn tshark_shows_who_sends_what_to_whom() {
    assert_page("tshark-lines.txt", &tshark(TSHARK_LINES, 44247));
    assert_page("tshark-resp.txt", &tshark(TSHARK_RESP, 43417));
}

#[test]
fn notes_of_tshark_do_not_hide_the_flags() {
    let line = "   5   0.005616 44247 56529 TCP [TCP Dup ACK 4#1] 44247 → 56529 [ACK] Seq=1 Ack=21 Len=0\n";
    let page = tshark(line.as_bytes(), 44247);
    assert!(page.contains("server -> client 56529  TCP   [TCP Dup ACK 4#1] [ACK]\n"), "{page}");
}

#[test]
fn on_a_terminal_lines_break_between_words() {
    let style = Style { columns: Some(80), ..Style::default() };
    let pages = [
        text(|page| ltrace::explain(LTRACE, page, style)),
        text(|page| packets::explain_tcpdump(TCPDUMP, page, 39611, style)),
        text(|page| packets::explain_tshark(TSHARK_RESP, page, 43417, style)),
    ];
    for page in pages {
        for line in page.lines() {
            let is_one_word = line.trim().split(' ').count() == 1;
            assert!(line.chars().count() <= 80 || is_one_word, "{line}");
        }
    }
}

#[test]
fn nothing_that_a_client_sends_commands_the_terminal() {
    let bytes =
        b"1 0.1 5 6379 RESP \x1b[2J\n06:56:03.9 IP 1.5 > 1.6: Flags [P.], length 9\n\x1b]0;x\x07\n";
    for page in [tshark(bytes, 6379), tcpdump(&bytes.repeat(20), 6)] {
        assert!(!page.contains(|letter: char| letter.is_control() && letter != '\n'), "{page:?}");
    }
}

#[test]
fn a_line_that_is_there_is_shown_before_the_next_one_comes() {
    /// Counts what was written when more is asked for.
    struct Live<'a>(Vec<&'static [u8]>, &'a std::cell::RefCell<Vec<u8>>);
    impl Read for Live<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let Some(piece) = self.0.pop() else {
                assert!(self.1.borrow().ends_with(b"    \xe2\x94\x82 OK\n"), "{:?}", self.1);
                return Ok(0);
            };
            room[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        }
    }
    struct Shared<'a>(&'a std::cell::RefCell<Vec<u8>>);
    impl Write for Shared<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let page = std::cell::RefCell::new(Vec::new());
    let pieces: Vec<&[u8]> = vec![
        b"0123456789012345678901234567890123456789OK\n",
        b"06:56:03.9 IP 127.0.0.1.5 > 127.0.0.1.6: Flags [P.], length 2\n",
    ];
    packets::explain_tcpdump(Live(pieces, &page), Shared(&page), 5, Style::default()).unwrap();
}
