//! Values, and how they lie in memory.

use smallvec::SmallVec;

/// Any bytes. Up to 16 of them lie in the entry itself. So a short key with a short value needs no other
/// memory, and a look-up finds them at once.
pub type Bytes = SmallVec<[u8; INLINE]>;

/// This many bytes of a key or a value lie in its entry.
pub(super) const INLINE: usize = 16;

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

/// The heap memory of a string, in bytes.
pub(super) fn heap_bytes(string: &Bytes) -> usize {
    if string.spilled() { string.capacity() } else { 0 }
}
