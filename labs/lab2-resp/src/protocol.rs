//! RESP, the protocol of Redis. It stands in `shared`, because lab 3 and the client speak it as well:
//! read `shared/src/resp.rs` next to the `protocol.rs` of lab 1. Each has a `decode` and an `encode`.

pub use shared::resp::{Codec, WIRE, decode, encode};
