//! What the store promises, each promise in a sentence. `tests/model` compares it with a plain map.

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
fn a_key_is_due_after_its_deadline_and_not_before() {
    let mut store = Store::new();
    store.set(b"name", b"Alice", Expiry::At(5_000));
    assert_eq!(store.remove_due(5_000), None);
    assert_eq!(store.remove_due(5_001).as_deref(), Some(&b"name"[..]));
    assert_eq!(store.string(b"name"), None);
    assert_eq!(store.remove_due(5_001), None);
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
    assert_eq!(store.keys(0).count(), 10_000);
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
    assert!(store.remove_due(11).is_some());
    assert_eq!(store.memory(), 0);
}

#[test]
fn an_entry_fits_in_one_line_of_the_cache() {
    assert_eq!(size_of::<(Key, Entry)>(), 64);
}
