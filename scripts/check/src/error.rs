//! What keeps a check from being made at all, as opposed to a check that fails.

use std::io;
use std::net::SocketAddr;
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
    /// There is no server to soak.
    #[error("no server answers at {addr} ({source}). To have one started: scripts/soak.sh lab4")]
    NoServer {
        /// Where it should be.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The server to be soaked cannot be run.
    #[error("cannot start {}: {source}", .program.display())]
    CannotStart {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The server to be soaked does not say that it is ready.
    #[error("{program} does not get ready. The last that it said:\n  {said}")]
    NotReady {
        /// Its name.
        program: String,
        /// Its last lines.
        said: String,
    },
    /// This machine does not allow so many connections, or has run out of something.
    #[error("{0}")]
    Unable(String),
    /// Anything else the system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}
