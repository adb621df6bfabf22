//! The store with a thousand keys and with a million keys: which costs grow with the number of keys?
//!
//! A careless store checks the deadline of every key before each command. This store keeps the deadlines in
//! order. So `remove_due` without a due key takes two or three nanoseconds, with any number of keys.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion};
use shared::clock::UnixMillis;
use shared::store::{Expiry, Store};

/// The number of keys in the store, and its name in the report.
const SIZES: [(usize, &str); 2] = [(1_000, "1,000 keys"), (1_000_000, "1,000,000 keys")];
/// The current time, and a later time for deadlines that are not due.
const NOW: UnixMillis = 1_000_000;
const LATER: UnixMillis = 2_000_000;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .nresamples(20_000)
        .configure_from_args();
    get_and_set(&mut criterion);
    remove_due(&mut criterion);
    criterion.final_summary();
}

/// A store whose keys have the deadlines that `expiry` gives them, and the names of the keys.
fn filled(size: usize, expiry: impl Fn(usize) -> Expiry) -> (Store, Vec<Vec<u8>>) {
    let keys: Vec<Vec<u8>> = (0..size).map(|index| format!("key:{index}").into_bytes()).collect();
    let mut store = Store::new();
    for (index, key) in keys.iter().enumerate() {
        store.set(key, b"value", expiry(index));
    }
    (store, keys)
}

/// Each step takes the next key. With a million keys, a key is seldom in a cache of the processor.
fn get_and_set(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("get");
    for (size, name) in SIZES {
        let (store, keys) = filled(size, |_| Expiry::Never);
        let mut next = keys.iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| next.next().and_then(|key| store.string(black_box(key))));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("set");
    for (size, name) in SIZES {
        let (mut store, keys) = filled(size, |_| Expiry::Never);
        let mut next = keys.iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                next.next().map(|key| store.set(black_box(key), b"another", Expiry::Never))
            });
        });
    }
    group.finish();
}

/// The work before each command: `remove_due`. All keys have a deadline.
fn remove_due(criterion: &mut Criterion) {
    let mut stores = SIZES.map(|(size, name)| {
        let deadline = |index| Expiry::At(LATER + UnixMillis::try_from(index).unwrap_or(0));
        (filled(size, deadline).0, name)
    });
    let mut group = criterion.benchmark_group("remove_due, no key due");
    for (store, name) in &mut stores {
        group.bench_function(BenchmarkId::from_parameter(*name), |bencher| {
            bencher.iter(|| store.remove_due(black_box(NOW)));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("remove_due, one key due (set and removed)");
    for (store, name) in &mut stores {
        group.bench_function(BenchmarkId::from_parameter(*name), |bencher| {
            bencher.iter(|| {
                store.set(b"short-lived", b"value", Expiry::At(NOW));
                store.remove_due(black_box(NOW))
            });
        });
    }
    group.finish();
}
