//! Questions about a run, and what the trace of that run says of each answer.

pub mod question;
