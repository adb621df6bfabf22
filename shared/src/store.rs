//! The store: keys, their values, and when they expire.
//!
//! Deadlines are kept in order, so that finding what is due costs nothing when nothing is, however
//! many keys there are. (To look at all of them before each command is the obvious way, and with a
//! million keys it makes every command a thousand times slower.) Nothing here reads a clock.

use std::collections::BTreeSet;
use std::hint::black_box;

use crate::clock::UnixMillis;

mod table;
mod value;

use table::{Place, Table};
pub use value::{Bytes, Value};
use value::{INSIDE, outside, replace};

/// The name of a value: any bytes.
pub type Key = Bytes;

/// What becomes of the deadline when a key is set.
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

/// What an entry takes besides the bytes of a long key or value: itself (64 bytes) and its number in
/// the table, which keeps a part of its room free. In bytes, about.
const ENTRY: usize = 80;
/// What a deadline takes in the order of deadlines, in bytes, about.
const DEADLINE: usize = 24;

/// All keys of the server.
#[derive(Debug)]
pub struct Store {
    table: Table<Entry>,
    /// When and where something is due, the nearest deadline first.
    deadlines: BTreeSet<(UnixMillis, Place)>,
    /// What keys and values take outside of their entries, in bytes.
    outside: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self { table: Table::new(), deadlines: BTreeSet::new(), outside: 0 }
    }

    fn entry(&self, key: &[u8]) -> Option<&Entry> {
        Some(self.table.get(self.table.find(key)?))
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The bytes of the string that `key` holds.
    #[must_use]
    pub fn string(&self, key: &[u8]) -> Option<&[u8]> {
        self.get(key).map(Value::as_string)
    }

    /// Has the processor fetch these keys and their values from memory, all at the same time.
    pub fn fetch<'a>(&self, keys: impl Iterator<Item = &'a [u8]>) {
        for place in self.table.guess(keys) {
            black_box(self.table.get(place).value.as_string().first());
        }
    }

    /// Sets `key` to a string, whatever it held before.
    pub fn set(&mut self, key: &[u8], bytes: &[u8], expiry: Expiry) {
        let place = self.place(key);
        self.change(place, |string| replace(string, bytes));
        match expiry {
            Expiry::Keep => {}
            Expiry::Never => self.reschedule(place, None),
            Expiry::At(time) => self.reschedule(place, Some(time)),
        }
    }

    /// Adds bytes to the end of the string that `key` holds, or of an empty one. Its deadline stays.
    pub fn append(&mut self, key: &[u8], tail: &[u8]) {
        let place = self.place(key);
        self.change(place, |string| string.extend_from_slice(tail));
    }

    /// Where `key` is, with an empty string if it was not there.
    fn place(&mut self, key: &[u8]) -> Place {
        let before = self.len();
        let place = self.table.find_or_insert(key, Entry::new);
        if self.len() > before && key.len() > INSIDE {
            self.outside += key.len();
        }
        place
    }

    fn change(&mut self, place: Place, change: impl FnOnce(&mut Bytes)) {
        let Value::String(string) = &mut self.table.get_mut(place).value;
        let before = outside(string);
        change(string);
        self.outside = self.outside - before + outside(string);
    }

    /// Takes `key` and its value away. Returns whether it was there.
    pub fn remove(&mut self, key: &[u8]) -> bool {
        let Some(place) = self.table.find(key) else { return false };
        self.reschedule(place, None);
        self.remove_at(place);
        true
    }

    fn remove_at(&mut self, place: Place) -> Key {
        let (key, Entry { value: Value::String(string), .. }) = self.table.remove(place);
        self.outside -= outside(&key) + outside(&string);
        key
    }

    /// When `key` expires: `None` if there is no such key, `Some(None)` if it never does.
    #[must_use]
    pub fn deadline(&self, key: &[u8]) -> Option<Option<UnixMillis>> {
        self.entry(key).map(|entry| entry.deadline)
    }

    /// Gives `key` a deadline, or takes it away. Does nothing if there is no such key.
    pub fn set_deadline(&mut self, key: &[u8], deadline: Option<UnixMillis>) {
        if let Some(place) = self.table.find(key) {
            self.reschedule(place, deadline);
        }
    }

    /// Changes the deadline of an entry, and keeps the order of deadlines true.
    fn reschedule(&mut self, place: Place, deadline: Option<UnixMillis>) {
        let before = std::mem::replace(&mut self.table.get_mut(place).deadline, deadline);
        if before == deadline {
            return;
        }
        if let Some(time) = before {
            self.deadlines.remove(&(time, place));
        }
        if let Some(time) = deadline {
            self.deadlines.insert((time, place));
        }
    }

    /// The nearest deadline of all keys: until then nothing expires.
    #[must_use]
    pub fn next_deadline(&self) -> Option<UnixMillis> {
        self.deadlines.first().map(|(time, _)| *time)
    }

    /// Removes one key whose deadline has come and returns its name, the most overdue one first.
    pub fn remove_due(&mut self, now: UnixMillis) -> Option<Key> {
        if self.next_deadline()? > now {
            return None;
        }
        let (_, place) = self.deadlines.pop_first()?;
        Some(self.remove_at(place))
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of the keys have a deadline.
    #[must_use]
    pub fn expiring(&self) -> usize {
        self.deadlines.len()
    }

    /// About how much memory keys, values and deadlines take, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.len() * ENTRY + self.expiring() * DEADLINE + self.outside
    }

    /// The names of all keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.table.keys()
    }

    /// Takes all keys away.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests;
