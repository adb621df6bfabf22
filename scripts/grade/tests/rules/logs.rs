//! Each rule with small logs: when it holds, when it is broken, and when nothing can be said.

use grade::rules::{CALLS, OPTIONS, Rule};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use trace::client_log::EventKind;

use crate::small::{Small, event, received, sent, two_clients};

const ACCEPT_A: &str = "7 12 accept4({L}, NULL, NULL, SOCK_CLOEXEC) = {A} <0.000020>";
const ACCEPT_B: &str = "7 202 accept4({L}, NULL, NULL, SOCK_CLOEXEC) = {B} <0.000020>";
const READ_A: &str = r#"7 13 recvfrom({A}, "PING\r\n", 4096, 0, NULL, NULL) = 6 <0.000010>"#;
const READ_B: &str = r#"7 203 recvfrom({B}, "PING\r\n", 4096, 0, NULL, NULL) = 6 <0.000010>"#;
const LATE_ACCEPT_B: &str = "7 1002 accept4({L}, NULL, NULL, SOCK_CLOEXEC) = {B} <0.000020>";
const LATE_READ_B: &str = r#"7 1003 recvfrom({B}, "PING\r\n", 4096, 0, NULL, NULL) = 6 <0.00001>"#;
const WAIT_FOR_A: &str = r#"7 14 recvfrom({A}, "", 4096, 0, NULL, NULL) = 0 <0.986000>"#;
const CLOSE_A: &str = "7 1001 close({A}) = 0 <0.000010>";
const MADE_A_NON_BLOCKING: &str = "7 12 ioctl({A}, FIONBIO, [1]) = 0 <0.000010>";

/// Lines of a server that is right: an event loop.
fn event_loop(more: &[&str]) -> Small {
    let lines = [
        "7 0 ioctl({L}, FIONBIO, [1]) = 0 <0.000010>",
        "7 1 epoll_wait(4<anon_inode:[eventpoll]>, [{events=EPOLLIN, data={u32=3, u64=3}}], 64, -1) = 1 <0.010>",
        ACCEPT_A,
        MADE_A_NON_BLOCKING,
        READ_A,
        r#"7 14 sendto({A}, "+PONG\r\n", 7, 0, NULL, 0) = 7 <0.000010>"#,
        "7 15 epoll_wait(4<anon_inode:[eventpoll]>, [{events=EPOLLIN, data={u32=3, u64=3}}], 64, -1) = 1 <0.186>",
        ACCEPT_B,
        "7 202 fcntl({B}, F_SETFL, O_RDWR|O_NONBLOCK) = 0 <0.000010>",
        READ_B,
        r#"7 203 sendto({B}, "+PONG\r\n", 7, 0, NULL, 0) = 7 <0.000010>"#,
        "7 204 recvfrom({B}, 0x1, 4096, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable) <0.000010>",
    ];
    Small::new(&[&lines, more].concat())
}

#[test]
fn one_client_at_a_time_holds_if_the_server_hears_the_end_of_one_before_it_takes_the_next() {
    let late = [CLOSE_A, LATE_ACCEPT_B, LATE_READ_B];
    Small::new(&[&[ACCEPT_A, READ_A, WAIT_FOR_A], &late[..]].concat())
        .holds(Rule::OneClientAtATime);
    // Closed late, by a language with a garbage collector.
    let late = [WAIT_FOR_A, LATE_ACCEPT_B, CLOSE_A, LATE_READ_B];
    Small::new(&[&[ACCEPT_A, READ_A], &late[..]].concat()).holds(Rule::OneClientAtATime);
    // After a reset, strace does not know any more who it was.
    let reset = "7 14 recvfrom(5<TCP:[902]>, 0x1, 4096, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer) <0.9>";
    Small::new(&[ACCEPT_A, READ_A, reset, LATE_ACCEPT_B]).holds(Rule::OneClientAtATime);
}

#[test]
fn one_client_at_a_time_is_broken_by_an_accept_and_by_a_read_of_another_process() {
    let sentence = "The server accepted client B (accept4) while client A was connected.";
    let accepted = "accepted client A (127.0.0.1:40001) as descriptor 5";
    let threads = [ACCEPT_A, "8 13 recvfrom({A},  <unfinished ...>", ACCEPT_B];
    Small::new(&threads).breaks(Rule::OneClientAtATime, sentence, accepted);
    // The parent closes its copy, and the child serves.
    let of_child = r#"8 204 recvfrom({A}, "PING\r\n", 4096, 0, NULL, NULL) = 6 <0.000010>"#;
    let forks = [ACCEPT_A, "7 13 close({A}) = 0 <0.000010>", ACCEPT_B, of_child];
    let sentence = "The server read from client A (recvfrom) while client B was connected.";
    let accepted = "accepted client B (127.0.0.1:40002) as descriptor 6";
    Small::new(&forks).breaks(Rule::OneClientAtATime, sentence, accepted);
}

#[test]
fn nothing_can_be_said_if_clients_are_missing_or_lines_or_calls() {
    let rule = Rule::OneClientAtATime;
    let good = [ACCEPT_A, READ_A, WAIT_FOR_A, CLOSE_A, LATE_ACCEPT_B];
    Small::new(&good).cut().is_unknown(rule, "the server's end is not in it");
    Small::new(&good[..4]).is_unknown(rule, "has not accepted client B");
    let alone = two_clients().into_iter().filter(|event| event.client == "A").collect();
    Small::new(&good).clients(alone).is_unknown(rule, "No client came while another one");
    Small::new(&[]).clients(Vec::new()).is_unknown(rule, "No client came");
    let ring = "7 5 io_uring_setup(64, {flags=0}) = 4<anon_inode:[io_uring]> <0.000010>";
    let late = Small::new(&[&[ring], &good[..]].concat());
    for rule in Rule::ALL {
        late.is_unknown(rule, "io_uring");
    }
}

#[test]
fn a_call_that_is_long_has_not_slept_if_its_socket_is_non_blocking() {
    let long = [
        r#"7 206 sendto({A}, "+PONG\r\n", 7, 0, NULL, 0) = 7 <0.600000>"#,
        r"7 810 recvfrom({A}, 0x1, 4096, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable) <0.3>",
    ];
    event_loop(&long).holds(Rule::SleepsOnlyInTheWait);
    // It is not known of which kind a socket is that the trace does not show to be accepted.
    let unseen =
        r#"7 300 recvfrom({A}, "PING\r\n", 4096, MSG_DONTWAIT, NULL, NULL) = 6 <0.600000>"#;
    Small::new(&[ACCEPT_A, ACCEPT_B, unseen]).holds(Rule::SleepsOnlyInTheWait);
    // A blocking socket that has something to read does not sleep.
    Small::new(&[ACCEPT_A, READ_A, ACCEPT_B, READ_B]).holds(Rule::SleepsOnlyInTheWait);
}

#[test]
fn a_blocking_socket_sleeps() {
    let rule = Rule::SleepsOnlyInTheWait;
    let sentence = "The server slept in recvfrom until client A said something, and could serve no other client.";
    let meaning = "asleep in recvfrom 986 ms: client A said nothing; then: client A has closed its side (read 0 bytes)";
    let lab_2 = [ACCEPT_A, READ_A, WAIT_FOR_A, CLOSE_A, LATE_ACCEPT_B];
    Small::new(&lab_2).breaks(rule, sentence, meaning);
    // On a busy machine such a time proves nothing.
    Small::new(&lab_2).busy().is_unknown(rule, "too busy");
    let accept = "7 14 accept4({L}, NULL, NULL, SOCK_CLOEXEC) = {B} <0.300000>";
    let sentence =
        "The server slept in accept4 until a client connected, and could serve no other client.";
    let meaning = "waited 300 ms for a client to connect (asleep in accept4); then: accepted client B (127.0.0.1:40002) as descriptor 6";
    Small::new(&[ACCEPT_A, READ_A, accept]).breaks(rule, sentence, meaning);
    // EAGAIN of a blocking socket comes at the end of its timeout, however busy the machine is.
    let timed = [
        r#"7 13 setsockopt({A}, SOL_SOCKET, SO_RCVTIMEO_OLD, "\0\0", 16) = 0 <0.000010>"#,
        "7 14 recvfrom({A}, 0x1, 4096, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable) <0.020000>",
    ];
    let sentence = "The server slept in recvfrom until client A said something, and could serve no other client.";
    let meaning = "asleep in recvfrom 20.0 ms: client A said nothing; then: it has waited as long as it may (EAGAIN)";
    Small::new(&[&[ACCEPT_A], &timed[..]].concat()).busy().breaks(rule, sentence, meaning);
}

#[test]
fn a_sleep_counts_in_a_thread_that_serves_and_while_there_are_clients() {
    let rule = Rule::SleepsOnlyInTheWait;
    for sleep in [
        "7 300 nanosleep({tv_sec=0, tv_nsec=10000000}, NULL) = 0 <0.010100>",
        "7 300 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=10000000}, NULL) = 0 <0.010100>",
        "7 300 clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=37613, tv_nsec=1}, NULL) = 0 <0.010100>",
        "7 300 select(0, NULL, NULL, NULL, {tv_sec=0, tv_usec=10000}) = 0 (Timeout) <0.010100>",
        "7 300 poll(NULL, 0, 10) = 0 (Timeout) <0.010100>",
    ] {
        let name = sleep.split(['(', ' ']).nth(2).unwrap();
        let sentence = format!(
            "The server slept in {name} for some time, whatever its clients did, and could serve no other client."
        );
        let judged = event_loop(&[sleep]).judge(rule);
        assert_eq!(judged.sentence, sentence, "{judged:#?}");
    }
    let elsewhere = "8 300 nanosleep({tv_sec=0, tv_nsec=10000000}, NULL) = 0 <0.010100>";
    let pause = "7 300 nanosleep({tv_sec=0, tv_nsec=20000}, NULL) = 0 <0.060000>";
    let before = "7 2 nanosleep({tv_sec=0, tv_nsec=5000000}, NULL) = 0 <0.005100>";
    let after = "7 1100 nanosleep({tv_sec=0, tv_nsec=10000000}, NULL) = 0 <0.010100>";
    event_loop(&[elsewhere, pause, after]).holds(rule);
    // Python's time.sleep(0), once on a busy machine.
    let yields = [
        "7 300 clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=37613, tv_nsec=1}, NULL) = 0 <0.000010>",
        "7 310 clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=37613, tv_nsec=1}, NULL) = 0 <0.020010>",
        "7 350 select(0, NULL, NULL, NULL, {tv_sec=0, tv_usec=0}) = 0 (Timeout) <0.010100>",
    ];
    event_loop(&yields).holds(rule);
    // Real sleeps: the time of one was over before it began.
    let sleeps = [yields[0], &yields[1].replace("310", "330"), yields[1]];
    assert!(event_loop(&sleeps).judge(rule).sentence.contains("clock_nanosleep"));
    Small::new(&[before, ACCEPT_A, READ_A, ACCEPT_B, READ_B]).holds(rule);
}

#[test]
fn a_poll_for_one_client_is_a_sleep_and_a_poll_for_all_is_the_wait() {
    let rule = Rule::SleepsOnlyInTheWait;
    let one = "7 300 poll([{fd={A}, events=POLLIN}], 1, 5000) = 1 ([{fd={A}, revents=POLLIN}]) <0.700000>";
    let all = "7 300 poll([{fd={L}, events=POLLIN}, {fd={A}, events=POLLIN}], 2, -1) = 1 ([{fd=5, revents=POLLIN}]) <0.7>";
    event_loop(&[all]).holds(rule);
    let sentence = "The server slept in poll for client A alone, and could serve no other client.";
    assert_eq!(event_loop(&[one]).judge(rule).sentence, sentence);
    // Its time is over, however busy the machine is. And again and again.
    let over = "poll([{fd={A}, events=POLLIN}], 1, 10) = 0 (Timeout) <0.010100>";
    let over: Vec<String> = (210..1000).step_by(20).map(|at| format!("7 {at} {over}")).collect();
    let over: Vec<&str> = over.iter().map(String::as_str).collect();
    assert_eq!(event_loop(&over).busy().judge(rule).sentence, sentence);
    assert!(event_loop(&over).judge(Rule::NoSpinning).sentence.contains("poll returned 34 times"));
    let look = "7 300 poll([{fd={A}, events=POLLIN}], 1, 0) = 0 (Timeout) <0.000010>";
    event_loop(&[look]).holds(rule);
}

#[test]
fn a_client_is_read_while_another_one_is_silent() {
    let rule = Rule::ReadsOthersWhileOneIsSilent;
    event_loop(&[]).holds(rule);
    let sentence = "While client A was silent, the server did not read what client B sent: \
                    it slept in recvfrom until client A said something.";
    let meaning = "asleep in recvfrom 986 ms: client A said nothing; then: client A has closed its side (read 0 bytes)";
    let lab_2 = [ACCEPT_A, READ_A, WAIT_FOR_A, CLOSE_A, LATE_ACCEPT_B, LATE_READ_B];
    let patient = {
        let mut clients = two_clients();
        clients.retain(|event| event.client == "A");
        let of_b = [
            (200, EventKind::Connected),
            (201, sent()),
            (1004, received()),
            (1005, EventKind::Closed),
        ];
        clients.extend(of_b.map(|(at, what)| event(at, "B", what)));
        clients.sort_by_key(|event| event.at_us);
        clients
    };
    Small::new(&lab_2).clients(patient.clone()).breaks(rule, sentence, meaning);
    Small::new(&lab_2).clients(patient.clone()).busy().is_unknown(rule, "too busy");
    // It was late, but asleep in the wait for all: perhaps the machine was busy.
    let late = [ACCEPT_A, MADE_A_NON_BLOCKING, READ_A, LATE_ACCEPT_B, LATE_READ_B];
    Small::new(&late).clients(patient).is_unknown(rule, "does not show why");
    let alone = two_clients().into_iter().filter(|event| event.client == "A").collect();
    event_loop(&[]).clients(alone).is_unknown(rule, "No client was silent");
}

/// A wait that returns in vain, at each of these times.
fn vain_waits(times: impl Iterator<Item = u64>) -> Vec<String> {
    times
        .map(|at| {
            format!("7 {at} epoll_wait(4<anon_inode:[eventpoll]>, [], 64, 10) = 0 <0.010000>")
        })
        .collect()
}

fn with_waits(times: impl Iterator<Item = u64>) -> Small {
    let waits = vain_waits(times);
    event_loop(&waits.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_server_that_returns_from_its_wait_again_and_again_spins() {
    let rule = Rule::NoSpinning;
    with_waits([].into_iter()).holds(rule);
    with_waits([400, 800].into_iter()).holds(rule);
    // What a busy machine does late comes to an end.
    with_waits((310..600).step_by(10)).holds(rule);
    let sentence = "In 694 ms in which no client did anything, epoll_wait returned 69 times; at most 5 times a second are allowed.";
    let meaning = "woke by itself, after the 10.0 ms it had given itself";
    let polls = with_waits((210..1000).step_by(10));
    polls.breaks(rule, sentence, meaning);
    polls.busy().is_unknown(rule, "too busy");
}

#[test]
fn a_server_that_reads_in_vain_spins_too() {
    let rule = Rule::NoSpinning;
    for outcome in ["-1 EAGAIN (Resource temporarily unavailable)", "0"] {
        let call =
            format!("recvfrom({{A}}, 0x1, 4096, MSG_DONTWAIT, NULL, NULL) = {outcome} <0.000010>");
        let calls: Vec<String> =
            (210..1000).step_by(20).map(|at| format!("7 {at} {call}")).collect();
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        let judged = event_loop(&calls).judge(rule);
        assert!(judged.sentence.contains("recvfrom returned 35 times"), "{judged:#?}");
    }
    let short = vec![event(10, "A", EventKind::Connected), event(600, "A", EventKind::Closed)];
    let alone = Small::new(&[ACCEPT_A, READ_A]).clients(short);
    alone.is_unknown(rule, "never silent");
}

#[test]
fn one_thread_serves_and_others_do_something_else() {
    let rule = Rule::OneThread;
    let log = r#"9 300 write(2</dev/pts/0>, "Connection closed\n", 18) = 18 <0.000010>"#;
    let goodbye = r#"9 1500 sendto({A}, "-ERR shutting down\r\n", 20, 0, NULL, 0) = 20 <0.000010>"#;
    event_loop(&[log, goodbye]).holds(rule);
    let threads = [ACCEPT_A, "8 13 recvfrom({A},  <unfinished ...>", ACCEPT_B];
    let rest = [
        r#"9 203 recvfrom({B}, "PING\r\n", 4096, 0, NULL, NULL) = 6 <0.000010>"#,
        r#"8 1001 <... recvfrom resumed>"", 4096, 0, NULL, NULL) = 0 <0.980000>"#,
    ];
    let sentence = "3 threads serve the clients: one accepts, one reads from client A, one reads from client B.";
    let small = Small::new(&[&threads[..], &rest].concat());
    small.breaks(rule, sentence, "accepted client A (127.0.0.1:40001) as descriptor 5");
    let whole =
        small.judge(rule).lines.into_iter().find(|line| line.raw.starts_with("8 ")).unwrap();
    assert!(
        whole.raw.contains(r#"40001]>,  "", 4096, 0, NULL, NULL) = 0 <0.980000>"#),
        "{whole:?}"
    );
    // A runtime with several threads, as that of Go.
    let moved = r#"8 300 recvfrom({A}, "PING\r\n", 4096, 0, NULL, NULL) = 6 <0.000010>"#;
    event_loop(&[moved]).is_unknown(rule, "2 threads touch the sockets of clients");
}

#[test]
fn a_write_to_a_client_that_does_not_read_returns_at_once() {
    let rule = Rule::WritesWithoutSleeping;
    let full = r#"7 300 sendto({A}, "$9"..., 100000, 0, NULL, 0) = -1 EAGAIN (Resource temporarily unavailable) <0.00001>"#;
    let short = r#"7 300 writev({A}, [{iov_base="$9"..., iov_len=100000}], 1) = 65536 <0.000010>"#;
    event_loop(&[full]).holds(rule);
    event_loop(&[short]).holds(rule);
    // No write can sleep, whether the client reads or not.
    event_loop(&[]).holds(rule);
    let asleep = r#"7 300 sendto({A}, "$9\r\nxx"..., 100000, 0, NULL, 0) = 100000 <0.600000>"#;
    let sentence = "The server slept in sendto until client A read its replies, and could serve no other client.";
    let judged = Small::new(&[ACCEPT_A, ACCEPT_B, READ_A, READ_B, asleep]).judge(rule);
    assert_eq!(judged.sentence, sentence);
    assert!(judged.lines[0].meaning.starts_with("asleep in sendto 600 ms: client A did not read"));
    Small::new(&[ACCEPT_A, ACCEPT_B, asleep]).busy().is_unknown(rule, "too busy");
}

#[test]
fn rules_have_the_names_that_data_call_them() {
    for rule in Rule::ALL {
        assert_eq!(Rule::find(rule.name()), Some(rule));
        let name: StrDeserializer<'_, Error> = rule.name().into_deserializer();
        assert_eq!(Rule::deserialize(name).unwrap(), rule);
        assert!(rule.demands().ends_with('.'));
    }
    assert_eq!(Rule::find("no_such_rule"), None);
}

#[test]
fn strace_may_lack_the_calls_that_some_processors_lack() {
    for name in ["epoll_wait", "poll", "select", "dup2", "io_uring_setup", "epoll_pwait2"] {
        assert!(CALLS.contains(&format!(",?{name},")), "{name}");
    }
    assert!(!CALLS.contains(' '));
    // Without -f, strace refuses it.
    assert!(OPTIONS.contains(&"--seccomp-bpf") && OPTIONS.contains(&"-f"));
}
