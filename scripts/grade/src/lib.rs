#![doc = env!("CARGO_PKG_DESCRIPTION")]
//!
//! - [`own`]: the student's own lab below `work/`: made from a lab of the kit, renewed, reset, compared with it.
//! - [`course`]: the steps of a lab, as data.
//! - [`server`]: the server that is judged. [`sandbox`]: what it may do. [`judge`]: one step, judged. [`rules`]: what a trace of a server says about the
//!   way it waits.
//! - [`mod@check`]: all steps. [`progress`]: how far a student has come.
//! - [`hunt`]: a scenario of the student's, and servers with a mistake.
//! - [`prove`]: is the grader fair?
//! - [`cause`]: why a step probably fails. [`report`]: what the student reads. [`results`]: what a machine reads.
//! - [`submission`]: what a student wrote, in one file. [`batch`]: many of them, graded. [`mod@class`]: many results, as a page and as a table.

mod at_once;
pub mod batch;
pub mod cause;
pub mod check;
pub mod class;
pub mod course;
pub mod hunt;
pub mod judge;
pub mod own;
mod ports;
pub mod progress;
pub mod prove;
mod pulse;
pub mod report;
pub mod results;
pub mod rules;
pub mod sandbox;
pub mod server;
pub mod submission;
