//! Limits: how much a client may ask for. The figures are Redis's, where Redis has one.

use std::io;
use std::time::Duration;

/// The limits that the user of a server sets.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most clients at a time.
    pub max_clients: u32,
    /// A client is disconnected after this many silent seconds; 0 means never.
    pub idle_timeout: u32,
    /// About the most memory that keys and values may take, in bytes; 0 means no limit.
    pub max_memory: usize,
}

impl Limits {
    /// How long a client may stay silent; `None` means for ever.
    #[must_use]
    pub fn idle_timeout(&self) -> Option<Duration> {
        (self.idle_timeout > 0).then(|| Duration::from_secs(self.idle_timeout.into()))
    }

    /// Checks how much memory a request takes of which only a part has arrived, in bytes.
    ///
    /// # Errors
    /// If it is more than [`MAX_UNFINISHED`], or more than the store may take. A short request may always
    /// arrive in pieces.
    #[inline]
    pub fn check_unfinished(&self, size: usize) -> io::Result<()> {
        let (limit, option) = match self.max_memory {
            _ if size <= MAX_INLINE => return Ok(()),
            1..MAX_UNFINISHED => (self.max_memory.max(MAX_INLINE), " (--max-memory)"),
            _ => (MAX_UNFINISHED, ""),
        };
        if size <= limit {
            return Ok(());
        }
        let reason = format!("an unfinished request takes more than {limit} bytes{option}");
        Err(io::Error::other(reason))
    }

    /// The reason to disconnect a client that has been silent for too long.
    #[must_use]
    pub fn idle_error(&self) -> io::Error {
        let reason = format!("idle for {} s", self.idle_timeout);
        io::Error::new(io::ErrorKind::TimedOut, reason)
    }

    /// Translates the error of a blocking read or write whose timeout has passed. The kernel calls this
    /// error *would block*.
    #[must_use]
    pub fn explain(&self, error: io::Error) -> io::Error {
        if error.kind() == io::ErrorKind::WouldBlock { self.idle_error() } else { error }
    }
}

/// The longest argument, in bytes: Redis's `proto-max-bulk-len`.
pub const MAX_BULK_LEN: usize = 512 * 1024 * 1024;

/// The most memory of a request of which only a part has arrived, in bytes: Redis's
/// `client-query-buffer-limit`.
pub const MAX_UNFINISHED: usize = 1024 * 1024 * 1024;

/// The most arguments of one request.
pub const MAX_ARGS: i64 = i32::MAX as i64;

/// The longest inline command and the longest line of a RESP length, in bytes: Redis's
/// `PROTO_INLINE_MAX_SIZE`.
pub const MAX_INLINE: usize = 64 * 1024;

/// The longest line of lab 1, in bytes. A line must be able to hold a whole value.
pub const MAX_LINE: usize = 16 * 1024 * 1024;

/// A server gathers about this many bytes of replies before it sends them. One reply may be longer.
pub const REPLY_BATCH: usize = 256 * 1024;

/// An empty buffer that is larger than this is given back to the system, in bytes.
pub const MAX_RETAINED: usize = 4 * 1024 * 1024;

/// The most bytes of replies that may wait for one client. Above this, its requests wait too. Some
/// clients send 200,000 commands before they read a reply, so the limit is high.
///
/// A client that does not read takes at most this, one [`REPLY_BATCH`], and one reply; and twice as much
/// while its buffer grows. Its further requests wait in the kernel, and then in the client.
pub const MAX_UNSENT: usize = 16 * 1024 * 1024;
