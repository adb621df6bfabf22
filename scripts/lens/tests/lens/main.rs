//! What lens does with real servers, with recordings, and with logs that are cut or garbled.
#![allow(clippy::unwrap_used, clippy::panic, reason = "where a test cannot go on, it fails")]

mod bench;
mod bench_script;
mod clients;
mod compare;
mod compare_half;
mod compare_script;
mod follow;
mod lens_script;
mod page;
mod page_for_all;
mod profile;
mod record;
mod support;
mod sys;
mod timeline;
mod watch;
mod width;
