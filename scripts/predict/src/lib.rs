//! Questions about a run, and what the trace of that run says of each answer.
//!
//! # Layout
//!
//! ```text
//! predictions.toml ─▶ predictions ─▶ session: ask ─▶ answers.json ─▶ run ─▶ measure ─▶ mark
//! ```
//!
//! - [`question`]: a question, its choices, and the key that a run gives.
//! - [`predictions`]: the questions of a lab that come before a run, as data.
//! - [`measure`]: what decides them. [`run`]: the run that is measured.
//! - [`session`]: asks, locks, plays and marks. [`answers`]: what was answered, on disk.
//! - [`mine`]: questions about a run of the own server, whose key is a line of its source.

pub mod answers;
mod ask;
mod mark;
pub mod measure;
pub mod mine;
pub mod predictions;
pub mod question;
pub mod run;
pub mod session;
