//! The replay: a recorded run as a film that a browser shows.

pub mod film;
pub mod page;
