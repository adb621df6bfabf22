#![doc = env!("CARGO_PKG_DESCRIPTION")]
//!
//! - [`own`]: the student's own lab below `work/`: made from a lab of the kit, renewed, reset, compared with it.
//! - [`rules`]: what a trace of a server says about the way it waits.

pub mod own;
pub mod rules;
