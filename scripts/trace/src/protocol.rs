//! The protocols that the labs speak.

/// A protocol of the labs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// The line protocol of lab 1.
    Lines,
    /// RESP.
    Resp,
}
