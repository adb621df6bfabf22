//! Why a recording cannot be used, in one sentence each.

use std::io;
use std::path::PathBuf;

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    /// It is no recording.
    #[error("{} is no recording: it has no meta.json that can be read. To make one: scripts/lens.sh record lab1 --scenario two-clients", .0.display())]
    NoRecording(PathBuf),
    /// A file of it cannot be read.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Nobody came.
    #[error("{}: no client has connected; the file is empty, cut or garbled", .0.display())]
    NoClients(PathBuf),
    /// The two halves do not belong together.
    #[error("{}: no call is about a client of clients.jsonl; it is cut, garbled, or of another run", .0.display())]
    NothingJoined(PathBuf),
    /// There are more clients than a picture has room for.
    #[error("{}: {count} clients; a timeline shows up to {most}. Take the scenario two-clients", .folder.display())]
    TooMany {
        /// Which recording.
        folder: PathBuf,
        /// How many.
        count: usize,
        /// How many would fit.
        most: usize,
    },
    /// It took too long for a picture in which milliseconds count.
    #[error("{}: it goes on for {seconds} s; a timeline shows up to {most}", .folder.display())]
    TooLong {
        /// Which recording.
        folder: PathBuf,
        /// How long.
        seconds: i64,
        /// How long it may be.
        most: i64,
    },
    /// There is no such client, or it has not sent so many requests.
    #[error("{}: {why}", .folder.display())]
    NoRequest {
        /// Which recording.
        folder: PathBuf,
        /// What there is.
        why: String,
    },
}
