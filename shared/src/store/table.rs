//! A hash table that never stops the server for long, and whose entries keep their places.
//!
//! A hash table that is full moves all that it holds to one of twice the size. With millions of keys in
//! one table that takes hundreds of milliseconds, in which nobody is answered. So there are many small
//! tables here, and the hash of a key says to which one it belongs: one grows at a time. (Redis has one
//! table, and while that grows each command moves a few entries.)
//!
//! The tables hold numbers, and the numbers name the entries, which lie side by side. So an entry has a
//! place that stays the same, by which others can remember it without a copy of its key.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use hashbrown::hash_table::{Entry, HashTable};
use slab::Slab;
use smallvec::SmallVec;

use super::Bytes;

/// How many small tables there are.
const PARTS: u16 = 1024;

/// Where an entry lies, from when it is made until it is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    part: u16,
    number: u32,
}

/// Values by their keys.
#[derive(Debug)]
pub struct Table<V> {
    parts: Box<[Part<V>]>,
    hasher: DefaultHashBuilder,
    len: usize,
}

impl<V> Table<V> {
    /// A table with nothing in it.
    pub fn new() -> Self {
        let parts = std::iter::repeat_with(|| Part::EMPTY).take(PARTS.into()).collect();
        Self { parts, hasher: DefaultHashBuilder::default(), len: 0 }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Where `key` is, if it is here.
    pub fn find(&self, key: &[u8]) -> Option<Place> {
        let hash = self.hasher.hash_one(key);
        let part = part_of(hash);
        let Part { numbers, entries } = &self.parts[usize::from(part)];
        let number = numbers.find(hash, |&number| entries[number as usize].0.as_slice() == key)?;
        Some(Place { part, number: *number })
    }

    /// Where `key` is. If it is not here, it is put here with `value`; only then is it copied.
    pub fn find_or_insert(&mut self, key: &[u8], value: impl FnOnce() -> V) -> Place {
        let hash = self.hasher.hash_one(key);
        let part = part_of(hash);
        let Part { numbers, entries } = &mut self.parts[usize::from(part)];
        let key_of = |number: &u32| entries[*number as usize].0.as_slice();
        let rehash = |number: &u32| self.hasher.hash_one(key_of(number));
        let number = match numbers.entry(hash, |number| key_of(number) == key, rehash) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(vacant) => {
                self.len += 1;
                let number = number_of(entries.insert((Bytes::from_slice(key), value())));
                *vacant.insert(number).get()
            }
        };
        Place { part, number }
    }

    /// Where these keys are, as far as their hashes tell: now and then it is a key of a similar hash. None
    /// is compared, so no look-up waits for the one before it.
    pub fn guess<'a>(&self, keys: impl Iterator<Item = &'a [u8]>) -> SmallVec<[Place; 64]> {
        let hashes: SmallVec<[u64; 64]> = keys.map(|key| self.hasher.hash_one(key)).collect();
        let places = hashes.iter().filter_map(|&hash| {
            let part = part_of(hash);
            let number = self.parts[usize::from(part)].numbers.find(hash, |_| true)?;
            Some(Place { part, number: *number })
        });
        places.collect()
    }

    /// What is at `place`.
    pub fn get(&self, place: Place) -> &V {
        &self.parts[usize::from(place.part)].entries[place.number as usize].1
    }

    /// What is at `place`, to be changed.
    pub fn get_mut(&mut self, place: Place) -> &mut V {
        &mut self.parts[usize::from(place.part)].entries[place.number as usize].1
    }

    /// Takes away what is at `place`. A small table that is empty gives its memory back.
    pub fn remove(&mut self, place: Place) -> (Bytes, V) {
        let part = &mut self.parts[usize::from(place.part)];
        let entry = part.entries.remove(place.number as usize);
        let hash = self.hasher.hash_one(entry.0.as_slice());
        if let Ok(found) = part.numbers.find_entry(hash, |&number| number == place.number) {
            found.remove();
        }
        if part.entries.is_empty() {
            *part = Part::EMPTY;
        }
        self.len -= 1;
        entry
    }

    /// All keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.iter().flat_map(|part| part.entries.iter().map(|(_, (key, _))| key.as_slice()))
    }
}

/// One of the small tables.
#[derive(Debug)]
struct Part<V> {
    /// The number of each entry, to be found by the hash of its key.
    numbers: HashTable<u32>,
    entries: Slab<(Bytes, V)>,
}

impl<V> Part<V> {
    const EMPTY: Self = Self { numbers: HashTable::new(), entries: Slab::new() };
}

/// Which small table has the keys with this hash. Within it, the lowest and the highest bits are used.
fn part_of(hash: u64) -> u16 {
    let [_, _, _, _, low, high, _, _] = hash.to_le_bytes();
    u16::from_le_bytes([low, high]) % PARTS
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "2^32 entries of a small table fit in no memory"
)]
fn number_of(slot: usize) -> u32 {
    slot as u32
}
