//! A lab and a real redis-server get the same requests, and must send the same bytes.

use std::fmt::Write as _;

use testkit::{Lab, Peer, Redis};

use crate::LAB;

/// The requests, one on each line. `$T` is a time far in the future in seconds, and `$M` the same time in
/// milliseconds.
const REQUESTS: &str = include_str!("like_redis.txt");

/// Sends a request and returns its reply. An ECHO after the request shows where the reply ends.
fn ask(peer: &mut Peer, line: &str) -> String {
    let end = "$12\r\nend-of-reply\r\n";
    peer.send(format!("{line}\r\nECHO end-of-reply\r\n"));
    let mut reply = Vec::new();
    while !reply.ends_with(end.as_bytes()) {
        reply.extend(peer.read(1));
    }
    String::from_utf8_lossy(&reply[..reply.len() - end.len()]).into_owned()
}

/// The reply that this kit should send. Two of its error lines differ from those of Redis, by design.
fn expected_from_lab(reply: &str, line: &str) -> String {
    let mut args = line.split_whitespace();
    let mut typed = args.next().unwrap_or_default().to_owned();
    if reply.contains('|') {
        typed = format!("{typed}|{}", args.next().unwrap_or_default());
    }
    if reply.starts_with("-ERR wrong number of arguments for") {
        return format!("-ERR wrong number of arguments for '{typed}'\r\n");
    }
    if reply.starts_with("-ERR unknown command") {
        return format!("-ERR unknown command '{typed}'\r\n");
    }
    reply.to_owned()
}

/// Whether both replies are nearly the same TTL: the second server answers a moment later. Other tests, where
/// time is an argument, check the rounding.
fn is_nearly_the_same_ttl(line: &str, reply: &str, expected: &str) -> bool {
    let seconds = |reply: &str| reply.strip_prefix(':')?.trim_end().parse::<i64>().ok();
    let both = seconds(reply).zip(seconds(expected));
    line.starts_with("TTL ") && both.is_some_and(|(f, e)| f > 0 && e > 0 && (f - e).abs() <= 5)
}

#[test]
#[ignore = "needs redis-server: scripts/test.sh installs it"]
fn every_reply_is_that_of_redis() {
    let (redis, lab) = (Redis::start(), Lab::start_with(LAB, &["--quiet"]));
    let (mut redis_peer, mut lab_peer) = (redis.connect(), lab.connect());
    let (mut differences, mut count) = (String::new(), 0);
    for line in REQUESTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let line = line.replace("$T", "4000000000").replace("$M", "4000000000000");
        let expected = expected_from_lab(&ask(&mut redis_peer, &line), &line);
        let reply = ask(&mut lab_peer, &line);
        count += 1;
        if reply != expected && !is_nearly_the_same_ttl(&line, &reply, &expected) {
            _ = write!(differences, "\n{line}\n  Redis: {expected:?}\n  lab:   {reply:?}");
        }
    }
    assert!(count > 150, "only {count} requests");
    assert!(differences.is_empty(), "{differences}");
}
