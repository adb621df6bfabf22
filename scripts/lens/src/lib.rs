//! What `lens` stands on: recordings, and all that shows, measures and compares them.
//!
//! # Layout
//!
//! ```text
//! scenario ─▶ record ─▶ a folder: strace.log, lines.json, clients.jsonl, packets.pcap, meta.json ─▶ view
//!
//! perf script, strace -k ─▶ flame ─▶ a picture      /proc, ss ─▶ watch ─▶ the screen
//!
//! loads.toml ─▶ measure ─▶ bench ─▶ tables, JSON, a chart      compare ─▶ report ─▶ a page
//! ```
//!
//! The crate `harness` has the labs as data, and the scripted clients.
//!
//! - [`sys`]: every server that is started, and what the kernel tells of a process.
//! - [`record`]: runs a lab under strace with a scenario, and keeps all that was seen.
//! - [`view`]: what one recording shows: a timeline, one request on its way.
//! - [`flame`]: where a server runs, or waits, as a flame graph. [`watch`]: a server that runs, live.
//! - [`measure`]: what a server costs under a load. [`mod@bench`]: redis-server, labs 3 and 4 and the
//!   baseline, in turns. [`mod@compare`]: all stages under the same scenarios and loads. [`report`]: what
//!   came of it.
//! - `picture` and `text`: how they are drawn and written.
//!
//! Each module uses only those before it, and no module uses one that uses it: `text`, `picture` and `sys`, then `record`, `view`, `measure`, `report`, then `bench` and `compare`. `flame` and `watch` stand beside them:
//! they use `text` and `sys`, and only `compare` uses `flame`.

pub mod bench;
pub mod compare;
pub mod flame;
pub mod measure;
mod picture;
pub mod record;
pub mod report;
pub mod sys;
pub mod text;
pub mod view;
#[cfg(target_os = "linux")]
pub mod watch;
