//! The probe: a client that sends one PING after the other. Its times show what the other clients cost it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::Reply;

use super::connection::{Connection, expect};
use super::counters::{Count, Counters, End};

/// One PING, as bytes.
pub const PING: &[u8] = b"*1\r\n$4\r\nPING\r\n";
/// The pause after each reply: the probe measures the load and does not add to it.
const PAUSE: Duration = Duration::from_millis(1);

/// Sends PINGs until the soak is over.
pub fn run(addr: SocketAddr, counters: &Counters) -> Result<(), End> {
    let mut connection = Connection::open(addr, counters)?;
    while !counters.is_stopping() {
        let sent = Instant::now();
        connection.send(PING)?;
        let reply = connection.reply()?;
        counters.ping_times().record(sent.elapsed(), 1);
        expect("PING", &reply, &Reply::Status("PONG".to_owned()))?;
        counters.add(Count::Answered);
        counters.pause(PAUSE);
    }
    Ok(())
}
