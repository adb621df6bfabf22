//! Recordings of several servers, beside each other.
//!
//! [`Recorded`] joins what one recording tells: the notes of the clients and the calls of the server, by
//! connection. [`mod@run`] measures the stages and puts all that was [`found`] beside each other.
//! [`timeline`] puts both on one time axis; [`request`] follows one request on its way, with
//! the packets too.
//! [`found`] is all that a comparison has found, and [`page`] shows it.

mod charts;
pub mod found;
mod markdown;
pub mod page;
mod picture;
mod recorded;
pub mod request;
pub mod run;
mod server_call;
mod table;
pub mod timeline;

pub use picture::Form;
pub use recorded::{Clocks, Recorded, RecordedError};
pub use server_call::{Did, ServerCall};

use std::time::Duration;

use crate::explain::Human;

/// A time in microseconds, for people: `18 µs`, `3.6 ms`, `-200 ms`.
#[must_use]
pub fn human(us: i64) -> String {
    let sign = if us < 0 { "-" } else { "" };
    format!("{sign}{}", Human(Duration::from_micros(us.unsigned_abs())))
}

/// A time in whole microseconds.
#[expect(clippy::cast_possible_truncation, reason = "hours at most")]
fn rounded(us: f64) -> i64 {
    us.round() as i64
}

/// Cuts a text that has more letters than `most`, so that it has so many.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
