//! Lab 3 and the real Redis, side by side: the same bytes in, the same bytes out.

use std::fmt::Write as _;

use testkit::{Lab, Peer, Redis};

use crate::LAB;

/// One conversation a line group; `$T` is a time far in the future, in seconds, and `$M` in milliseconds.
const CONVERSATIONS: &str = include_str!("like_redis.txt");

/// Asks and waits for the reply, by asking ECHO as well and reading until its answer.
fn ask(peer: &mut Peer, line: &str) -> String {
    let mark = "$12\r\nend-of-reply\r\n";
    peer.send(format!("{line}\r\nECHO end-of-reply\r\n"));
    let mut reply = Vec::new();
    while !reply.ends_with(mark.as_bytes()) {
        reply.extend(peer.read(1));
    }
    String::from_utf8_lossy(&reply[..reply.len() - mark.len()]).into_owned()
}

/// The two lines that this kit words in its own way, by design.
fn in_our_words(reply: &str, line: &str) -> String {
    let mut words = line.split_whitespace();
    let mut typed = words.next().unwrap_or_default().to_owned();
    if reply.contains('|') {
        typed = format!("{typed}|{}", words.next().unwrap_or_default());
    }
    if reply.starts_with("-ERR wrong number of arguments for") {
        return format!("-ERR wrong number of arguments for '{typed}'\r\n");
    }
    if reply.starts_with("-ERR unknown command") {
        return format!("-ERR unknown command '{typed}'\r\n");
    }
    reply.to_owned()
}

/// A TTL that is asked for a moment later may be less. How it is rounded is tested where time is an argument.
fn is_the_same_time_left(line: &str, found: &str, expected: &str) -> bool {
    let seconds = |reply: &str| reply.strip_prefix(':')?.trim_end().parse::<i64>().ok();
    let both = seconds(found).zip(seconds(expected));
    line.starts_with("TTL ") && both.is_some_and(|(f, e)| f > 0 && e > 0 && (f - e).abs() <= 5)
}

#[test]
#[ignore = "needs redis-server: scripts/test.sh installs it"]
fn every_reply_is_that_of_redis() {
    let (redis, lab) = (Redis::start(), Lab::start_with(LAB, &["--quiet"]));
    let (mut theirs, mut ours) = (redis.connect(), lab.connect());
    let (mut differences, mut asked) = (String::new(), 0);
    for line in CONVERSATIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let line = line.replace("$T", "4000000000").replace("$M", "4000000000000");
        let expected = in_our_words(&ask(&mut theirs, &line), &line);
        let found = ask(&mut ours, &line);
        asked += 1;
        if found != expected && !is_the_same_time_left(&line, &found, &expected) {
            _ = write!(differences, "\n{line}\n  Redis: {expected:?}\n  lab 3: {found:?}");
        }
    }
    assert!(asked > 150, "only {asked} lines were asked");
    assert!(differences.is_empty(), "{differences}");
}
