//! A hash table that never stops the server for long, and whose entries keep their slots.
//!
//! A full hash table moves all its entries to a table of twice the size. With millions of keys in one
//! table this takes hundreds of milliseconds, and no client gets a reply meanwhile. So this table
//! consists of many small ones, the shards. The hash of a key selects its shard, and only one shard
//! grows at a time. (Redis has one table. While it grows, each command moves a few entries.)
//!
//! The hash tables hold numbers, and a number is the index of an entry in a slab. So an entry keeps its
//! slot, and the order of deadlines can refer to the slot instead of copying the key.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use hashbrown::hash_table::{Entry, HashTable};
use slab::Slab;
use smallvec::SmallVec;

use super::Bytes;

/// The number of shards.
const SHARDS: u16 = 1024;

/// The slot of an entry. It stays the same until the entry is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    shard: u16,
    index: u32,
}

/// Values by their keys.
#[derive(Debug)]
pub struct Table<V> {
    shards: Box<[Shard<V>]>,
    hasher: DefaultHashBuilder,
    len: usize,
}

impl<V> Table<V> {
    /// An empty table.
    pub fn new() -> Self {
        let shards = std::iter::repeat_with(|| Shard::EMPTY).take(SHARDS.into()).collect();
        Self { shards, hasher: DefaultHashBuilder::default(), len: 0 }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The slot of `key`, if it is in the table.
    pub fn find(&self, key: &[u8]) -> Option<Slot> {
        let hash = self.hash(key);
        let shard = shard_of(hash);
        let Shard { indexes, entries } = &self.shards[usize::from(shard)];
        let index = indexes.find(hash, |&index| entries[index as usize].0.as_slice() == key)?;
        Some(Slot { shard, index: *index })
    }

    /// The slot of `key`. A key that is not in the table is copied and inserted with `value`.
    pub fn find_or_insert(&mut self, key: &[u8], value: impl FnOnce() -> V) -> Slot {
        let hash = self.hash(key);
        let shard = shard_of(hash);
        let Shard { indexes, entries } = &mut self.shards[usize::from(shard)];
        let key_of = |index: &u32| entries[*index as usize].0.as_slice();
        let rehash = |index: &u32| self.hasher.hash_one(key_of(index));
        let index = match indexes.entry(hash, |index| key_of(index) == key, rehash) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(vacant) => {
                self.len += 1;
                let index = index_of(entries.insert((Bytes::from_slice(key), value())));
                *vacant.insert(index).get()
            }
        };
        Slot { shard, index }
    }

    /// The hash of `key`.
    pub fn hash(&self, key: &[u8]) -> u64 {
        self.hasher.hash_one(key)
    }

    /// The slots of the keys with these hashes. Sometimes a slot belongs to a key with a similar hash: no
    /// keys are compared, so no look-up waits for the one before it.
    pub fn guess(&self, hashes: impl Iterator<Item = u64>) -> SmallVec<[Slot; 64]> {
        let slots = hashes.filter_map(|hash| {
            let shard = shard_of(hash);
            let index = self.shards[usize::from(shard)].indexes.find(hash, |_| true)?;
            Some(Slot { shard, index: *index })
        });
        slots.collect()
    }

    /// The value at `slot`.
    pub fn get(&self, slot: Slot) -> &V {
        &self.shards[usize::from(slot.shard)].entries[slot.index as usize].1
    }

    /// The value at `slot`, to be changed.
    pub fn get_mut(&mut self, slot: Slot) -> &mut V {
        &mut self.shards[usize::from(slot.shard)].entries[slot.index as usize].1
    }

    /// Removes the entry at `slot`. An empty shard gives its memory back.
    pub fn remove(&mut self, slot: Slot) -> (Bytes, V) {
        let shard = &mut self.shards[usize::from(slot.shard)];
        let entry = shard.entries.remove(slot.index as usize);
        let hash = self.hasher.hash_one(entry.0.as_slice());
        if let Ok(found) = shard.indexes.find_entry(hash, |&index| index == slot.index) {
            found.remove();
        }
        if shard.entries.is_empty() {
            *shard = Shard::EMPTY;
        }
        self.len -= 1;
        entry
    }

    /// All keys and values, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = (&[u8], &V)> {
        let entries = self.shards.iter().flat_map(|shard| shard.entries.iter());
        entries.map(|(_, (key, value))| (key.as_slice(), value))
    }
}

/// One of the small hash tables.
#[derive(Debug)]
struct Shard<V> {
    /// The index of each entry, found by the hash of its key.
    indexes: HashTable<u32>,
    entries: Slab<(Bytes, V)>,
}

impl<V> Shard<V> {
    const EMPTY: Self = Self { indexes: HashTable::new(), entries: Slab::new() };
}

/// The shard for this hash. Within a shard, the hash table uses the lowest and the highest bits.
fn shard_of(hash: u64) -> u16 {
    let [_, _, _, _, low, high, _, _] = hash.to_le_bytes();
    u16::from_le_bytes([low, high]) % SHARDS
}

#[expect(clippy::cast_possible_truncation, reason = "no memory can hold 2^32 entries of one shard")]
fn index_of(index: usize) -> u32 {
    index as u32
}
