//! Packets and bytes a request: `ss -i` tells how many segments a connection has carried, before and after.

use std::io;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use trace::protocol::Protocol;

use super::Means;
use super::caller::Caller;
use super::calls::PIPELINE;
use super::measured::Measured;
use super::stages::Subject;
use super::tools::Tool;

/// How many requests are counted, of each kind.
const FULL: usize = 1_600;
const QUICK: usize = 480;
/// The headers of a packet: 20 bytes of IPv4, 20 of TCP, and 12 for its timestamps.
const HEADERS: f64 = 52.0;

/// What a request takes on the protocol, both ways together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traffic {
    /// One request, then its reply.
    pub(super) alone: OnWire,
    /// 16 at a time.
    pub(super) pipelined: OnWire,
}

/// Packets and bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnWire {
    pub(super) packets: f64,
    /// With the headers of IP and TCP.
    pub(super) bytes: f64,
}

/// Counts the packets of a connection of ours.
pub(super) fn measure(stage: &Subject, means: &Means<'_>, measured: &mut Measured) {
    if !means.tools.has(Tool::Ss) {
        return;
    }
    let requests = if means.options.is_quick { QUICK } else { FULL };
    let counted = stage.start().and_then(|live| {
        counted(live.addr, stage.protocol, requests).map_err(|error| error.to_string())
    });
    match counted {
        Ok(traffic) => measured.traffic = Some(traffic),
        Err(why) => measured.lacks("packets and bytes a request", &why),
    }
}

fn counted(addr: SocketAddr, protocol: Protocol, requests: usize) -> io::Result<Traffic> {
    let mut caller = Caller::connect(addr, protocol)?;
    caller.ask("SET name Alice", 1)?;
    let start = Seen::of(&caller, addr)?;
    for _ in 0..requests {
        caller.ask("GET name", 1)?;
    }
    let between = Seen::of(&caller, addr)?;
    for _ in 0..requests / PIPELINE {
        caller.ask("GET name", PIPELINE)?;
    }
    let end = Seen::of(&caller, addr)?;
    Ok(Traffic { alone: between.since(&start, requests), pipelined: end.since(&between, requests) })
}

/// What a connection has carried up to now.
#[derive(Debug)]
struct Seen {
    segments: u64,
    bytes: usize,
}

impl Seen {
    fn of(caller: &Caller, addr: SocketAddr) -> io::Result<Self> {
        let filter = format!("( sport = :{} and dport = :{} )", caller.port()?, addr.port());
        let output = Command::new("ss")
            .args(["--no-header", "--tcp", "--numeric", "--info", &filter])
            .stdin(Stdio::null())
            .output()?;
        let segments = segments(&String::from_utf8_lossy(&output.stdout));
        let segments = segments.ok_or_else(|| io::Error::other("ss tells no segs_out"))?;
        Ok(Self { segments, bytes: caller.bytes })
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousand")]
    fn since(&self, before: &Self, requests: usize) -> OnWire {
        let packets = (self.segments - before.segments) as f64;
        let bytes = (self.bytes - before.bytes) as f64 + packets * HEADERS;
        OnWire { packets: packets / requests as f64, bytes: bytes / requests as f64 }
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
