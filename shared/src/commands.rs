//! The commands: one small function each, in modules by subject. [`crate::table`] lists their names.

pub mod compat;
pub mod connection;
pub mod counters;
pub mod expiry;
pub mod keys;
pub mod strings;
