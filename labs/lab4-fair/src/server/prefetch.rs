//! Prefetch: while the first request of a pipeline is answered, memory fetches the keys of the others.
//!
//! If there are more keys than fit in the processor's cache, a look-up waits for memory: about 100 ns for
//! the hash table, and as long for the entry. One after the other, these waits take longer than all other
//! work for a pipeline. But the keys are known, and memory can fetch many things at a time. So all keys
//! are looked up before the first request is answered, and the results are not used.

use std::iter;

use shared::buffer::{Parsed, ReadBuffer};
use shared::store::Store;

use crate::protocol;

/// With fewer keys, all are in the cache.
const MANY_KEYS: usize = 10_000;

/// Fewer bytes than this are not a pipeline.
const PIPELINE: usize = 256;

/// Fetches the keys of all whole requests in the read buffer. It changes nothing.
pub fn prefetch(input: &ReadBuffer, store: &Store) {
    let mut bytes = input.filled();
    // To decode the start of a long request again after each read would take quadratic time.
    if store.len() < MANY_KEYS || bytes.len() < PIPELINE || input.has_partial_request() {
        return;
    }
    // An error is answered later, when it is the turn of its request. In nearly all commands, the first
    // argument is a key.
    let hashes = iter::from_fn(|| {
        let is_array = bytes.first() == Some(&b'*');
        let decoded = protocol::decode_request(bytes, &mut Parsed::default());
        let (request, size) = decoded.ok().flatten().filter(|_| is_array)?;
        bytes = bytes.get(size..)?;
        Some(store.hash(request.arg(1)))
    });
    store.prefetch(hashes);
}
