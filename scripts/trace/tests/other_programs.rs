//! What `lens explain` says about lines that our labs do not write, but other programs and other options of
//! strace do. All of them are lines of strace 6.1.
#![allow(clippy::unwrap_used)] // Where a test cannot go on, it fails.

use trace::explain::{ClientNotes, Options, run};

/// A client has come from port 40960, and is descriptor 5.
const ACCEPTED: &str = r#"7 100000000.000000 accept4(3<TCP:[127.0.0.1:6379]>, {sa_family=AF_INET, sin_port=htons(40960), sin_addr=inet_addr("127.0.0.1")}, [128 => 16], SOCK_CLOEXEC) = 5<TCP:[127.0.0.1:6379->127.0.0.1:40960]> <0.000010>"#;

fn explain(lines: &[&str]) -> String {
    let mut page = Vec::new();
    run(lines.join("\n").as_bytes(), &mut page, ClientNotes::default(), Options::default())
        .unwrap();
    String::from_utf8(page).unwrap()
}

#[track_caller]
fn assert_says(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "no {text:?} in\n{page}");
    }
}

#[track_caller]
fn assert_silent_about(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(!page.contains(text), "{text:?} in\n{page}");
    }
}

#[test]
fn a_blocking_read_whose_time_was_up_is_no_non_blocking_one() {
    let slept = "7 100000001.000000 recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, 0x7f8debcf2180, 100, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable) <0.050075>";
    let page = explain(&[ACCEPTED, slept]);
    assert_says(
        &page,
        &["asleep in recvfrom 50.1 ms", "waited as long as it may (EAGAIN)", "SO_RCVTIMEO"],
    );
    assert_silent_about(&page, &["non-blocking"]);
    let page = explain(&[ACCEPTED, &slept.replace("0.050075", "0.000075")]);
    assert_says(&page, &["has said nothing new (EAGAIN)", "non-blocking"]);
}

#[test]
fn a_non_blocking_read_that_took_long_has_no_timeout() {
    let read = "7 100000001.000000 recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, 0x7f8debcf2180, 100, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable) <0.011000>";
    let made = "7 100000000.500000 ioctl(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, FIONBIO, [1]) = 0 <0.000010>";
    for lines in [
        &[&ACCEPTED.replace("SOCK_CLOEXEC", "SOCK_CLOEXEC|SOCK_NONBLOCK"), read][..],
        &[ACCEPTED, made, read],
        &[ACCEPTED, &read.replace("100, 0,", "100, MSG_DONTWAIT,")],
    ] {
        let page = explain(lines);
        assert_says(&page, &["has said nothing new (EAGAIN)"]);
        assert_silent_about(&page, &["SO_RCVTIMEO"]);
    }
}

#[test]
fn sockets_of_other_kinds_than_tcp_have_no_clients_and_no_servers() {
    let lines = [
        ACCEPTED,
        r"7 100000001.000000 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 6 <0.000015>",
        r#"7 100000001.000000 connect(6, {sa_family=AF_UNIX, sun_path=@"foo"}, 6) = 0 <0.000009>"#,
        r#"7 100000001.000000 sendto(6, "hi", 2, 0, NULL, 0) = 2 <0.000009>"#,
        r#"7 100000001.000000 connect(8<UNIX-STREAM:[5082347]>, {sa_family=AF_UNIX, sun_path=@"foo"}, 6) = 0 <0.000009>"#,
        r"7 100000001.000000 bind(7<NETLINK:[5082351]>, {sa_family=AF_NETLINK, nl_pad=0xec74, nl_pid=0, nl_groups=00000000}, 12) = 0 <0.000008>",
        r"7 100000001.000000 sendto(7<NETLINK:[ROUTE:28213]>, [{nlmsg_len=20, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=1, nlmsg_pid=0}, {ifi_family=AF_UNSPEC, ...}], 20, 0, {sa_family=AF_NETLINK, nl_pad=0xec77, nl_pid=0, nl_groups=00000000}, 12) = 20 <0.000031>",
        r#"7 100000001.000000 accept4(9<UNIX-STREAM:[5082358,@"foo"]>, {sa_family=AF_UNIX}, [110 => 2], SOCK_CLOEXEC) = 10<UNIX-STREAM:[5082365->5082347,@"foo"]> <0.000009>"#,
        r#"7 100000001.000000 recvfrom(10<UNIX-STREAM:[5082365->5082347,@"foo"]>, "hi", 10, 0, NULL, NULL) = 2 <0.000008>"#,
        r"7 100000001.000000 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 13<UDP:[5082374]> <0.000010>",
        r#"7 100000001.000000 connect(13<UDP:[5082374]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.002556>"#,
    ];
    let page = explain(&lines);
    assert_says(&page, &["clients     1\n", "calls       1 about sockets: accept4 1\n"]);
    assert_silent_about(
        &page,
        &["connected to", "bound it", "said", "answered", "made a TCP socket"],
    );
}

#[test]
fn a_number_that_was_another_socket_may_become_that_of_a_client() {
    let lines = [
        "7 100000000.000000 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 5 <0.000015>",
        "7 100000000.000000 close(5) = 0 <0.000015>",
        r#"7 100000001.000000 recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, "PING\n", 100, 0, NULL, NULL) = 5 <0.000007>"#,
    ];
    assert_says(&explain(&lines), &["client 127.0.0.1:40960 said PING"]);
}

#[test]
fn all_parts_of_a_gathered_write_are_decoded() {
    let lines = [
        ACCEPTED,
        r#"7 100000001.000000 sendmsg(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="+O", iov_len=2}, {iov_base="K\r\n", iov_len=3}], msg_iovlen=2, msg_controllen=0, msg_flags=0}, 0) = 5 <0.001095>"#,
        r#"7 100000001.000000 writev(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, [{iov_base="$3\r\n", iov_len=4}, {iov_base="abc", iov_len=3}, {iov_base="\r\n", iov_len=2}], 3) = 9 <0.000021>"#,
        r#"7 100000002.000000 writev(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, [{iov_base="+A\r\n", iov_len=4}, {iov_base="+B\r\n", iov_len=4}], 2) = 6 <0.000021>"#,
    ];
    let page = explain(&lines);
    assert_says(&page, &[r"40960: OK (+OK\r\n, 5 bytes)", r"40960: abc (9 bytes)"]);
    assert_says(&page, &["6 bytes of 8 (it does not read)"]);
}

#[test]
fn a_part_that_is_cut_hides_those_behind_it() {
    let lines = [
        ACCEPTED,
        r#"7 100000001.000000 writev(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, [{iov_base="$200\r\nxx"..., iov_len=206}, {iov_base="\r\n", iov_len=2}], 2) = 208 <0.000021>"#,
    ];
    assert_says(&explain(&lines), &["…(200 bytes) (208 bytes)"]);
}

#[test]
fn bytes_that_are_only_looked_at_are_not_read() {
    let peek = r#"7 100000001.000000 recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, "GET a\nGET b\n", 100, MSG_PEEK, NULL, NULL) = 12 <0.000008>"#;
    let page = explain(&[ACCEPTED, peek, &peek.replace("MSG_PEEK", "0")]);
    assert_says(
        &page,
        &["looked at 12 bytes of client 127.0.0.1:40960", "commands    2, in 1 read;"],
    );
}

#[test]
fn the_sleep_of_a_call_goes_on_after_a_stop_of_the_program() {
    let lines = [
        "7 100000000.000000 listen(3<TCP:[127.0.0.1:57619]>, 128) = 0 <0.000010>",
        "7 100000000.000000 poll([{fd=3<TCP:[127.0.0.1:57619]>, events=POLLIN}], 1, 500) = ? ERESTART_RESTARTBLOCK (Interrupted by signal) <0.132000>",
        "7 100000000.132000 --- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, si_pid=29018, si_uid=0} ---",
        "7 100000000.242000 restart_syscall(<... resuming interrupted poll ...> <unfinished ...>",
        "8 100000000.243000 +++ exited with 0 +++",
        "7 100000000.244000 <... restart_syscall resumed>) = ? ERESTART_RESTARTBLOCK (Interrupted by signal) <0.020000>",
        "7 100000000.300000 restart_syscall(<... resuming interrupted restart_syscall ...>) = 0 <0.200000>",
    ];
    let page = explain(&lines);
    assert_says(&page, &["asleep in poll 200 ms: nobody spoke", "asleep in poll 352 ms (70 %)"]);
    let page = explain(&[lines[0], lines[1], &lines[6].replace("= 0", "= 1")]);
    assert_says(&page, &["woke: something is ready"]);
}

#[test]
fn only_the_terminal_presses_ctrl_c() {
    let pressed = "7 100000000.000000 --- SIGINT {si_signo=SIGINT, si_code=SI_KERNEL} ---";
    assert_says(&explain(&[ACCEPTED, pressed]), &["somebody has pressed Ctrl-C\n"]);
    let sent = "7 100000000.000000 --- SIGINT {si_signo=SIGINT, si_code=SI_USER, si_pid=29018, si_uid=0} ---";
    let page = explain(&[ACCEPTED, sent]);
    assert_says(&page, &["somebody asks the program to end (from process 29018)"]);
    assert_silent_about(&page, &["Ctrl-C"]);
}

#[test]
fn threads_may_have_their_names_beside_their_numbers() {
    let lines = [
        &ACCEPTED.replacen('7', "7<lab 3>", 1),
        r"[pid 7<lab 3>] 100000001.000000 recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>,  <unfinished ...>",
        r"8<a\76 b\33\74> 100000001.000000 close(9) = 0 <0.000009>",
        r#"7<lab 3> 100000002.000000 <... recvfrom resumed>"PING\n", 100, 0, NULL, NULL) = 5 <1.000000>"#,
        "7<lab 3> 100000003.000000 +++ exited with 0 +++",
    ];
    let page = explain(&lines);
    assert_says(&page, &["asleep in recvfrom 1.000 s", "said PING", "ended with exit code 0"]);
    assert_silent_about(&page, &["not strace"]);
}

#[test]
fn what_strace_says_about_threads_that_stop_or_end_is_strace() {
    let lines = [
        ACCEPTED,
        "7 100000001.000000 --- stopped by SIGSTOP ---",
        "8 100000001.000000 ???( <unfinished ...>",
        "8 100000001.000000 +++ exited with 0 +++",
        "9 100000001.000000 ???() = ?",
    ];
    assert_silent_about(&explain(&lines), &["not strace", "asleep"]);
    assert_says(&explain(&[ACCEPTED, "hello"]), &["not strace  1 line\n"]);
    assert_says(&explain(&[ACCEPTED, "hello", "world"]), &["not strace  2 lines\n"]);
}

#[test]
fn a_sleep_that_began_before_the_trace_is_counted() {
    // strace cannot see which call it is: `read` is a guess of its own.
    let lines = [
        "100000000.000000 restart_syscall(<... resuming interrupted read ...>) = 1 <0.589704>",
        r#"100000000.589831 accept4(3<TCP:[127.0.0.1:46933]>, {sa_family=AF_INET, sin_port=htons(36446), sin_addr=inet_addr("127.0.0.1")}, [16], SOCK_CLOEXEC) = 4<TCP:[127.0.0.1:46933->127.0.0.1:36446]> <0.000020>"#,
    ];
    let page = explain(&lines);
    assert_says(&page, &["asleep in restart_syscall 590 ms", "began before the trace"]);
    assert_says(&page, &["asleep in restart_syscall 590 ms (100 %)"]);
    let resumed = "100000000.589704 <... poll resumed>) = 1 ([{fd=3, revents=POLLIN}]) <0.589704>";
    let page = explain(&[resumed, lines[1]]);
    assert_says(&page, &["asleep in poll 590 ms: nobody spoke", "in poll 590 ms ("]);
}

#[test]
fn a_poll_of_sockets_that_were_there_before_the_trace_is_about_sockets() {
    let poll = "100000000.000000 poll([{fd=3<TCP:[127.0.0.1:46933]>, events=POLLIN}, {fd=4<TCP:[127.0.0.1:46933->127.0.0.1:36446]>, events=POLLIN}], 2, 60000) = 1 ([{fd=4, revents=POLLIN}]) <0.100337>";
    let page = explain(&[poll]);
    assert_says(&page, &["asleep in poll 100 ms: nobody spoke (60.000 s at most)"]);
    assert_says(&page, &["client 127.0.0.1:36446 has said something"]);
}

#[test]
fn the_ends_of_a_socketpair_are_no_clients() {
    let lines = [
        "7 100000000.000000 socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, [8, 9]) = 0 <0.000015>",
        r#"7 100000000.100000 sendto(9, "wake up", 7, 0, NULL, 0) = 7 <0.000015>"#,
        r#"7 100000000.200000 recvfrom(8, "wake up", 100, 0, NULL, NULL) = 7 <0.000015>"#,
        ACCEPTED,
    ];
    let page = explain(&lines);
    assert_says(&page, &["clients     1\n", "calls       1 about sockets"]);
    assert_silent_about(&page, &["on descriptor 8", "on descriptor 9"]);
}

#[test]
fn a_socket_that_is_blocking_again_may_have_a_timeout() {
    let ioctl = "7 100000000.500000 ioctl(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, FIONBIO, [1]) = 0 <0.000010>";
    let fcntl = "7 100000000.600000 fcntl(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, F_SETFL, O_RDWR) = 0 <0.000010>";
    let slept = "7 100000001.000000 recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, 0x7f8debcf2180, 100, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable) <0.050075>";
    for again in [&ioctl.replace("[1]", "[0]"), fcntl] {
        let page = explain(&[ACCEPTED, ioctl, again, slept]);
        assert_says(&page, &["made descriptor 5 non-blocking", "made descriptor 5 blocking again"]);
        assert_says(&page, &["waited as long as it may (EAGAIN)"]);
    }
}

#[test]
fn what_strace_says_about_itself_is_strace() {
    // Without -o, strace writes into the lines of the calls.
    let lines = [
        "strace: Process 19903 attached",
        ACCEPTED,
        "[pid 7] 100000001.000000 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLDstrace: Process 19904 attached",
        ", child_tidptr=0x7fe8608fca10) = 19904 <0.000096>",
        "[pid 7] 100000001.100000 recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, strace: Process 19905 attached",
        " <unfinished ...>",
        r#"[pid 7] 100000001.300000 <... recvfrom resumed>"PING\n", 100, 0, NULL, NULL) = 5 <0.200000>"#,
        "strace: Process 19904 detached",
        " <detached ...>",
    ];
    let page = explain(&lines);
    assert_silent_about(&page, &["not strace"]);
    assert_says(&page, &["asleep in recvfrom 200 ms", "said PING", "1 other: --all"]);
}

/// The calls of lab 3 on arm64, where there is no `epoll_wait` and no `poll`.
const ARM64: &[&str] = &[
    "7 100000000.000000 ppoll([{fd=0, events=0}, {fd=1, events=0}, {fd=2, events=0}], 3, {tv_sec=0, tv_nsec=0}, NULL, 0) = 0 (Timeout) <0.000010>",
    "7 100000000.100000 listen(3<TCP:[127.0.0.1:6379]>, 511) = 0 <0.000010>",
    "7 100000000.200000 epoll_create1(EPOLL_CLOEXEC) = 4<anon_inode:[eventpoll]> <0.000010>",
    "7 100000000.300000 epoll_ctl(4<anon_inode:[eventpoll]>, EPOLL_CTL_ADD, 3<TCP:[127.0.0.1:6379]>, {events=EPOLLIN|EPOLLET, data={u32=1, u64=1}}) = 0 <0.000010>",
    "7 100000000.400000 epoll_pwait(4<anon_inode:[eventpoll]>, [{events=EPOLLIN, data={u32=1, u64=1}}], 1024, 5000, NULL, 8) = 1 <0.600000>",
    "7 100000001.100000 epoll_pwait(4<anon_inode:[eventpoll]>, [], 1024, 500, NULL, 8) = 0 <0.500000>",
    "7 100000001.700000 ppoll([{fd=3<TCP:[127.0.0.1:6379]>, events=POLLIN}], 1, {tv_sec=1, tv_nsec=500000000}, NULL, 0) = 0 (Timeout) <1.500000>",
    "7 100000003.300000 ppoll([{fd=3<TCP:[127.0.0.1:6379]>, events=POLLIN}], 1, NULL, NULL, 0) = 1 ([{fd=3, revents=POLLIN}]) <0.500000>",
];

#[test]
fn the_calls_of_arm64_are_understood() {
    let page = explain(ARM64);
    assert_says(&page, &["asleep in epoll_pwait 600 ms: nobody spoke (5.000 s at most)"]);
    assert_says(
        &page,
        &["woke: a client wants to connect", "after the 500 ms it had given itself"],
    );
    assert_says(&page, &["asleep in ppoll 1.500 s: nobody spoke (1.500 s at most)"]);
    assert_says(&page, &["after the 1.500 s it had given itself", "tells which of the watched"]);
    assert_says(&page, &["asleep in ppoll 2.000 s", "asleep in ppoll 500 ms: nobody spoke\n"]);
}

#[test]
fn clients_may_come_by_ipv6() {
    let lines = [
        r#"7 100000000.000000 accept4(3<TCPv6:[[::1]:45777]>, {sa_family=AF_INET6, sin6_port=htons(60202), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, [28], SOCK_CLOEXEC) = 4<TCPv6:[[::1]:45777->[::1]:60202]> <0.000019>"#,
        r#"7 100000000.100000 recvfrom(4<TCPv6:[[::1]:45777->[::1]:60202]>, "PING\n", 100, 0, NULL, NULL) = 5 <0.000010>"#,
        r#"7 100000000.200000 sendto(8<TCPv6:[[::1]:45777->[::1]:60203]>, "OK\n", 3, 0, NULL, 0) = 3 <0.000107>"#,
        "7 100000000.300000 close(3<TCPv6:[[::1]:45777]>) = 0 <0.000107>",
    ];
    let page = explain(&lines);
    assert_says(&page, &["accepted client [::1]:60202 as descriptor 4", "[::1]:60202 said PING"]);
    assert_says(&page, &["answered client [::1]:60203: OK", "nobody can connect now"]);
}

#[test]
fn a_call_that_sleeps_when_the_trace_ends_is_shown_whatever_it_waits_with() {
    let begun = "7 100000001.000000 poll([{fd=3<TCP:[127.0.0.1:6379]>, events=POLLIN}], 1, -1 <unfinished ...>";
    let last = "8 100000002.000000 close(99) = 0 <0.000010>";
    assert_says(&explain(&[ACCEPTED, begun, last]), &["asleep in poll: nobody speaks, when"]);
    let files =
        "7 100000001.000000 poll([{fd=0</dev/null>, events=POLLIN}], 1, -1 <unfinished ...>";
    let read = "7 100000001.000000 read(0,  <unfinished ...>";
    let pair = "7 100000001.000000 recvfrom(12<UNIX-STREAM:[5082347]>,  <unfinished ...>";
    for other in [files, read, pair] {
        assert_silent_about(&explain(&[ACCEPTED, other, last]), &["asleep"]);
    }
}

#[test]
fn a_sleep_on_a_listening_socket_that_was_there_before_the_trace_is_counted() {
    let accepted = r#"7 100000000.000000 accept4(3, {sa_family=AF_INET, sin_port=htons(40960), sin_addr=inet_addr("127.0.0.1")}, [128 => 16], SOCK_CLOEXEC) = 5 <0.250000>"#;
    assert_says(
        &explain(&[accepted]),
        &["waited 250 ms for a client", "in accept4 250 ms (100 %)"],
    );
}
