//! What a comparison has found, as text, Markdown and a page.
//!
//! [`model`] is all that a comparison has found, and `rows` what stands in its table. `table`, `markdown`
//! and [`page`] show it.

mod charts;
pub(crate) mod markdown;
pub mod model;
pub mod page;
mod rows;
pub(crate) mod table;
