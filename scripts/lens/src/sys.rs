//! What touches processes and the machine: every server that `lens` starts, it starts here, and everything that
//! it reads of a process, it reads here.
//!
//! - [`tools`]: which tools are here, and how to get the others. [`Machine`]: where something was measured.
//! - [`Program`]: a lab or redis-server, and how it is started. [`Server`]: started, ready, ended. `typed`: a command as
//!   one would type it. [`files`]: what is written.
//! - [`symbols`]: which line of the source an address belongs to.
//! - [`Usage`]: what a process costs.

pub mod files;
pub(crate) mod machine;
mod program;
pub(crate) mod server;
pub mod symbols;
pub mod tools;
pub(crate) mod typed;
pub(crate) mod usage;

pub use files::FileError;
pub use machine::Machine;
pub use program::{Program, ServerError, Start};
pub(crate) use program::{Tracer, has_option};
pub use server::Server;
pub use usage::{Clock, Usage};
