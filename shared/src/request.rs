//! A request: the words of one command, as they stand in the buffer they arrived in.

use std::ops::Range;

/// Where a word lies in the bytes of its request.
pub type Word = Range<usize>;

/// The words of one command. It borrows the bytes, so decoding a request allocates nothing.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    bytes: &'a [u8],
    words: &'a [Word],
}

impl<'a> Request<'a> {
    /// A request whose words lie in `bytes` at the places `words`.
    #[must_use]
    pub fn new(bytes: &'a [u8], words: &'a [Word]) -> Self {
        Self { bytes, words }
    }

    /// The word at `index`, or an empty one if there are not so many.
    #[must_use]
    pub fn word(&self, index: usize) -> &'a [u8] {
        let word = self.words.get(index).cloned().unwrap_or_default();
        self.bytes.get(word).unwrap_or_default()
    }

    /// The name of the command, as the client typed it.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        self.word(0)
    }

    /// How many words there are, the name included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// How many bytes it took on the wire.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are no words at all, as in an empty line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// All words in order, the name first.
    pub fn words(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let bytes = self.bytes;
        self.words.iter().map(move |word| bytes.get(word.clone()).unwrap_or_default())
    }
}
