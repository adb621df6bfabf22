use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::*;
use crate::bench::outcome::ClientCounts;
use crate::bench::workload::Verdict;
use crate::cli::{Bench, Server};

fn options(clients: u32, requests: u64) -> Bench {
    let server = Server { host: "127.0.0.1".to_owned(), port: 6379 };
    let (pipeline, stall_timeout) = (1, 30);
    Bench { server, large: false, clients, requests, pipeline, stall_timeout, json: false }
}

/// The figures of clients that are served one after the other, for half a second each.
fn turns(clients: u32) -> Figures {
    let mut figures = Figures::new().unwrap();
    let half = Duration::from_millis(500);
    for index in 0..clients {
        let turn = figures.started + half * index;
        figures.connect.record(half * index, 1);
        figures.first.record(Duration::from_micros(200), 1);
        figures.later.record(Duration::from_micros(50), 99);
        figures.waits.record(half * index, 1);
        figures.waits.record(Duration::from_micros(50), 99);
        figures.service.begin(turn);
        figures.service.end(turn + half);
    }
    figures.retried = u64::from(clients - 1);
    figures
}

fn outcome<'a>(options: &'a Bench, figures: &'a Figures) -> Outcome<'a> {
    let addr = SocketAddr::from(([127, 0, 0, 1], 6379));
    Outcome { addr, options, figures, elapsed: Duration::from_secs(2), stalled: None }
}

fn text(outcome: &Outcome<'_>) -> String {
    colored::control::set_override(false);
    let mut text = Vec::new();
    write_text(outcome, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn the_text_says_that_clients_took_turns() {
    let (options, figures) = (options(4, 400), turns(4));
    let expected = "\
4 clients on 127.0.0.1:6379, each with 1 request in flight

throughput      200 requests/s   400 requests answered in 2.00 s
served at once  at most 1 of 4 clients
server in use   2.00 s of 2.00 s

                     count       p50       p95       p99       max
connect                  4    500 ms    1.50 s    1.50 s    1.50 s
first replies            4    200 µs    200 µs    200 µs    200 µs
later replies          396   50.0 µs   50.0 µs   50.0 µs   50.0 µs

The clients took turns: one was being served at a time, and the others waited.
The last client got its first reply 1.50 s after the start.
3 clients found the backlog full: the kernel did not answer the handshake.
The bench connects again after 0.5 to 0.95 s; the kernel would wait for 1 s.
";
    assert_eq!(text(&outcome(&options, &figures)), expected);
    assert!(outcome(&options, &figures).problems().is_empty());
}

#[test]
fn the_text_says_that_clients_were_served_at_the_same_time() {
    let (options, mut figures) = (options(2, 200), turns(2));
    figures.service.begin(Instant::now());
    figures.service.begin(Instant::now());
    let text = text(&outcome(&options, &figures));
    assert!(text.ends_with("\nAll 2 clients were served at the same time.\n"), "{text}");
}

#[test]
fn one_batch_for_each_client_does_not_show_whether_clients_took_turns() {
    let (options, mut figures) = (options(2, 2), Figures::new().unwrap());
    figures.first.record(Duration::from_micros(200), 2);
    figures.service.begin(Instant::now());
    let outcome = outcome(&options, &figures);
    assert_eq!(json(&outcome)["most_clients_served_at_once"], Value::Null);
    assert!(text(&outcome).contains("the figures do not show"));
}

#[test]
fn json_has_every_figure_with_its_unit() {
    let (options, figures) = (options(4, 400), turns(4));
    let report = json(&outcome(&options, &figures));
    assert_eq!(report["answered"], 400);
    assert_eq!(report["requests_per_s"], 200);
    assert_eq!(report["most_clients_served_at_once"], 1);
    assert_eq!(report["first_replies"]["count"], 4);
    assert_eq!(report["later_replies"]["p50_us"], 50.0);
    assert_eq!(
        (&report["waits"]["count"], &report["waits"]["p99_us"]),
        (&json!(400), &json!(50.0))
    );
    let steps = report["distribution"].as_array().unwrap();
    assert_eq!(steps.last().unwrap()[1], 1.0);
    assert!(
        steps.last().unwrap()[0].as_f64().unwrap() > 1.4e6,
        "the last client's wait: {steps:?}"
    );
}

#[test]
fn each_problem_is_a_sentence() {
    let (options, mut figures) = (options(4, 500), turns(4));
    figures.record(Verdict::Error("ERR no".to_owned()));
    figures.record(Verdict::Error("ERR never".to_owned()));
    figures.lost.add("Connection reset by peer".to_owned());
    let stalled = Some(ClientCounts { done: 1, served: 0, waiting: 2, connecting: 0, lost: 1 });
    let outcome = Outcome { stalled, ..outcome(&options, &figures) };
    let expected = [
        "nothing happened for 30 seconds, so the load was stopped",
        "clients: 1 done, 0 served, 2 waiting, 0 connecting, 1 lost",
        "the server may be busy with another client; the others wait",
        "2 error replies, first: ERR no",
        "1 client lost, first: Connection reset by peer",
        "100 of 500 requests got no reply",
    ];
    assert_eq!(outcome.problems(), expected);
}
