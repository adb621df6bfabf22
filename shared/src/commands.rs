//! What the commands do: one small function each, in rooms by subject. The table in
//! [`crate::command`] says which function belongs to which name.

pub mod connection;
pub mod counters;
pub mod expiry;
pub mod introspection;
pub mod keys;
pub mod server;
pub mod strings;
