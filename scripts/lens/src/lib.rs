//! What `lens` stands on.

pub mod labs;
pub mod watch;
