//! Real lines of strace 6.1, whole and cut.

use super::*;
use proptest::prelude::*;
use std::borrow::Cow;
use std::fmt::Write as _;

fn call(line: &str) -> Call<'_> {
    match parse(line.as_bytes()).kind {
        Kind::Call(call) => call,
        other => panic!("{line}: {other:?}"),
    }
}

fn micros(micros: u64) -> Option<Duration> {
    Some(Duration::from_micros(micros))
}

#[test]
fn a_line_has_a_thread_a_time_a_call_and_what_came_of_it() {
    let line = parse(
        br#"15292 1795239216.319119 recvfrom(5<TCP:[127.0.0.1:39357->127.0.0.1:57638]>, "SET name Alice EX 5\n", 16384, 0, NULL, NULL) = 20 <0.000008>"#,
    );
    assert_eq!(line.thread, Some(15292));
    assert_eq!(line.at, micros(1_795_239_216_319_119));
    let Kind::Call(call) = line.kind else { panic!("{line:?}") };
    assert_eq!(call.name, "recvfrom");
    assert_eq!(call.outcome.value, Some(20));
    assert_eq!(call.took, micros(8));
    let args: Vec<&[u8]> = call.args.iter().collect();
    assert_eq!(args.len(), 6);
    assert_eq!(args[5], b"NULL");
    assert_eq!(descriptor(args[0]), Some(5));
    assert_eq!(peer(label(args[0])), "127.0.0.1:57638".parse().ok());
    assert_eq!(local(label(args[0])), "127.0.0.1:39357".parse().ok());
    assert_eq!(&*Text::within(args[1]).unwrap().bytes(), b"SET name Alice EX 5\n");
}

#[test]
fn threads_and_times_come_in_several_forms() {
    let prefix = |text: &str| {
        let line = format!("{text}close(5) = 0");
        let line = parse(line.as_bytes());
        assert!(matches!(line.kind, Kind::Call(_)), "{text}");
        (line.thread, line.at)
    };
    assert_eq!(prefix(""), (None, None));
    assert_eq!(prefix("[pid 15568] "), (Some(15568), None));
    assert_eq!(prefix("[pid  1556] 05:33:39.516155 "), (Some(1556), micros(20_019_516_155)));
    assert_eq!(prefix("1556  05:33:39 "), (Some(1556), micros(20_019_000_000)));
    assert_eq!(prefix("1795238840.986490 "), (None, micros(1_795_238_840_986_490)));
    assert_eq!(prefix("7 1795238840 "), (Some(7), micros(1_795_238_840_000_000)));
    assert_eq!(prefix("     0.000123 "), (None, None), "the time since the line above is no time");
}

#[test]
fn outcomes_are_numbers_errors_descriptors_or_nothing() {
    let outcome = |end: &str| {
        let line = format!("call(1) {end}");
        let call = call(&line);
        let note = String::from_utf8_lossy(call.outcome.note).into_owned();
        (call.outcome.value, call.outcome.error.to_owned(), note, call.took)
    };
    let none = String::new;
    assert_eq!(outcome("      = 0"), (Some(0), none(), none(), None));
    assert_eq!(
        outcome("= 0x560b0ee68000 <1.5>"),
        (Some(0x560b_0ee6_8000), none(), none(), micros(1_500_000))
    );
    assert_eq!(
        outcome("= -1 EAGAIN (Resource temporarily unavailable) <0.000028>"),
        (Some(-1), "EAGAIN".into(), "Resource temporarily unavailable".into(), micros(28))
    );
    assert_eq!(
        outcome("= 8<TCP:[127.0.0.1:1->127.0.0.1:2]> <0.000027>"),
        (Some(8), none(), "TCP:[127.0.0.1:1->127.0.0.1:2]".into(), micros(27))
    );
    assert_eq!(outcome("= 8<TCP:[127.0.0.1:1->127.0.0.1:2]>").3, None);
    assert_eq!(
        outcome("= 0x1 (flags FD_CLOEXEC)"),
        (Some(1), none(), "flags FD_CLOEXEC".into(), None)
    );
    assert_eq!(outcome("= ?"), (None, none(), none(), None));
    assert_eq!(
        outcome("= ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.200071>"),
        (
            None,
            "ERESTARTSYS".into(),
            "To be restarted if SA_RESTART is set".into(),
            micros(200_071)
        )
    );
}

#[test]
fn quotes_brackets_labels_and_comments_do_not_end_an_argument() {
    let odd = call(
        r#"x("a\",) = 1", [{a=1, b=(2, 3)}], 0</dev/null<char 1:3>>, 0x7f /* 42 vars, */, 1<<3, [128 => 16]) = 7"#,
    );
    let args: Vec<Cow<'_, str>> = odd.args.iter().map(String::from_utf8_lossy).collect();
    assert_eq!(
        args,
        [
            r#""a\",) = 1""#,
            "[{a=1, b=(2, 3)}]",
            "0</dev/null<char 1:3>>",
            "0x7f /* 42 vars, */",
            "1<<3",
            "[128 => 16]"
        ]
    );
    assert_eq!(odd.outcome.value, Some(7));
    assert_eq!(label(odd.args.get(2)), b"/dev/null<char 1:3>");
    assert_eq!(odd.args.get(6), b"");
}

#[test]
fn strings_are_unescaped_and_known_to_be_cut() {
    let text = |arg: &'static str| Text::within(arg.as_bytes()).unwrap();
    assert_eq!(&*text(r#""*2\r\n$3\r\n""#).bytes(), b"*2\r\n$3\r\n");
    assert_eq!(
        &*text(r#""\177ELF\2\1\0a\0012\x4f\"\\""#).bytes(),
        b"\x7fELF\x02\x01\x00a\x012O\"\\"
    );
    assert!(text(r#""2026-11-21T05:33"..."#).is_cut);
    assert!(!text(r#"[{iov_base="abc", iov_len=3}]"#).is_cut);
    assert_eq!(&*text(r#"[{iov_base="abc", iov_len=3}]"#).bytes(), b"abc");
    assert_eq!(Text::within(b"0x7f00"), None);
    assert_eq!(Text::within(br#""no end"#), None);
}

#[test]
fn addresses_are_read_in_both_families() {
    let v4 = br#"{sa_family=AF_INET, sin_port=htons(57638), sin_addr=inet_addr("127.0.0.1")}"#;
    assert_eq!(address(v4), "127.0.0.1:57638".parse().ok());
    let v6 = br#"{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}"#;
    assert_eq!(address(v6), "[::1]:80".parse().ok());
    assert_eq!(peer(b"TCPv6:[[::1]:6379->[::1]:40960]"), "[::1]:40960".parse().ok());
    assert_eq!(local(b"TCP:[127.0.0.1:6379]"), "127.0.0.1:6379".parse().ok());
    assert_eq!(local(b"TCP:[35573]"), None);
}

#[test]
fn signals_ends_and_stacks_are_told_from_calls() {
    let kind = |line: &'static str| parse(line.as_bytes()).kind;
    assert_eq!(
        kind("15292 1795239217.075497 --- SIGTERM {si_signo=SIGTERM, si_pid=7} ---"),
        Kind::Signal { name: "SIGTERM", details: b"{si_signo=SIGTERM, si_pid=7}" }
    );
    assert_eq!(kind("7 +++ exited with 0 +++"), Kind::Ended(End::Exit(0)));
    assert_eq!(kind("+++ killed by SIGKILL +++"), Kind::Ended(End::Killed));
    assert_eq!(
        kind(" > /lib/libc.so.6(accept4+0x58) [0x10afa8]"),
        Kind::Frame(Frame { file: b"/lib/libc.so.6", function: b"accept4", offset: 0x0010_afa8 })
    );
    assert_eq!(
        kind(" > /bin/lab1-blocking(<std::net::tcp::TcpStream as std::io::Read>::read+0x12) [0x2]"),
        Kind::Frame(Frame {
            file: b"/bin/lab1-blocking",
            function: b"<std::net::tcp::TcpStream as std::io::Read>::read",
            offset: 2
        })
    );
    assert_eq!(kind("--- stopped by SIGTTOU ---"), Kind::Message);
    assert_eq!(kind("???( <unfinished ...>"), Kind::Unfinished { name: "???", args: b" " });
    for unknown in ["", "Received: GET a", "accept4(3, {", "x(1) 5", "+++ x"] {
        assert_eq!(kind(unknown), Kind::Unknown, "{unknown}");
    }
}

#[test]
fn names_and_times_of_any_length_are_not_believed() {
    let long = format!("{}(1) = 0", "x".repeat(100));
    assert_eq!(parse(long.as_bytes()).kind, Kind::Unknown);
    assert_eq!(parse(b"9999999999999999.5 close(5) = 0").kind, Kind::Unknown);
    assert_eq!(call("close(5) = 0 <9999999999999999.5>").took, None);
}

#[test]
fn a_call_that_never_came_back_has_no_outcome() {
    let lost =
        call("15292 1795239217.075551 accept4(3<TCP:[127.0.0.1:39357]>,  <unfinished ...>) = ?");
    assert!(lost.never_returned());
    assert_eq!(lost.args.iter().count(), 1);
}

/// Feeds lines to a joiner and returns the calls that come out: name, start, duration, arguments.
fn joined(lines: &[&str]) -> Vec<(String, Option<Duration>, Option<Duration>, usize)> {
    let (mut joiner, mut all) = (Joiner::new(), Vec::new());
    for line in lines {
        if let Some(Line { at, kind: Kind::Call(call), .. }) = joiner.join(parse(line.as_bytes())) {
            all.push((call.name.to_owned(), at, call.took, call.args.iter().count()));
        }
    }
    all
}

#[test]
fn the_two_halves_of_a_call_are_joined_across_the_lines_of_others() {
    let lines = [
        "11801 1795238840.998893 accept4(3<TCP:[127.0.0.1:43473]>,  <unfinished ...>",
        "11802 1795238840.998913 rt_sigprocmask(SIG_SETMASK, [],  <unfinished ...>",
        "11802 1795238840.998973 <... rt_sigprocmask resumed>NULL, 8) = 0 <0.000044>",
        r#"11801 1795238841.002506 <... accept4 resumed>{sa_family=AF_INET, sin_port=htons(54410), sin_addr=inet_addr("127.0.0.1")}, [128 => 16], SOCK_CLOEXEC) = 5"#,
    ];
    let start = |micros: u64| Some(Duration::from_micros(1_795_238_840_000_000 + micros));
    assert_eq!(
        joined(&lines),
        [
            ("rt_sigprocmask".to_owned(), start(998_913), micros(44), 4),
            ("accept4".to_owned(), start(998_893), micros(3_613), 4),
        ]
    );
}

#[test]
fn an_end_without_a_start_is_a_call_too() {
    let calls = joined(&["7 <... recvfrom resumed>\"x\", 16384, 0, NULL, NULL) = 1 <0.5>"]);
    assert_eq!(calls, [("recvfrom".to_owned(), None, micros(500_000), 5)]);
}

#[test]
fn what_has_not_ended_can_be_asked_for() {
    let mut joiner = Joiner::new();
    assert_eq!(joiner.join(parse(b"7 accept4(3,  <unfinished ...>")), None);
    assert_eq!(
        joiner.join(parse(b"8 05:33:40.209124 accept4(3, strace: Process 8 detached")),
        None
    );
    assert_eq!(joiner.started().count(), 2);
    assert!(joiner.join(parse(b"7 +++ exited with 0 +++")).is_some());
    assert_eq!(joiner.started().filter_map(|line| line.thread).collect::<Vec<_>>(), [8]);
}

const REAL: &str = include_str!("../../tests/logs/lab3-two-clients.log");

#[test]
fn every_line_of_a_real_log_is_understood() {
    for line in REAL.lines() {
        assert_ne!(parse(line.as_bytes()).kind, Kind::Unknown, "{line}");
    }
}

#[test]
fn parts_that_no_call_has_cost_little_and_overflow_nothing() {
    let begun = std::time::Instant::now();
    assert_eq!(Text::all_within("iov_base=".repeat(200_000).as_bytes()).1, Some(0));
    assert!(begun.elapsed() < Duration::from_secs(30), "each part is looked at once");
    let huge = r#"[{iov_base="", iov_len=999999999999999999}"#.repeat(30);
    assert_eq!(Text::all_within(huge.as_bytes()).1, Some(usize::MAX));
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        let line = parse(&line);
        if let Kind::Call(call) = line.kind {
            for arg in call.args.iter() {
                _ = (descriptor(arg), address(arg), peer(label(arg)), local(label(arg)));
                _ = Text::within(arg).map(|text| text.bytes().len());
                assert!(Text::all_within(arg).0.len() <= arg.len());
            }
        }
    }

    #[test]
    fn a_real_line_may_be_cut_anywhere_and_any_byte_may_be_another(
        which in 0..REAL.lines().count(), cut in 0..400usize, place in 0..400usize, byte in any::<u8>(),
    ) {
        let mut line = REAL.lines().nth(which).unwrap().as_bytes().to_vec();
        line.truncate(cut.max(1));
        let place = place % line.len();
        line[place] = byte;
        let mut joiner = Joiner::new();
        _ = joiner.join(parse(&line));
        _ = parse_started(&line);
        // A call that is understood has kept its name.
        if let Kind::Call(call) = parse(&line).kind {
            prop_assert!(!call.name.is_empty());
        }
    }

    #[test]
    fn what_is_escaped_is_the_same_after_it_was_unescaped(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
        // Octal, three digits each: one of the forms that strace uses.
        let mut arg = String::from("\"");
        for byte in &bytes {
            write!(arg, "\\{byte:03o}").unwrap();
        }
        arg.push('"');
        let text = Text::within(arg.as_bytes()).unwrap();
        prop_assert_eq!(&*text.bytes(), &bytes[..]);
    }
}
