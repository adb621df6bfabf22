//! The film of a run: of a recording of which all is known, of all recordings of the kit, and of runs of now. And the
//! page that shows it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "where a test cannot go on, it fails")]

#[allow(dead_code, reason = "the tests of lens use more of it")]
#[path = "../../../lens/tests/lens/support/browser.rs"]
mod browser;
mod by_hand;
mod chromium;
mod chromium_for_all;
mod command;
mod gdb;
mod kernel;
mod lossy;
mod node;
mod recordings;
mod script;
mod support;
