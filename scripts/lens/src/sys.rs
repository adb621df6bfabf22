//! What several tools need from the operating system and from programs. It depends on no other module of `lens`.

pub mod sockets;
pub mod symbols;
