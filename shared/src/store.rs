//! The store: keys, their values, and when they expire.
//!
//! Deadlines are kept in order, so that finding what is due costs nothing when nothing is, however
//! many keys there are. (To look at all of them before each command is the obvious way, and with a
//! million keys it makes every command a thousand times slower.) Nothing here reads a clock.

use std::collections::BTreeSet;

use hashbrown::hash_map::{EntryRef, HashMap};

use crate::clock::UnixMillis;

/// The name of a value: any bytes.
pub type Key = Box<[u8]>;

/// What a key can hold. To add lists, add a variant: the compiler then names each place that must
/// decide what a list means to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Any bytes, up to [`crate::limits::WORD`] of them.
    String(Vec<u8>),
}

impl Value {
    /// The name that TYPE gives.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::String(_) => "string",
        }
    }

    /// The bytes of a string.
    #[must_use]
    pub fn as_string(&self) -> &[u8] {
        let Value::String(bytes) = self;
        bytes
    }
}

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

impl Default for Entry {
    fn default() -> Self {
        Self { value: Value::String(Vec::new()), deadline: None }
    }
}

/// All keys of the server.
#[derive(Debug, Default)]
pub struct Store {
    entries: HashMap<Key, Entry>,
    /// The deadline of each key that has one, the nearest first.
    deadlines: BTreeSet<(UnixMillis, Key)>,
}

impl Store {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// The bytes of the string that `key` holds.
    #[must_use]
    pub fn string(&self, key: &[u8]) -> Option<&[u8]> {
        self.get(key).map(Value::as_string)
    }

    /// The string that `key` holds, to be changed in place; an empty new one if it holds none.
    pub fn string_mut(&mut self, key: &[u8]) -> &mut Vec<u8> {
        let Value::String(bytes) = &mut entry(&mut self.entries, key).value;
        bytes
    }

    /// Sets `key` to a string, whatever it held before.
    pub fn set(&mut self, key: &[u8], bytes: &[u8], expiry: Expiry) {
        let entry = entry(&mut self.entries, key);
        let Value::String(string) = &mut entry.value;
        string.clear();
        string.extend_from_slice(bytes);
        let deadline = match expiry {
            Expiry::Keep => entry.deadline,
            Expiry::Never => None,
            Expiry::At(time) => Some(time),
        };
        let before = std::mem::replace(&mut entry.deadline, deadline);
        self.reschedule(key, before, deadline);
    }

    /// Takes `key` and its value away. Returns whether it was there.
    pub fn remove(&mut self, key: &[u8]) -> bool {
        let Some(entry) = self.entries.remove(key) else { return false };
        self.reschedule(key, entry.deadline, None);
        true
    }

    /// When `key` expires: `None` if there is no such key, `Some(None)` if it never does.
    #[must_use]
    pub fn deadline(&self, key: &[u8]) -> Option<Option<UnixMillis>> {
        self.entries.get(key).map(|entry| entry.deadline)
    }

    /// Gives `key` a deadline, or takes it away. Does nothing if there is no such key.
    pub fn set_deadline(&mut self, key: &[u8], deadline: Option<UnixMillis>) {
        if let Some(entry) = self.entries.get_mut(key) {
            let before = std::mem::replace(&mut entry.deadline, deadline);
            self.reschedule(key, before, deadline);
        }
    }

    /// Keeps the order of deadlines true after the one of `key` has changed.
    fn reschedule(&mut self, key: &[u8], before: Option<UnixMillis>, after: Option<UnixMillis>) {
        if before == after {
            return;
        }
        if let Some(time) = before {
            self.deadlines.remove(&(time, key.into()));
        }
        if let Some(time) = after {
            self.deadlines.insert((time, key.into()));
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
        let (_, key) = self.deadlines.pop_first()?;
        self.entries.remove(&key);
        Some(key)
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many of the keys have a deadline.
    #[must_use]
    pub fn expiring(&self) -> usize {
        self.deadlines.len()
    }

    /// The names of all keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.entries.keys().map(AsRef::as_ref)
    }

    /// Takes all keys away.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The entry of `key`; an empty string that never expires if there was none. Only then is the name copied.
fn entry<'a>(entries: &'a mut HashMap<Key, Entry>, key: &[u8]) -> &'a mut Entry {
    match entries.entry_ref(key) {
        EntryRef::Occupied(place) => place.into_mut(),
        EntryRef::Vacant(place) => place.insert_with_key(key.into(), Entry::default()),
    }
}

#[cfg(test)]
mod tests;
