//! Values, and how they lie in memory.

use smallvec::SmallVec;

/// Any bytes. Up to 16 of them lie in the entry itself. So a short key with a short value needs no other
/// memory, and a look-up finds them at once.
pub type Bytes = SmallVec<[u8; INLINE]>;

/// This many bytes of a key or a value lie in its entry.
pub(super) const INLINE: usize = 16;

/// An append grows a value by this much more than it needs, in bytes: Redis's `SDS_MAX_PREALLOC`.
const MAX_SPARE: usize = 1024 * 1024;

/// The value of a key. To add lists, add a variant: the compiler then names each place that must handle
/// lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Any bytes, up to [`crate::limits::MAX_BULK_LEN`] of them.
    String(Bytes),
}

impl Value {
    /// The type's name, for TYPE.
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

/// Replaces the bytes of `string`. The memory stays if it is about as large as the new bytes.
pub(super) fn replace(string: &mut Bytes, bytes: &[u8]) {
    if bytes.len() > string.capacity() || bytes.len() < string.capacity() / 2 {
        *string = Bytes::from_slice(bytes);
    } else {
        string.clear();
        string.extend_from_slice(bytes);
    }
}

/// Appends bytes to `string`. The memory grows by more than that, so that many short appends do not copy the
/// value each time: it at most doubles, and it grows by [`MAX_SPARE`] at most. As in Redis.
pub(super) fn append(string: &mut Bytes, tail: &[u8]) {
    let length = string.len() + tail.len();
    if length > string.capacity() {
        string.reserve_exact(tail.len() + length.min(MAX_SPARE));
    }
    string.extend_from_slice(tail);
}

/// The heap memory of a string, in bytes.
pub(super) fn heap_bytes(string: &Bytes) -> usize {
    if string.spilled() { string.capacity() } else { 0 }
}
