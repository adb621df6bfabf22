//! What keeps a check from being made at all, as opposed to a check that fails.

use std::io;
use std::path::PathBuf;

/// Why nothing could be checked (exit code 2).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A document does not exist or is not text.
    #[error("cannot read {}: {source}", .file.display())]
    Unreadable {
        /// The document.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no private network here, and the shared one has a server on the port the documents use.
    #[error(
        "port 6379 is in use, and this machine does not let `unshare --net` give the replay a network of \
         its own. End the server on it (`scripts/port.sh 6379` names it), then try again."
    )]
    PortInUse,
    /// The private network has no loopback interface.
    #[error(
        "cannot bring up the loopback interface with `ip link set lo up` ({0}). `ip` is in the package \
         iproute2: sudo apt-get install iproute2"
    )]
    Loopback(String),
    /// A terminal could not be opened.
    #[error("cannot open a terminal with bash in it: {0}")]
    Terminal(#[from] pty_process::Error),
    /// Anything else the system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}
