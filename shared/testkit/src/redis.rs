//! A real redis-server as a process, to compare with.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::{Peer, wait_until};

/// A running redis-server that writes nothing to the disk. It is killed when this value is dropped.
#[derive(Debug)]
pub struct Redis {
    child: Child,
    /// The address that it listens on.
    pub addr: SocketAddr,
    #[expect(dead_code, reason = "the folder exists until this value is dropped")]
    folder: TempDir,
}

impl Redis {
    /// Starts redis-server on a free port and waits until it listens.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Like [`Redis::start`], with more options.
    #[must_use]
    pub fn start_with(options: &[&str]) -> Self {
        for _ in 0..10 {
            let mut redis = Self::spawn(options);
            let ended = |redis: &mut Self| redis.child.try_wait().expect("it is ours").is_some();
            wait_until("redis-server listens", || {
                ended(&mut redis) || TcpStream::connect(redis.addr).is_ok()
            });
            // It ends if another process has taken the port meanwhile.
            if !ended(&mut redis) {
                return redis;
            }
        }
        panic!("redis-server ends at once: {options:?}")
    }

    fn spawn(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("no folder for redis-server");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let addr = free.expect("no port is free");
        let child = Command::new("redis-server")
            .args(["--port", &addr.port().to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--databases", "1", "--dir"])
            .arg(folder.path())
            .args(options)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is not installed: run scripts/test.sh");
        Self { child, addr, folder }
    }

    /// Connects a client.
    #[must_use]
    pub fn connect(&self) -> Peer {
        Peer::connect(self.addr)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
