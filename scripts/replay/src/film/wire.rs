//! What came and went on the wire of each connection, and when: by the packets, or by the clients' own notes.

use std::ops::Range;

use lens::view::Recorded;
use lens::view::request::packets::{Direction, Packet, Packets};
use lens::view::timeline::Axis;
use trace::client_log::{ClientEvent, EventKind};

/// More bytes than this cannot have been carried: the numbers are of packets from before the capture.
const MOST: usize = 1 << 31;

/// All connections of a recording.
#[derive(Debug)]
pub(super) struct Wires {
    pub(super) all: Vec<Wire>,
    /// Why there are no packets; then the clients' notes stand in.
    pub(super) missing: Option<String>,
}

/// One connection.
#[derive(Debug, Default)]
pub(super) struct Wire {
    pub(super) port: u16,
    pub(super) client: String,
    /// When the handshake was complete, as the server's kernel saw it.
    pub(super) queued: Option<i64>,
    pub(super) arrivals: Vec<Arrival>,
    /// When which part of the server's bytes was sent.
    pub(super) sent: Vec<(i64, usize)>,
    /// When the client's kernel had how many of the server's bytes.
    pub(super) taken: Vec<(i64, usize)>,
    /// When the client has closed its side.
    pub(super) left: Option<i64>,
}

/// Bytes that arrive at the server.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) at: i64,
    /// Which bytes of the connection.
    pub(super) range: Range<usize>,
    /// The first of them, as far as they are known.
    pub(super) data: Vec<u8>,
}

impl Wires {
    pub(super) fn read(recorded: &Recorded, axis: &Axis) -> Self {
        let packets = Packets::read(recorded);
        let missing = match packets.missing.as_str() {
            "" if packets.all.is_empty() => Some("packets.pcap has none of this server".to_owned()),
            "" => None,
            why => Some(why.to_owned()),
        };
        let mut ports: Vec<u16> = Vec::new();
        for event in &recorded.events {
            if !ports.contains(&event.port) {
                ports.push(event.port);
            }
        }
        let one = |port| match missing {
            None => by_packets(port, &packets.all, axis),
            Some(_) => by_notes(port, recorded, axis),
        };
        let named = |port| {
            let client = recorded.name_of(port).unwrap_or_default().to_owned();
            Wire { port, client, ..one(port) }
        };
        Self { all: ports.into_iter().map(named).collect(), missing }
    }

    pub(super) fn of(&self, port: u16) -> Option<&Wire> {
        self.all.iter().find(|wire| wire.port == port)
    }
}

fn by_packets(port: u16, all: &[Packet], axis: &Axis) -> Wire {
    let own: Vec<&Packet> = all.iter().filter(|packet| packet.port == port).collect();
    let to = |direction| own.iter().copied().filter(move |packet| packet.direction == direction);
    let queued_us = completed(&own);
    let is_seen = |packet: &&Packet| queued_us.is_some_and(|queued| packet.at_us >= queued);
    let (mut arrivals, mut have): (Vec<Arrival>, usize) = (Vec::new(), 0);
    for packet in to(Direction::ToServer).filter(is_seen) {
        let begin = packet.ends.saturating_sub(packet.bytes);
        if packet.bytes > 0 && packet.ends > have && packet.ends < MOST {
            let data = packet.data.get(have.saturating_sub(begin)..).unwrap_or_default().to_vec();
            arrivals.push(Arrival { at: axis.at(packet.at_us), range: have..packet.ends, data });
            have = packet.ends;
        }
    }
    let rising = |packets: Vec<(u64, usize)>| {
        let mut most = 0;
        let mut new = packets;
        new.retain(|(_, ends)| {
            let is_new = *ends < MOST && *ends > most;
            most = if is_new { *ends } else { most };
            is_new
        });
        new.into_iter().map(|(at, ends)| (axis.at(at), ends)).collect()
    };
    let sent = to(Direction::ToClient).filter(|packet| packet.bytes > 0);
    let taken = to(Direction::ToServer).filter(|packet| packet.arrived > 0);
    let left = to(Direction::ToServer).find(|packet| packet.flags.fin || packet.flags.rst);
    Wire {
        queued: queued_us.map(|us| axis.at(us)),
        arrivals,
        sent: rising(sent.map(|packet| (packet.at_us, packet.ends)).collect()),
        taken: rising(taken.map(|packet| (packet.at_us, packet.arrived)).collect()),
        left: left.map(|packet| axis.at(packet.at_us)),
        ..Wire::default()
    }
}

/// When the server's kernel completed the handshake. A full accept queue makes the kernel ignore the client's packets:
/// then the client sends them again, and so does the kernel with its answer to the first packet.
fn completed(own: &[&Packet]) -> Option<u64> {
    let is_answer = |packet: &Packet| packet.direction == Direction::ToClient && packet.flags.syn;
    let asked = own.iter().rposition(|packet| is_answer(packet))?;
    let behind = own.get(asked + 1..).unwrap_or_default();
    let speaks = |packet: &&&Packet| packet.direction == Direction::ToClient && !packet.flags.rst;
    let spoken = own.iter().position(|packet| speaks(&packet) && !packet.flags.syn);
    let is_client = |packet: &&&Packet| packet.direction == Direction::ToServer && packet.flags.ack;
    let has_sent = own.iter().filter(is_client).any(|packet| packet.bytes > 0);
    if spoken.is_none() && has_sent {
        // The kernel has confirmed none of its bytes.
        return None;
    }
    let before = spoken.map_or(behind, |end| own.get(asked + 1..end).unwrap_or_default());
    let again = |place: usize, packet: &Packet| {
        let earlier = own.get(..asked + 1 + place).unwrap_or_default().iter();
        let is_same = |other: &&&Packet| other.bytes > 0 && other.ends >= packet.ends;
        packet.bytes > 0 && earlier.filter(is_client).any(|other| is_same(&other))
    };
    let mut repeated = before.iter().enumerate().filter(|(_, packet)| is_client(packet));
    let repeated = repeated.rfind(|(place, packet)| again(*place, packet));
    let first = before.iter().find(is_client);
    repeated.map(|(_, packet)| packet).or(first).map(|packet| packet.at_us)
}

/// By what the client has noted, and by what the server has read.
fn by_notes(port: u16, recorded: &Recorded, axis: &Axis) -> Wire {
    let (mut wire, mut sent, mut received) = (Wire::default(), 0, 0);
    let own = recorded.events.iter().filter(|event| event.port == port);
    for ClientEvent { at_us, what, .. } in own {
        let at = axis.at(*at_us);
        match what {
            EventKind::Connected => wire.queued = Some(at),
            EventKind::Sent { bytes, .. } => {
                let data = bytes_read(recorded, port, sent);
                wire.arrivals.push(Arrival { at, range: sent..sent + bytes, data });
                sent += bytes;
            }
            EventKind::Received { bytes, .. } => {
                received += bytes;
                wire.taken.push((at, received));
            }
            EventKind::Closed => wire.left = Some(at),
            _ => {}
        }
    }
    wire
}

/// What the server has read of a connection from this byte on, in one call.
fn bytes_read(recorded: &Recorded, port: u16, from: usize) -> Vec<u8> {
    let mut begin = 0;
    for call in recorded.calls_of(port) {
        let lens::view::Did::Read(bytes) = call.did else { continue };
        if (begin..begin + bytes).contains(&from) {
            return call.data.get(from - begin..).unwrap_or_default().to_vec();
        }
        begin += bytes;
    }
    Vec::new()
}
