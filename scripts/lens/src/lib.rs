//! What `lens` stands on: a reader of what the tools record.
//!
//! - [`lines`]: a log of any size, line by line. [`strace`]: a line and its parts.
//! - [`story`]: what calls mean: which client came, what it said, what it was told.

pub mod lines;
pub mod story;
pub mod strace;
