//! A lab and a real redis-server get the same requests, and must send the same bytes.
//!
//! The requests are in a file of lines. The first part is played as it stands. The second part, below a line
//! `== random ==`, has the patterns of random requests: [`requests`] says how to write them. All choices depend
//! on a seed, so a failed run can be repeated.
//!
//! Both servers get the requests in batches, because a round trip for each would take most of the time.

use crate::{Lab, Peer, Redis};

mod replies;
mod requests;
mod words;

use replies::{are_same, is_same, split};
use requests::{End, Generator, Request};

/// A run ends after this many differences. Most differences cause others.
const MAX_DIFFERENCES: usize = 10;

/// The bytes of a request or a reply that a report shows at most.
const MAX_SHOWN: usize = 400;

/// The request behind each batch, and its reply. The reply shows that the batch has been answered.
const END: &[u8] = b"ECHO the-end-of-the-batch\r\n";
const END_REPLY: &[u8] = b"$20\r\nthe-end-of-the-batch\r\n";

/// A lab and a redis-server, a connection to each, and the differences so far.
struct Pair {
    redis: Redis,
    lab: Lab,
    redis_peer: Peer,
    lab_peer: Peer,
    requests: usize,
    differences: Vec<String>,
}

/// Plays the requests of a file, and then as many random ones as the environment variable
/// `DIFFERENTIAL_REQUESTS` says, or 20,000. `DIFFERENTIAL_SEED` says another seed than 1.
///
/// # Panics
/// If a reply differs.
pub fn compare_with_redis(binary: &str, file: &str) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>());
    let number = |name, default| number(name).unwrap_or(Ok(default)).expect("a number");
    let (count, seed) = (number("DIFFERENTIAL_REQUESTS", 20_000), number("DIFFERENTIAL_SEED", 1));
    println!("seed {seed}");
    let (lines, patterns) = file.split_once("== random ==\n").expect("two parts");
    let mut pair = Pair::start(binary);
    for line in lines.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        pair.play(&[Request::from_line(line)]);
    }
    pair.requests = 0;
    let (mut generator, count) = (Generator::new(patterns, seed), usize::try_from(count));
    let count = count.expect("a number of this machine");
    while pair.requests < count && pair.differences.len() < MAX_DIFFERENCES {
        pair.play(&generator.batch(count - pair.requests));
    }
    println!("{} requests, {} differences", pair.requests, pair.differences.len());
    assert!(pair.differences.is_empty(), "with seed {seed}:\n{}", pair.differences.join("\n"));
}

impl Pair {
    fn start(binary: &str) -> Self {
        let (redis, lab) = (Redis::start(), Lab::start_with(binary, &["--quiet"]));
        let (redis_peer, lab_peer) = (redis.connect(), lab.connect());
        Self { redis, lab, redis_peer, lab_peer, requests: 0, differences: Vec::new() }
    }

    /// Sends a batch to both servers, and compares their replies.
    fn play(&mut self, batch: &[Request]) {
        let end = batch.last().and_then(|request| request.ends);
        let mut bytes: Vec<u8> = batch.iter().flat_map(|request| request.bytes.clone()).collect();
        if end.is_none() {
            bytes.extend_from_slice(END);
        }
        // Both servers work at the same time, so that their clocks show nearly the same.
        let mut peers = [&mut self.redis_peer, &mut self.lab_peer];
        for peer in &mut peers {
            peer.send_until_closed(&bytes);
            if end == Some(End::Garbled) {
                peer.finish();
            }
        }
        let [expected, replies] =
            peers.map(|peer| peer.read_until(end.is_none().then_some(END_REPLY)));
        self.compare(batch, &split(&expected), &split(&replies));
        if end.is_some() {
            (self.redis_peer, self.lab_peer) = (self.redis.connect(), self.lab.connect());
        }
    }

    fn compare(&mut self, batch: &[Request], mut expected: &[&[u8]], mut replies: &[&[u8]]) {
        for request in batch {
            self.requests += 1;
            if request.ends == Some(End::Garbled) {
                if !are_same(expected, replies) {
                    self.report(request, &expected.concat(), &replies.concat());
                }
                return;
            }
            if request.args.is_empty() {
                continue;
            }
            let (redis, lab) = (expected.split_off_first(), replies.split_off_first());
            let (redis, lab) = (redis.copied().unwrap_or(b""), lab.copied().unwrap_or(b""));
            if redis.is_empty() || lab.is_empty() || !is_same(request, redis, lab) {
                self.report(request, redis, lab);
            }
        }
        let is_over = |replies: &[&[u8]]| replies.concat().is_empty() || replies == [END_REPLY];
        if !is_over(expected) || !is_over(replies) {
            self.report(&Request::default(), &expected.concat(), &replies.concat());
        }
    }

    fn report(&mut self, request: &Request, redis: &[u8], lab: &[u8]) {
        let shown = |bytes: &[u8]| bytes[..bytes.len().min(MAX_SHOWN)].escape_ascii().to_string();
        let (number, request) = (self.requests, shown(&request.bytes));
        let (redis, lab) = (shown(redis), shown(lab));
        self.differences
            .push(format!("request {number}: {request}\n  Redis: {redis}\n  lab:   {lab}\n"));
    }
}
