//! Everything that a lab does besides serving requests. A student need not read it to understand a server.
//!
//! - [`cli`]: the command line. [`log_output`]: where the lines of the log go. [`port`]: the address, and
//!   what to do when the port is taken. [`signals`]: Ctrl-C. [`nofile`]: the limit of open files.
//! - [`client`]: one command, or a prompt. [`mod@bench`]: the load generator.
//!
//! Only `client` and `bench` touch a socket here: accepting, reading and writing is the subject of the labs.

pub mod bench;
pub mod cli;
pub mod client;
pub mod log_output;
pub mod nofile;
mod other_lab;
pub mod port;
pub mod signals;
