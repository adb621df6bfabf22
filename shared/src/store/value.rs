//! What a key holds, and how it lies in memory.

use smallvec::SmallVec;

/// Any bytes. Up to 16 of them lie in the entry itself, so that a small key with a small value takes no
/// other memory, and is found there at once.
pub type Bytes = SmallVec<[u8; INSIDE]>;

/// How many bytes of a key or a value lie in its entry.
pub(super) const INSIDE: usize = 16;

/// What a key can hold. To add lists, add a variant: the compiler then names each place that must
/// decide what a list means to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Any bytes, up to [`crate::limits::WORD`] of them.
    String(Bytes),
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

/// Puts `bytes` in place of what `string` holds. It keeps its memory, if that is about as large.
pub(super) fn replace(string: &mut Bytes, bytes: &[u8]) {
    if bytes.len() > string.capacity() || bytes.len() < string.capacity() / 2 {
        *string = Bytes::from_slice(bytes);
    } else {
        string.clear();
        string.extend_from_slice(bytes);
    }
}

/// What a string takes outside of its entry, in bytes.
pub(super) fn outside(string: &Bytes) -> usize {
    if string.spilled() { string.capacity() } else { 0 }
}
