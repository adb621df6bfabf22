//! The store: keys, their values, and their deadlines.
//!
//! The deadlines are sorted. So when no key is due, the store finds that out at once, however many keys
//! there are. (The obvious way is to look at every key before each command. With a million keys, that
//! makes every command a thousand times slower.) Nothing here reads a clock.

use std::collections::BTreeSet;
use std::hint::black_box;

use smallvec::SmallVec;

use crate::clock::UnixMillis;

mod table;
mod value;

use table::{Slot, Table};
pub use value::{Bytes, Value};
use value::{INLINE, append, heap_bytes, replace};

/// A key: any bytes.
pub type Key = Bytes;

/// The deadline of a key that is being set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// The key does not expire.
    Never,
    /// The key keeps the deadline it has, if it has one.
    Keep,
    /// The key expires at this time.
    At(UnixMillis),
}

#[derive(Debug)]
struct Entry {
    value: Value,
    deadline: Option<UnixMillis>,
}

impl Entry {
    fn new() -> Self {
        Self { value: Value::String(Bytes::new()), deadline: None }
    }
}

/// The memory of an entry without a long key or value, in bytes, about: the entry itself (64 bytes), its
/// index in the hash table, and the free space of that table.
const ENTRY: usize = 80;
/// The memory of a deadline in the sorted set, in bytes, about.
const DEADLINE: usize = 24;

/// Whether a deadline has passed. In the millisecond of its deadline a key still exists, as in Redis.
fn is_due(deadline: Option<UnixMillis>, now: UnixMillis) -> bool {
    deadline.is_some_and(|time| time < now)
}

/// All keys of the server.
#[derive(Debug)]
pub struct Store {
    table: Table<Entry>,
    /// All deadlines with the slots of their keys, the nearest deadline first.
    deadlines: BTreeSet<(UnixMillis, Slot)>,
    /// The heap memory of long keys and values, in bytes.
    heap_bytes: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self { table: Table::new(), deadlines: BTreeSet::new(), heap_bytes: 0 }
    }

    fn entry(&self, key: &[u8]) -> Option<&Entry> {
        Some(self.table.get(self.table.find(key)?))
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The bytes of the string at `key`.
    #[must_use]
    pub fn string(&self, key: &[u8]) -> Option<&[u8]> {
        self.get(key).map(Value::as_string)
    }

    /// The hash of `key`, for [`Store::prefetch`].
    #[must_use]
    pub fn hash(&self, key: &[u8]) -> u64 {
        self.table.hash(key)
    }

    /// Makes the processor fetch the keys with these hashes, and their values, all at the same time.
    pub fn prefetch(&self, hashes: impl Iterator<Item = u64>) {
        let hashes: SmallVec<[u64; 64]> = hashes.collect();
        for slot in self.table.guess(hashes.into_iter()) {
            black_box(self.table.get(slot).value.as_string().first());
        }
    }

    /// Sets `key` to a string, whatever it held before.
    pub fn set(&mut self, key: &[u8], bytes: &[u8], expiry: Expiry) {
        let slot = self.slot_of(key);
        self.change(slot, |string| replace(string, bytes));
        match expiry {
            Expiry::Keep => {}
            Expiry::Never => self.reschedule(slot, None),
            Expiry::At(time) => self.reschedule(slot, Some(time)),
        }
    }

    /// Appends bytes to the string at `key`, or to an empty one. The deadline stays.
    pub fn append(&mut self, key: &[u8], tail: &[u8]) {
        let slot = self.slot_of(key);
        self.change(slot, |string| append(string, tail));
    }

    /// The slot of `key`. A new key gets an empty string.
    fn slot_of(&mut self, key: &[u8]) -> Slot {
        let before = self.len();
        let slot = self.table.find_or_insert(key, Entry::new);
        if self.len() > before && key.len() > INLINE {
            self.heap_bytes += key.len();
        }
        slot
    }

    fn change(&mut self, slot: Slot, change: impl FnOnce(&mut Bytes)) {
        let Value::String(string) = &mut self.table.get_mut(slot).value;
        let before = heap_bytes(string);
        change(string);
        self.heap_bytes = self.heap_bytes - before + heap_bytes(string);
    }

    /// Removes `key` and its value. Returns whether it was in the store.
    pub fn remove(&mut self, key: &[u8]) -> bool {
        let Some(slot) = self.table.find(key) else { return false };
        self.reschedule(slot, None);
        self.remove_at(slot);
        true
    }

    fn remove_at(&mut self, slot: Slot) -> Key {
        let (key, Entry { value: Value::String(string), .. }) = self.table.remove(slot);
        self.heap_bytes -= heap_bytes(&key) + heap_bytes(&string);
        key
    }

    /// The deadline of `key`: `None` if there is no such key, `Some(None)` if it never expires.
    #[must_use]
    pub fn deadline(&self, key: &[u8]) -> Option<Option<UnixMillis>> {
        self.entry(key).map(|entry| entry.deadline)
    }

    /// Sets or removes the deadline of `key`. Does nothing if there is no such key.
    pub fn set_deadline(&mut self, key: &[u8], deadline: Option<UnixMillis>) {
        if let Some(slot) = self.table.find(key) {
            self.reschedule(slot, deadline);
        }
    }

    /// Changes the deadline of an entry, and keeps the sorted set up to date.
    fn reschedule(&mut self, slot: Slot, deadline: Option<UnixMillis>) {
        let before = std::mem::replace(&mut self.table.get_mut(slot).deadline, deadline);
        if before == deadline {
            return;
        }
        if let Some(time) = before {
            self.deadlines.remove(&(time, slot));
        }
        if let Some(time) = deadline {
            self.deadlines.insert((time, slot));
        }
    }

    /// The nearest deadline of all keys. Nothing expires before it.
    #[must_use]
    pub fn next_deadline(&self) -> Option<UnixMillis> {
        self.deadlines.first().map(|(time, _)| *time)
    }

    /// Whether the deadline of a key has passed.
    #[must_use]
    pub fn has_due(&self, now: UnixMillis) -> bool {
        is_due(self.next_deadline(), now)
    }

    /// Removes one key whose deadline has passed and returns it. The most overdue key comes first.
    pub fn remove_due(&mut self, now: UnixMillis) -> Option<Key> {
        if !self.has_due(now) {
            return None;
        }
        let (_, slot) = self.deadlines.pop_first()?;
        Some(self.remove_at(slot))
    }

    /// Removes `key` if its deadline has passed. Returns whether it was removed.
    pub fn remove_if_due(&mut self, key: &[u8], now: UnixMillis) -> bool {
        let is_due = self.entry(key).is_some_and(|entry| is_due(entry.deadline, now));
        is_due && self.remove(key)
    }

    /// The number of keys. Keys that are due count until they are removed, as in Redis.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of keys with a deadline.
    #[must_use]
    pub fn expiring(&self) -> usize {
        self.deadlines.len()
    }

    /// About the memory of keys, values and deadlines, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.len() * ENTRY + self.expiring() * DEADLINE + self.heap_bytes
    }

    /// All keys that are not due, in no particular order.
    pub fn keys(&self, now: UnixMillis) -> impl Iterator<Item = &[u8]> {
        let entries = self.table.entries();
        entries.filter(move |(_, entry)| !is_due(entry.deadline, now)).map(|(key, _)| key)
    }

    /// Removes all keys.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests;
