//! What a comparison has found, as text, Markdown and a page.
//!
//! [`model`] is all that a comparison has found, and [`page`] shows it.

pub(crate) mod charts;
mod grid;
pub(crate) mod markdown;
pub mod model;
pub mod page;
pub(crate) mod table;
