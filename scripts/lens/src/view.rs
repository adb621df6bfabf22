//! What a recording shows: all calls and notes on one time axis, or one request on its way.
//!
//! [`Recorded`] joins what one recording tells: the notes of the clients and the calls of the server, by
//! connection. [`timeline`] puts both on one time axis; [`request`] follows one request on its way, with
//! the packets too, and draws its parts as a timeline does.

mod recorded;
pub mod request;
mod server_call;
pub mod timeline;

pub use crate::picture::Form;
pub use recorded::{Clocks, Recorded, RecordedError};
pub use request::packets::to_client as packets_to_client;
pub use server_call::{Did, ServerCall, writes};
