//! How much a stranger may ask for. The figures are those of Redis, where Redis has one.

use std::io;
use std::time::Duration;

use crate::number;

/// The limits that the user of a server sets.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Limits {
    /// Most clients at a time; the next one is told so and refused. (Labs 1 and 2 serve one at a time, and
    /// --backlog says how many may wait)
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_clients: u32,
    /// Hang up on a client that has said nothing for so many seconds; 0 never does
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub idle_timeout: u32,
    /// Refuse to store more than about so many bytes of keys and values, as 1000, 64kb, 100mb or 2gb;
    /// 0 is no limit
    #[arg(long, value_name = "BYTES", default_value = "0", value_parser = number::parse_size)]
    pub max_memory: usize,
}

impl Limits {
    /// How long a client may say nothing: `None` is for ever.
    #[must_use]
    pub fn idle_timeout(&self) -> Option<Duration> {
        (self.idle_timeout > 0).then(|| Duration::from_secs(self.idle_timeout.into()))
    }

    /// Why a client was hung up on that had said nothing for too long.
    #[must_use]
    pub fn was_idle(&self) -> io::Error {
        let reason = format!("idle for {} s", self.idle_timeout);
        io::Error::new(io::ErrorKind::TimedOut, reason)
    }

    /// Puts this name to the error with which a blocking read or write ends when its time is over, which
    /// the kernel calls *would block*.
    #[must_use]
    pub fn explain(&self, error: io::Error) -> io::Error {
        if error.kind() == io::ErrorKind::WouldBlock { self.was_idle() } else { error }
    }
}

/// Longest single word of a request, in bytes: Redis's `proto-max-bulk-len`.
pub const WORD: usize = 512 * 1024 * 1024;

/// Most words in one request.
pub const WORDS: i64 = i32::MAX as i64;

/// Longest line of an inline command or of a RESP length, in bytes: Redis's `PROTO_INLINE_MAX_SIZE`.
pub const INLINE: usize = 64 * 1024;

/// Longest line of lab 1, in bytes. It has to hold a whole value.
pub const LINE: usize = 16 * 1024 * 1024;

/// How much is answered in one turn of a client, in bytes, before others have theirs. A single reply may be
/// longer: it is as long as its value.
pub const TURN: usize = 256 * 1024;

/// How much is sent in one turn, in bytes: what one turn has answered, and some of what has waited.
pub const SENDING: usize = 8 * TURN;

/// A buffer that has grown larger than this is given back once it is empty, in bytes.
pub const KEPT: usize = 4 * 1024 * 1024;

/// Replies that may wait for a client to read them, in bytes. Above this its requests wait as well.
/// Real clients send 200,000 commands before they read a reply, so it is not small.
///
/// So a client that does not read takes at most this, and [`TURN`], and one reply; twice as much while the
/// buffer grows. What it has sent and we have not read waits in the kernel, and then in the client.
pub const OUTBOX: usize = 16 * 1024 * 1024;
