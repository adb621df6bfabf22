//! `--wait`: the client waits for a server that is not there yet, or not any more.
//!
//! Two containers start at the same time, and a container that is started again may get another address.
//! So each attempt asks for the address of the host again.

use std::thread;
use std::time::{Duration, Instant};

use codec::Codec;

use super::{ClientError, Connection, notice};
use crate::{cli, port};

/// The time between two attempts.
const PAUSE: Duration = Duration::from_millis(250);

/// Connects. If there is no server, tries again until the time of `--wait` is over.
///
/// # Errors
/// The error of the last attempt.
pub(super) fn open<C: Codec>(options: &cli::Client) -> Result<Connection<C>, ClientError> {
    let until = Instant::now() + Duration::from_secs(options.wait.into());
    let mut is_first = true;
    loop {
        match attempt(options) {
            Err(_) if Instant::now() < until => {}
            ended => return ended,
        }
        if is_first {
            let (name, seconds) = (name(&options.server), options.wait);
            notice(&format!("no server at {name}: trying again for {seconds} s; Ctrl-C stops"));
        }
        is_first = false;
        thread::sleep(PAUSE);
    }
}

fn attempt<C: Codec>(options: &cli::Client) -> Result<Connection<C>, ClientError> {
    let addr = port::resolve(&options.server.host, options.server.port)?;
    Connection::open(addr, options.raw)
}

/// Whether a new connection can help after this error.
pub(super) fn is_lost(error: &ClientError) -> bool {
    matches!(error, ClientError::Closed(_) | ClientError::Broken(..))
}

/// The server as the user has named it, with its port: `tcp-server:6379`.
pub(super) fn name(server: &cli::Server) -> String {
    let host = server.host.trim_start_matches('[').trim_end_matches(']');
    // A host may hold any characters, and this goes to a terminal.
    let host = codec::printable::one_line(host);
    if host.contains(':') {
        format!("[{host}]:{}", server.port)
    } else {
        format!("{host}:{}", server.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_the_name_that_the_user_typed() {
        let name = |host: &str| name(&cli::Server { host: host.to_owned(), port: 6379 });
        assert_eq!(name("tcp-server"), "tcp-server:6379");
        assert_eq!(name("127.0.0.1"), "127.0.0.1:6379");
        assert_eq!(name("::1"), "[::1]:6379");
        assert_eq!(name("[::1]"), "[::1]:6379");
        assert_eq!(name("a\u{1b}[2J"), "a\\u{1b}[2J:6379");
    }
}
