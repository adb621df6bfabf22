//! The store against a plain map, method by method. Time is an argument, and it never goes back.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shared::clock::UnixMillis;
use shared::store::{Expiry, Store};

/// Every key with its value and its deadline.
type Model = BTreeMap<Vec<u8>, (Vec<u8>, Option<UnixMillis>)>;

#[derive(Debug, Clone)]
enum Step {
    Set(Vec<u8>, Vec<u8>, Option<UnixMillis>),
    SetAndKeep(Vec<u8>, Vec<u8>),
    Append(Vec<u8>, Vec<u8>),
    Remove(Vec<u8>),
    RemoveIfDue(Vec<u8>),
    Deadline(Vec<u8>, Option<UnixMillis>),
    /// This time passes. Then the store removes one key that is due, or all of them (true).
    Pass(UnixMillis, bool),
    Clear,
}

/// A few keys, so that several steps use the same key. A store may treat their lengths differently.
fn key() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (0..6u8).prop_map(|number| vec![number]),
        (0..3u8).prop_map(|number| vec![number; 40]),
        (0..3u8).prop_map(|number| [&[b'k'; 300][..], &[number]].concat()),
        Just(Vec::new()),
    ]
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![any::<[u8; 2]>().prop_map(Vec::from), proptest::collection::vec(any::<u8>(), 0..90)]
}

fn step() -> impl Strategy<Value = Step> {
    let time = || proptest::option::of(-5..200i64);
    prop_oneof![
        8 => (key(), value(), time()).prop_map(|(key, value, time)| Step::Set(key, value, time)),
        3 => (key(), value()).prop_map(|(key, value)| Step::SetAndKeep(key, value)),
        3 => (key(), value()).prop_map(|(key, tail)| Step::Append(key, tail)),
        3 => key().prop_map(Step::Remove),
        3 => key().prop_map(Step::RemoveIfDue),
        4 => (key(), time()).prop_map(|(key, time)| Step::Deadline(key, time)),
        4 => (0..20i64, any::<bool>()).prop_map(|(millis, all)| Step::Pass(millis, all)),
        1 => Just(Step::Clear),
    ]
}

/// Removes one key that is due, or all of them. Keys with the same deadline may come in any order.
fn expire(store: &mut Store, model: &mut Model, now: UnixMillis, all: bool) {
    loop {
        let first = model.values().filter_map(|entry| entry.1).min().filter(|time| *time < now);
        let removed = store.remove_due(now);
        let deadline = removed.as_ref().map(|key| model.remove(key.as_ref()).unwrap().1);
        assert_eq!(deadline, first.map(Some), "{removed:?} is not the most overdue key");
        if removed.is_none() || !all {
            break;
        }
    }
}

fn apply(step: Step, store: &mut Store, model: &mut Model, now: &mut UnixMillis) {
    match step {
        Step::Set(key, value, time) => {
            store.set(&key, &value, time.map_or(Expiry::Never, Expiry::At));
            model.insert(key, (value, time));
        }
        Step::SetAndKeep(key, value) => {
            store.set(&key, &value, Expiry::Keep);
            model.entry(key).or_default().0 = value;
        }
        Step::Append(key, tail) => {
            store.append(&key, &tail);
            model.entry(key).or_default().0.extend(tail);
        }
        Step::RemoveIfDue(key) => {
            let is_due = model.get(&key).is_some_and(|entry| entry.1.is_some_and(|t| t < *now));
            assert_eq!(store.remove_if_due(&key, *now), is_due);
            if is_due {
                model.remove(&key);
            }
        }
        Step::Remove(key) => assert_eq!(store.remove(&key), model.remove(&key).is_some()),
        Step::Deadline(key, time) => {
            store.set_deadline(&key, time);
            model.entry(key).and_modify(|entry| entry.1 = time);
        }
        Step::Pass(millis, all) => {
            *now += millis;
            expire(store, model, *now, all);
        }
        Step::Clear => {
            store.clear();
            model.clear();
        }
    }
}

fn assert_same(store: &Store, model: &Model, key: &[u8], now: UnixMillis) {
    assert_eq!(store.len(), model.len());
    assert_eq!(store.is_empty(), model.is_empty());
    let deadlines = model.values().filter_map(|entry| entry.1);
    assert_eq!(store.next_deadline(), deadlines.clone().min());
    assert_eq!(store.expiring(), deadlines.count());
    let mut keys: Vec<&[u8]> = store.keys(now).collect();
    keys.sort_unstable();
    let expected = model.iter().filter(|(_, entry)| entry.1.is_none_or(|time| time >= now));
    assert_eq!(keys, expected.map(|(key, _)| key.as_slice()).collect::<Vec<_>>());
    for key in model.keys().map(Vec::as_slice).chain([key]) {
        let entry = model.get(key);
        assert_eq!(store.string(key), entry.map(|entry| entry.0.as_slice()));
        assert_eq!(store.deadline(key), entry.map(|entry| entry.1));
    }
}

proptest! {
    #[test]
    fn the_store_does_the_same_as_a_plain_map(
        steps in proptest::collection::vec(step(), 0..80), any_key in key(),
    ) {
        let (mut store, mut model, mut now) = (Store::new(), Model::new(), 0);
        for step in steps {
            apply(step, &mut store, &mut model, &mut now);
            assert_same(&store, &model, &any_key, now);
        }
    }
}
