//! The cost of the two protocols of the labs, with the same requests and replies.
//!
//! The decoder of lines must search every byte for the end of the line, for spaces and for quotes. RESP sends
//! the length of each argument, so its decoder can skip the bytes. This matters more for longer values.

#[allow(dead_code, unused_imports, reason = "a part of lab 1")]
#[path = "../../labs/lab1-blocking/src/protocol.rs"]
mod line;
#[allow(dead_code, unused_imports, reason = "a part of lab 2")]
#[path = "../../labs/lab2-resp/src/protocol.rs"]
mod resp;

use std::hint::black_box;
use std::time::Duration;

use codec::Codec;
use criterion::{BenchmarkId, Criterion, Throughput};
use shared::buffer::{Parsed, ReadBuffer};
use shared::limits::MAX_LINE;
use shared::reply::{Reply, Version};
use shared::request::{ProtocolError, Request};

/// The number of requests or replies in one measured step.
const COUNT: usize = 100;
/// The sizes of the values, in bytes, and their names in the report.
const VALUES: [(usize, &str); 2] = [(5, "5 B"), (10 * 1024, "10 KB")];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .nresamples(20_000)
        .configure_from_args();
    decode(&mut criterion);
    decode_in_pieces(&mut criterion);
    encode(&mut criterion);
    criterion.final_summary();
}

/// Bytes to requests: `SET key value` from the read buffer, until it is empty.
fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(COUNT as u64));
    for (size, name) in VALUES {
        let protocols: [(&str, Vec<u8>, Decode); 2] = [
            ("lines", requests::<line::Codec>(size), line::decode_request),
            ("RESP", requests::<resp::Codec>(size), resp::decode_request),
        ];
        for (protocol, bytes, decode) in protocols {
            let mut buffer = ReadBuffer::new();
            group.bench_with_input(BenchmarkId::new(protocol, name), &bytes, |bencher, bytes| {
                bencher.iter(|| {
                    buffer.extend(bytes);
                    decode_all(&mut buffer, decode);
                });
            });
        }
    }
    group.finish();
}

/// Long requests, in one piece and in pieces of 4 KiB. With the notes in `Parsed`, the pieces cost at most three
/// times as much. Without them, the cost would grow with the square of the length.
fn decode_in_pieces(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode a long request");
    group.sample_size(10);
    let mut cases: Vec<(String, Vec<u8>, Decode)> = Vec::new();
    for size in [0, 16, 100, 1000] {
        let mut bytes = Vec::new();
        resp::Codec::encode_request(&vec![vec![b'v'; size]; 100_000], &mut bytes);
        cases.push((format!("100,000 arguments of {size} B"), bytes, resp::decode_request));
    }
    let line = [vec![b'v'; MAX_LINE - 1], b"\n".to_vec()].concat();
    cases.push(("the longest line".to_owned(), line, line::decode_request));
    for (name, bytes, decode) in &cases {
        for (pieces, size) in [("in one piece", bytes.len()), ("in pieces of 4 KiB", 4096)] {
            group.bench_with_input(BenchmarkId::new(name, pieces), bytes, |bencher, bytes| {
                bencher.iter(|| {
                    let mut buffer = ReadBuffer::new();
                    for piece in bytes.chunks(size) {
                        buffer.extend(piece);
                        decode_all(&mut buffer, *decode);
                    }
                });
            });
        }
    }
    group.finish();
}

type Decode =
    for<'a> fn(&'a [u8], &mut Parsed) -> Result<Option<(Request<'a>, usize)>, ProtocolError>;

fn decode_all(buffer: &mut ReadBuffer, decode: Decode) {
    loop {
        let (bytes, parsed) = buffer.filled_and_parsed();
        let Ok(Some((request, size))) = decode(bytes, parsed) else { break };
        black_box(request);
        buffer.consume(size);
    }
}

fn requests<C: Codec>(value_size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for index in 0..COUNT {
        let key = format!("key:{index}").into_bytes();
        C::encode_request(&[b"SET".to_vec(), key, vec![b'v'; value_size]], &mut bytes);
    }
    bytes
}

/// Replies to bytes: values to the write buffer.
fn encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(COUNT as u64));
    for (size, name) in VALUES {
        let value = vec![b'v'; size];
        let reply = Reply::value(Some(&value));
        for (protocol, encode) in
            [("lines", line::encode_reply as Encode), ("RESP", resp::encode_reply)]
        {
            let mut output = Vec::new();
            group.bench_with_input(BenchmarkId::new(protocol, name), &reply, |bencher, reply| {
                bencher.iter(|| {
                    output.clear();
                    for _ in 0..COUNT {
                        encode(black_box(reply), Version::Resp2, &mut output);
                    }
                });
            });
        }
    }
    group.finish();
}

type Encode = fn(&Reply<'_>, Version, &mut Vec<u8>);
