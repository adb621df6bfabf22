//! Floods: pipelines without a pause. Each request adds 1 to a number, so each reply has its place.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::{Codec as _, Reply, resp};
use fastrand::Rng;

use super::connection::{Connection, expect};
use super::counters::{Count, Counters, End};

/// This many requests are sent before a reply is read.
const PIPELINE: usize = 10_000;

/// Floods the server for a while, pauses, and floods it again.
pub fn run(addr: SocketAddr, number: u64, rng: &mut Rng, counters: &Counters) -> Result<(), End> {
    let key = format!("soak:flood:{number}");
    let mut pipeline = Vec::new();
    for _ in 0..PIPELINE {
        resp::Codec::encode_request(&[b"INCR".to_vec(), key.clone().into()], &mut pipeline);
    }
    let mut count = 0;
    while !counters.is_stopping() {
        let mut connection = Connection::open(addr, counters)?;
        let end = Instant::now() + Duration::from_millis(rng.u64(..2000));
        while Instant::now() < end && !counters.is_stopping() {
            connection.send(&pipeline)?;
            for _ in 0..PIPELINE {
                count += 1;
                expect("INCR of a flood", &connection.reply()?, &Reply::Integer(count))?;
                counters.add(Count::Answered);
            }
            counters.add(Count::Floods);
        }
        drop(connection);
        counters.pause(Duration::from_millis(rng.u64(..2000)));
    }
    Ok(())
}
