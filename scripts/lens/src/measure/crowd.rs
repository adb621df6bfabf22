//! Clients who are connected and silent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::MeasureError;
use crate::sys::Server;

const PATIENCE: Duration = Duration::from_secs(30);

/// Connections that are held until this is dropped.
#[derive(Debug)]
pub struct Crowd {
    _streams: Vec<TcpStream>,
}

impl Crowd {
    /// Connects so many clients. Each says PING once and waits for the reply, so that all of them are
    /// accepted, and none waits in the kernel.
    ///
    /// # Errors
    /// If there are not enough file descriptors, or the server takes no more.
    pub fn connect(server: &Server, size: usize) -> Result<Self, MeasureError> {
        let connect = |_| {
            let mut stream = TcpStream::connect(server.addr)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(b"*1\r\n$4\r\nPING\r\n")?;
            let mut reply = [0; 7];
            stream.read_exact(&mut reply)?;
            match &reply {
                b"+PONG\r\n" => Ok(stream),
                other => Err(std::io::Error::other(String::from_utf8_lossy(other).into_owned())),
            }
        };
        let streams = (0..size).map(connect).collect::<Result<_, _>>();
        Ok(Self { _streams: streams.map_err(|error| MeasureError::lost(server, error))? })
    }
}

/// No load has more clients.
pub(crate) const MOST_CLIENTS: u32 = 12_000;

/// Lets us, and the servers that we start from now on, open as many files as the largest load needs.
pub fn raise_file_limit() {
    // Where that is refused, the load that needs it says so.
    _ = kit::nofile::raise_limit(MOST_CLIENTS);
}
