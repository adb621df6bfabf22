//! The buffer pool: empty buffers that connections use one after the other.

use std::mem;

use shared::buffer::ReadBuffer;
use shared::limits::MAX_RETAINED;

/// The buffers in the pool take this much memory at most, in bytes. That is enough for the next requests
/// of several clients that send large values, and little when all clients have left.
const MAX_POOL: usize = 16 * 1024 * 1024;

/// Empty buffers. The one that was given back last is used next.
#[derive(Default)]
pub struct BufferPool {
    inputs: Vec<ReadBuffer>,
    outputs: Vec<Vec<u8>>,
    /// The memory of all of them, in bytes.
    size: usize,
}

impl BufferPool {
    /// Replaces the empty buffers of a connection by buffers that already have memory.
    pub fn lend(&mut self, input: &mut ReadBuffer, output: &mut Vec<u8>) {
        if input.is_empty()
            && let Some(spare) = self.inputs.pop()
        {
            self.size -= spare.capacity();
            *input = spare;
        }
        if output.is_empty()
            && let Some(spare) = self.outputs.pop()
        {
            self.size -= spare.capacity();
            *output = spare;
        }
    }

    /// Takes the empty buffers of a connection. Their memory is freed if they are large, or if the pool is.
    pub fn take_back(&mut self, input: &mut ReadBuffer, output: &mut Vec<u8>) {
        if input.is_empty() {
            let input = mem::take(input);
            if self.has_room_for(input.capacity()) {
                self.inputs.push(input);
            }
        }
        if output.is_empty() {
            let output = mem::take(output);
            if self.has_room_for(output.capacity()) {
                self.outputs.push(output);
            }
        }
    }

    /// Whether the pool has no buffers.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Frees all buffers. The heap gives memory back to the system only from its end. If the last block of the
    /// heap is a buffer in the pool, all the free memory before it stays with the process.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn has_room_for(&mut self, capacity: usize) -> bool {
        let fits = capacity <= MAX_RETAINED && self.size + capacity <= MAX_POOL;
        self.size += if fits { capacity } else { 0 };
        fits && capacity > 0
    }
}
