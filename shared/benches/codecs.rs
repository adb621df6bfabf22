//! The two protocols of the labs on the same requests and replies: what does each cost?
//!
//! A line has to be searched for its end and for its spaces and quotes, byte by byte. RESP tells how
//! long each word is, and its decoder jumps: the longer a value, the more that counts.

#[path = "../../labs/lab1-blocking/src/protocol.rs"]
mod line;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use shared::inbox::Inbox;
use shared::reply::{Reply, Version};
use shared::resp;
use shared::wire::Codec;

/// How many requests or replies one measured step takes.
const COUNT: usize = 100;
/// The sizes of the values, in bytes, and what they are called.
const VALUES: [(usize, &str); 2] = [(5, "5 B"), (10 * 1024, "10 KB")];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .nresamples(20_000)
        .configure_from_args();
    decode(&mut criterion);
    encode(&mut criterion);
    criterion.final_summary();
}

/// Bytes to requests: `SET key value` from the inbox, until it is empty.
fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(COUNT as u64));
    for (size, name) in VALUES {
        let lines = requests::<line::Codec>(size);
        let mut inbox = Inbox::new();
        group.bench_with_input(BenchmarkId::new("lines", name), &lines, |bencher, lines| {
            bencher.iter(|| {
                inbox.push(lines);
                while let Ok(Some(request)) = line::decode(&mut inbox) {
                    black_box(request);
                }
            });
        });
        let arrays = requests::<resp::Codec>(size);
        let mut inbox = Inbox::new();
        group.bench_with_input(BenchmarkId::new("RESP", name), &arrays, |bencher, arrays| {
            bencher.iter(|| {
                inbox.push(arrays);
                while let Ok(Some(request)) = resp::decode(&mut inbox) {
                    black_box(request);
                }
            });
        });
    }
    group.finish();
}

fn requests<C: Codec>(value_size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for index in 0..COUNT {
        let key = format!("key:{index}").into_bytes();
        C::encode(&[b"SET".to_vec(), key, vec![b'v'; value_size]], &mut bytes);
    }
    bytes
}

/// Replies to bytes: values to the outbox.
fn encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(COUNT as u64));
    for (size, name) in VALUES {
        let value = vec![b'v'; size];
        let reply = Reply::value(Some(&value));
        for (protocol, encode) in [("lines", line::encode as Encode), ("RESP", resp::encode)] {
            let mut outbox = Vec::new();
            group.bench_with_input(BenchmarkId::new(protocol, name), &reply, |bencher, reply| {
                bencher.iter(|| {
                    outbox.clear();
                    for _ in 0..COUNT {
                        encode(black_box(reply), Version::Resp2, &mut outbox);
                    }
                });
            });
        }
    }
    group.finish();
}

type Encode = fn(&Reply<'_>, Version, &mut Vec<u8>);
