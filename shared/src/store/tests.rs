//! What the store promises, each promise in a sentence, and then all of them against a model.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[test]
fn a_key_holds_what_was_last_set() {
    let mut store = Store::new();
    store.set(b"name", b"Alice", Expiry::Never);
    store.set(b"name", b"Bob", Expiry::Never);
    assert_eq!(store.string(b"name"), Some(&b"Bob"[..]));
    assert_eq!(store.len(), 1);
}

#[test]
fn a_key_is_due_at_its_deadline_and_not_before() {
    let mut store = Store::new();
    store.set(b"name", b"Alice", Expiry::At(5_000));
    assert_eq!(store.remove_due(4_999), None);
    assert_eq!(store.remove_due(5_000).as_deref(), Some(&b"name"[..]));
    assert_eq!(store.string(b"name"), None);
    assert_eq!(store.remove_due(5_000), None);
}

#[test]
fn keys_are_due_in_the_order_of_their_deadlines() {
    let mut store = Store::new();
    for (key, time) in [("c", 3), ("a", 1), ("b", 2)] {
        store.set(key.as_bytes(), b"", Expiry::At(time));
    }
    let due: Vec<Key> = std::iter::from_fn(|| store.remove_due(10)).collect();
    assert_eq!(due.iter().map(Key::as_slice).collect::<Vec<_>>(), [b"a", b"b", b"c"]);
}

#[test]
fn setting_a_key_anew_takes_its_deadline_away_unless_it_is_kept() {
    let mut store = Store::new();
    store.set(b"k", b"1", Expiry::At(10));
    store.set(b"k", b"2", Expiry::Keep);
    assert_eq!(store.deadline(b"k"), Some(Some(10)));
    store.set(b"k", b"3", Expiry::Never);
    assert_eq!(store.deadline(b"k"), Some(None));
    assert_eq!(store.next_deadline(), None);
}

#[test]
fn a_removed_key_leaves_no_deadline_behind() {
    let mut store = Store::new();
    store.set(b"k", b"1", Expiry::At(10));
    assert!(store.remove(b"k"));
    assert!(!store.remove(b"k"));
    assert_eq!(store.expiring(), 0);
}

#[test]
fn many_keys_are_all_found_while_the_table_grows_and_shrinks() {
    let name = |number: u32| format!("a key of more than 16 bytes: {number}").into_bytes();
    let mut store = Store::new();
    for number in 0..20_000u32 {
        store.set(&name(number), &number.to_le_bytes(), Expiry::Never);
    }
    for number in (0..20_000).step_by(2) {
        assert!(store.remove(&name(number)));
    }
    for number in 0..20_000u32 {
        let expected = (number % 2 == 1).then_some(number.to_le_bytes());
        assert_eq!(store.string(&name(number)), expected.as_ref().map(|bytes| &bytes[..]));
    }
    assert_eq!(store.keys().count(), 10_000);
}

#[test]
fn memory_follows_what_is_stored_and_is_given_back() {
    let mut store = Store::new();
    store.set(b"small", b"value", Expiry::Never);
    let small = store.memory();
    store.set(&[b'k'; 1000], &vec![b'v'; 100_000], Expiry::At(10));
    assert!(store.memory() >= small + 101_000);
    store.set(&[b'k'; 1000], b"short", Expiry::Keep);
    assert!(store.memory() < small + 2_000, "a short value keeps the room of a long one");
    store.append(b"small", &[b'v'; 1000]);
    assert!(store.memory() >= small + 2_000);
    assert!(store.remove(b"small"));
    assert!(store.remove_due(10).is_some());
    assert_eq!(store.memory(), 0);
}

#[test]
fn an_entry_fits_in_one_line_of_the_cache() {
    assert_eq!(size_of::<(Key, Entry)>(), 64);
}

#[derive(Debug, Clone)]
enum Step {
    Set(u8, u8, Option<UnixMillis>),
    Keep(u8, u8),
    Remove(u8),
    Deadline(u8, Option<UnixMillis>),
    Pass(UnixMillis),
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..6u8;
    let time = proptest::option::of(0..100i64);
    prop_oneof![
        (key.clone(), any::<u8>(), time.clone()).prop_map(|(k, v, t)| Step::Set(k, v, t)),
        (key.clone(), any::<u8>()).prop_map(|(k, v)| Step::Keep(k, v)),
        key.clone().prop_map(Step::Remove),
        (key, time).prop_map(|(k, t)| Step::Deadline(k, t)),
        (0..20i64).prop_map(Step::Pass),
    ]
}

proptest! {
    /// The model is what anyone would write: look at every key at every step.
    #[test]
    fn the_store_does_what_a_plain_map_would(steps in proptest::collection::vec(step(), 0..60)) {
        let (mut store, mut now) = (Store::new(), 0);
        let mut model: BTreeMap<u8, (u8, Option<UnixMillis>)> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Set(key, value, time) => {
                    store.set(&[key], &[value], time.map_or(Expiry::Never, Expiry::At));
                    model.insert(key, (value, time));
                }
                Step::Keep(key, value) => {
                    store.set(&[key], &[value], Expiry::Keep);
                    model.entry(key).or_insert((value, None)).0 = value;
                }
                Step::Remove(key) => {
                    prop_assert_eq!(store.remove(&[key]), model.remove(&key).is_some());
                }
                Step::Deadline(key, time) => {
                    store.set_deadline(&[key], time);
                    model.entry(key).and_modify(|entry| entry.1 = time);
                }
                Step::Pass(millis) => now += millis,
            }
            while store.remove_due(now).is_some() {}
            model.retain(|_, (_, time)| time.is_none_or(|time| time > now));
            prop_assert_eq!(store.len(), model.len());
            prop_assert_eq!(store.expiring(), model.values().filter(|v| v.1.is_some()).count());
            prop_assert_eq!(store.next_deadline(), model.values().filter_map(|v| v.1).min());
            for (key, (value, time)) in &model {
                prop_assert_eq!(store.string(&[*key]), Some(&[*value][..]));
                prop_assert_eq!(store.deadline(&[*key]), Some(*time));
            }
        }
    }
}
