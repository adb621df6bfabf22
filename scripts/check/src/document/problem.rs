//! What is wrong with a document, and where.

/// A line of a file, counted from 1.
pub type LineNumber = usize;

/// One problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its line in the document.
    pub line: LineNumber,
    /// What is wrong, for the author. The first line is one sentence.
    pub text: String,
}

/// The line of a byte.
pub fn line_of(text: &str, offset: usize) -> LineNumber {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
