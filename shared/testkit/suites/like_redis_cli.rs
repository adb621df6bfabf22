//! The client beside redis-cli: both show the replies of one redis-server.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use testkit::Redis;

use crate::LAB;

/// Sends lines to a client program.
fn converse(command: &mut Command, lines: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// What our client shows in RESP3, after the reply to HELLO.
fn ours(redis: &Redis, lines: &str) -> (String, String) {
    let mut client = Command::new(LAB);
    client.args(["client", "--port", &redis.addr.port().to_string()]);
    let Output { status, stdout, stderr } = converse(&mut client, &format!("HELLO 3\n{lines}"));
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(status.success(), "{stdout}{stderr}");
    let (_, after_hello) = stdout.split_once("7# modules => (empty array)\n").unwrap();
    (after_hello.to_owned(), stderr)
}

/// What redis-cli shows. The quotes are removed, because our client shows text without quotes.
fn theirs(redis: &Redis, lines: &str) -> String {
    let mut client = Command::new("redis-cli");
    client.args(["-3", "--no-raw", "-p", &redis.addr.port().to_string()]);
    let stdout = String::from_utf8(converse(&mut client, lines).stdout).unwrap();
    stdout.replace('"', "").replace("(error) ", "")
}

#[test]
#[ignore = "needs redis-server and redis-cli: scripts/test.sh installs them"]
fn every_type_of_redis_is_shown_as_redis_cli_shows_it() {
    let redis = Redis::start_with(&["--enable-debug-command", "yes"]);
    let types = "string integer double null array set map push verbatim true false".split(' ');
    let types = types.map(|name| format!("DEBUG PROTOCOL {name}"));
    redis.connect().ask("ZADD z 1.5 a -inf b 3e20 c\r\n", ":3\r\n");
    redis.connect().ask("SADD ten 1 2 3 4 5 6 7 8 9 10\r\n", ":10\r\n");
    let others = "SMEMBERS no\nHGETALL no\nKEYS no\nGET no\nFOO\nZSCORE z b\nZSCORE z c\n\
        ZRANGE z 0 -1 WITHSCORES\nSMEMBERS ten\nCOMMAND DOCS GET\nCONFIG GET *save*\nCONFIG GET *list*\nEVAL \"return {1,{2,3}}\" 0\n\
        EVAL \"redis.setresp(3); return {double=3.25}\" 0\nCOMMAND INFO GET";
    for line in types.chain(others.lines().map(str::to_owned)) {
        assert_eq!(ours(&redis, &format!("{line}\n")).0, theirs(&redis, &line), "{line}");
    }
}

#[test]
#[ignore = "needs redis-server and redis-cli: scripts/test.sh installs them"]
fn every_type_of_redis_that_redis_cli_does_not_know_is_shown_as_well() {
    let redis = Redis::start_with(&["--enable-debug-command", "yes"]);
    let lines = "DEBUG PROTOCOL bignum\nDEBUG PROTOCOL attrib\nPING\n";
    let expected = "(big number) 1234567999999999999999999999999999999\n\
        Some real reply following the attribute\nPONG\n";
    assert_eq!(ours(&redis, lines).0, expected);
}

#[test]
#[ignore = "needs redis-server and redis-cli: scripts/test.sh installs them"]
fn every_type_of_redis_that_is_pushed_is_told_apart_from_the_replies() {
    let redis = Redis::start_with(&["--enable-debug-command", "yes"]);
    let lines = "CLIENT TRACKING ON\nGET k\nSET k 1\nPING\nDEBUG PROTOCOL push\nPING\n";
    let (stdout, stderr) = ours(&redis, lines);
    let replies = "OK\n(nil)\nOK\nPONG\nSome real reply following the push reply\nPONG\n";
    assert_eq!(stdout, replies);
    let pushed: Vec<&str> = stderr.lines().filter(|line| line.starts_with("(pushed")).collect();
    assert_eq!(
        pushed,
        ["(pushed: 1) invalidate 2) 1) k)", "(pushed: 1) server-cpu-usage 2) (integer) 42)"],
        "{stderr}"
    );
}
