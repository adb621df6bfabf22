//! The replay: a recorded run as a film that a browser shows.
//!
//! - [`film`]: one recording as a film: what happens, when, and in which line the server is.
//! - [`page`]: films as one file of HTML.

pub mod film;
pub mod page;
