//! What `lens` stands on: a reader of what the tools record, and the scenarios that they record.
//!
//! # Layout
//!
//! The way of a log through it, and the module that knows about each step:
//!
//! ```text
//! bytes ─▶ lines ─▶ strace ─▶ story ─▶ explain ─▶ plain sentences
//!                   calls     who did what
//!
//! scenario ─▶ record ─▶ a folder: strace.log, clients.jsonl, packets.pcap, meta.json
//!
//! perf script, strace -k ─▶ flame ─▶ a picture      /proc, ss ─▶ watch ─▶ the screen
//!
//! loads.toml ─▶ measure ─▶ bench ─▶ tables, JSON, a chart
//! ```
//!
//! - [`lines`]: a log of any size, line by line. [`strace`]: a line and its parts.
//! - [`story`]: what calls mean: which client came, what it said, what it was told.
//! - [`play`]: what the clients of a scenario did and saw.
//! - [`explain`]: puts that on a page, and between it what the clients themselves have recorded.
//! - [`scenario`]: what scripted clients do, as data, and what they see.
//! - [`record`]: runs a lab under strace with a scenario, and keeps all that was seen. [`labs`]: the labs.
//! - [`compare`]: several recordings beside each other, each joined: clients, packets, and calls.
//! - [`flame`]: where a server runs, or waits, as a flame graph. [`watch`]: a live x-ray of one.
//! - [`measure`]: what a server costs under a load. [`mod@bench`]: redis-server, labs 3 and 4 and the
//!   baseline, in turns.

pub mod bench;
pub mod compare;
pub mod explain;
pub mod flame;
pub mod labs;
pub mod lines;
pub mod measure;
pub mod play;
pub mod record;
pub mod scenario;
pub mod story;
pub mod strace;
pub mod watch;
