//! How much a stranger may ask for. The figures are those of Redis, where Redis has one.

/// Longest single word of a request, in bytes: Redis's `proto-max-bulk-len`.
pub const WORD: usize = 512 * 1024 * 1024;

/// Most words in one request.
pub const WORDS: i64 = i32::MAX as i64;

/// Longest line of an inline command or of a RESP length, in bytes: Redis's `PROTO_INLINE_MAX_SIZE`.
pub const INLINE: usize = 64 * 1024;

/// Longest line of lab 1, in bytes. It has to hold a whole value.
pub const LINE: usize = 16 * 1024 * 1024;

/// Replies that may wait for a client to read them, in bytes. Above this its requests wait as well.
/// Real clients send 200,000 commands before they read a reply, so it is not small.
pub const OUTBOX: usize = 16 * 1024 * 1024;
