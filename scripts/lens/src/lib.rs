//! What `lens` stands on.

pub mod flame;
pub mod labs;
pub mod watch;
