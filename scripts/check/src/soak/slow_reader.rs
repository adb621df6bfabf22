//! A slow reader: it asks for more than any buffer on the way holds, reads nothing for a while, and then a little
//! at a time. All replies have to come, in order.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::{Codec as _, Reply, resp};
use fastrand::Rng;

use super::connection::{Connection, expect};
use super::counters::{Count, Counters, End};

/// How often the value is asked for: together 25 MiB, more than the server buffers for one client.
const TIMES: usize = 400;
/// The length of the value in bytes.
const LENGTH: usize = 64 * 1024;
/// The most bytes that are read at a time.
const READ_SIZE: usize = 16 * 1024;

/// Asks, waits and reads, again and again.
pub fn run(addr: SocketAddr, number: u64, rng: &mut Rng, counters: &Counters) -> Result<(), End> {
    let key = format!("soak:slow:{number}").into_bytes();
    let value: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(LENGTH).collect();
    let mut request = Vec::new();
    resp::Codec::encode_request(&[b"SET".to_vec(), key.clone(), value.clone()], &mut request);
    let mut connection = Connection::open(addr, counters)?;
    connection.send(&request)?;
    expect("SET of a slow reader", &connection.reply()?, &Reply::ok())?;
    drop(connection);

    let value = Reply::Bulk(value);
    let mut requests = Vec::new();
    for count in 0..TIMES {
        resp::Codec::encode_request(&[b"ECHO".to_vec(), count.to_string().into()], &mut requests);
        resp::Codec::encode_request(&[b"GET".to_vec(), key.clone()], &mut requests);
    }
    while !counters.is_stopping() {
        let mut connection = Connection::open(addr, counters)?;
        let sent = connection.send_some(&requests)?;
        counters.pause(Duration::from_millis(rng.u64(..3000)));
        // From 1.6 MB/s to 160 MB/s.
        let pause = Duration::from_micros(100 * (1 << rng.u32(..=6)));
        read(&mut connection, &requests[sent..], &value, pause, counters)?;
        counters.add(Count::SlowReads);
    }
    Ok(())
}

/// Reads all replies, and sends the rest of the requests meanwhile.
fn read(
    connection: &mut Connection<'_>,
    mut unsent: &[u8],
    value: &Reply,
    pause: Duration,
    counters: &Counters,
) -> Result<(), End> {
    let (mut replies, mut last) = (0, Instant::now());
    while replies < 2 * TIMES {
        if !unsent.is_empty() {
            unsent = &unsent[connection.send_some(unsent)?..];
        }
        if connection.receive(READ_SIZE)? {
            last = Instant::now();
        }
        connection.wait_since(last)?;
        while let Some(reply) = connection.next_reply()? {
            if replies % 2 == 0 {
                expect("ECHO of a slow reader", &reply, &Reply::bulk((replies / 2).to_string()))?;
            } else {
                expect("GET of a slow reader", &reply, value)?;
            }
            replies += 1;
            counters.add(Count::Answered);
        }
        std::thread::sleep(pause);
    }
    Ok(())
}
