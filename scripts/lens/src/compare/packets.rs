//! Packets and bytes a request: `ss -i` tells how many segments a connection has carried, before and after.

use std::io;
use std::process::{Command, Stdio};

use super::measured::{Measured, PIPELINE, WAYS};
use super::{Done, Means};
use crate::measure::Subject;
use crate::measure::client::BlockingClient;
use crate::sys::Server;

/// How many requests are counted, of each kind.
const FULL: usize = 1_600;
const QUICK: usize = 480;
/// The headers of a packet: 20 bytes of IPv4, 20 of TCP, and 12 for its timestamps.
const HEADERS: f64 = 52.0;

/// Counts the packets of a connection of ours.
pub(super) fn measure(subject: &Subject, means: &Means<'_>, measured: &mut Measured) -> Done {
    let requests = if means.options.is_quick { QUICK } else { FULL };
    let server = subject.start()?;
    let mut client = BlockingClient::connect(&server)?;
    client.ask("SET name Alice", 1)?;
    for (way, batch) in WAYS.into_iter().zip([1, PIPELINE]) {
        let before = Seen::of(&client, &server)?;
        for _ in 0..requests / batch {
            client.ask("GET name", batch)?;
        }
        let (packets, bytes) = Seen::of(&client, &server)?.since(&before, requests);
        measured.set_traffic(way, packets, bytes);
    }
    Ok(())
}

/// What a connection has carried up to now.
#[derive(Debug)]
struct Seen {
    segments: u64,
    bytes: usize,
}

impl Seen {
    fn of(client: &BlockingClient, server: &Server) -> io::Result<Self> {
        let (ours, theirs) = (client.port()?, server.addr.port());
        let filter = format!("( sport = :{ours} and dport = :{theirs} )");
        let output = Command::new("ss")
            .args(["--no-header", "--tcp", "--numeric", "--info", &filter])
            .stdin(Stdio::null())
            .output()?;
        let segments = segments(&String::from_utf8_lossy(&output.stdout));
        let segments = segments.ok_or_else(|| io::Error::other("ss tells no segs_out"))?;
        Ok(Self { segments, bytes: client.bytes })
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousand")]
    fn since(&self, before: &Self, requests: usize) -> (f64, f64) {
        let packets = (self.segments - before.segments) as f64;
        let bytes = (self.bytes - before.bytes) as f64 + packets * HEADERS;
        (packets / requests as f64, bytes / requests as f64)
    }
}

/// Both ways: `… segs_out:12 segs_in:11 …`
fn segments(text: &str) -> Option<u64> {
    let of = |name: &str| -> Option<u64> {
        text.split_ascii_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok())
    };
    Some(of("segs_out:")? + of("segs_in:")?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn segments_of_both_ways_are_added() {
        let told =
            "0 0 127.0.0.1:5 127.0.0.1:6 \n\t cubic segs_out:12 segs_in:11 data_segs_out:9\n";
        assert_eq!(super::segments(told), Some(23));
        assert_eq!(super::segments(""), None);
    }
}
