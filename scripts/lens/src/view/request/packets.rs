//! The packets of a recording: when which bytes of a connection were on the wire.

use std::collections::HashMap;
use std::fs::File;

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};
use pcap_file::TsResolution;
use pcap_file::pcap::PcapReader;

use crate::view::recorded::Recorded;

use super::{Source, Step};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    ToServer,
    ToClient,
}

/// A packet with bytes of one direction of one connection.
#[derive(Debug)]
struct Packet {
    at_us: u64,
    /// How many bytes the direction has carried with it.
    ends: usize,
    bytes: usize,
}

/// All packets, or why there are none.
#[derive(Debug)]
pub(super) struct Packets {
    /// By the client's port.
    of: HashMap<(u16, Direction), Vec<Packet>>,
    /// When, in µs since 1970, and how many bytes of IP: those that carry nothing as well.
    all: Vec<(u64, usize)>,
    missing: String,
}

impl Packets {
    /// Reads `packets.pcap`.
    pub(super) fn read(recorded: &Recorded) -> Self {
        let mut packets = Self { of: HashMap::new(), all: Vec::new(), missing: String::new() };
        if let Some(why) = recorded.meta.packets.strip_prefix("none") {
            let why = why.trim_start_matches([':', ' ']);
            packets.missing = format!("not captured ({why})");
            return packets;
        }
        let server = recorded.meta.address.rsplit(':').next().and_then(|port| port.parse().ok());
        let file = File::open(recorded.folder.join("packets.pcap"));
        match file
            .map_err(|error| error.to_string())
            .and_then(|file| PcapReader::new(file).map_err(|error| error.to_string()))
        {
            Ok(reader) => packets.take_in(reader, server.unwrap_or(0)),
            Err(why) => packets.missing = format!("packets.pcap cannot be read ({why})"),
        }
        packets
    }

    fn take_in(&mut self, mut reader: PcapReader<File>, server: u16) {
        let mut begins: HashMap<(u16, Direction), u32> = HashMap::new();
        let unit_ns = match reader.header().ts_resolution {
            TsResolution::MicroSecond => 1_000,
            TsResolution::NanoSecond => 1,
        };
        // The whole packet may be longer than what was captured of it, which only raw packets may be.
        while let Some(packet) = reader.next_raw_packet() {
            let Ok(packet) = packet else {
                "the end of packets.pcap is cut or garbled".clone_into(&mut self.missing);
                return;
            };
            let below = u64::from(packet.ts_frac) * unit_ns / 1_000;
            let at_us = u64::from(packet.ts_sec) * 1_000_000 + below;
            let Some(segment) = Segment::parse(&packet.data, server) else { continue };
            self.all.push((at_us, segment.bytes + segment.headers));
            let key = (segment.port, segment.direction);
            if segment.is_first {
                begins.insert(key, segment.number.wrapping_add(1));
            }
            let Some(begin) = begins.get(&key).filter(|_| segment.bytes > 0) else { continue };
            let ends = segment.number.wrapping_sub(*begin) as usize + segment.bytes;
            self.of.entry(key).or_default().push(Packet { at_us, ends, bytes: segment.bytes });
        }
    }

    /// The step of the packet that carries the byte before `ends`.
    pub(super) fn step(
        &self,
        what: &'static str,
        port: u16,
        direction: Direction,
        ends: usize,
        at: impl Fn(u64) -> i64,
    ) -> Step {
        let packets = self.of.get(&(port, direction)).map(Vec::as_slice).unwrap_or_default();
        let found = packets.iter().find(|packet| ends > 0 && packet.ends >= ends);
        let at_us = found.map(|packet| at(packet.at_us));
        let detail = match (found, self.missing.as_str()) {
            (Some(packet), _) => format!("{} bytes of TCP", packet.bytes),
            (None, "") => "missing: packets.pcap has no such packet".to_owned(),
            (None, missing) => format!("missing: {missing}"),
        };
        Step { what, source: Source::Packet, at_us, detail }
    }
}

/// All packets of a recording: when, in µs since 1970, and how many bytes of IP.
///
/// # Errors
/// If there are none, or not all; says why.
pub(crate) fn times(recorded: &Recorded) -> Result<Vec<(u64, usize)>, String> {
    let packets = Packets::read(recorded);
    match packets.missing.as_str() {
        "" if packets.all.is_empty() => Err("packets.pcap has no packet of it".to_owned()),
        "" => Ok(packets.all),
        _ => Err(packets.missing),
    }
}

/// What a packet tells about TCP.
struct Segment {
    port: u16,
    direction: Direction,
    number: u32,
    is_first: bool,
    bytes: usize,
    headers: usize,
}

impl Segment {
    /// Only the start of a long packet was captured: how much it carried, its headers tell.
    fn parse(data: &[u8], server: u16) -> Option<Self> {
        let packet = LaxSlicedPacket::from_ethernet(data).ok()?;
        let TransportSlice::Tcp(tcp) = packet.transport? else { return None };
        let (total, of_ip) = match packet.net? {
            LaxNetSlice::Ipv4(ip) => (ip.header().total_len().into(), ip.header().slice().len()),
            LaxNetSlice::Ipv6(ip) => {
                let header = ip.header().slice().len();
                let total = header + usize::from(ip.header().payload_length());
                (total, header + ip.extensions().slice().len())
            }
            LaxNetSlice::Arp(_) => return None,
        };
        let headers = of_ip + tcp.header_len();
        let (from, to) = (tcp.source_port(), tcp.destination_port());
        let (port, direction) = match server {
            _ if to == server => (from, Direction::ToServer),
            _ if from == server => (to, Direction::ToClient),
            _ => return None,
        };
        let bytes = total.saturating_sub(headers);
        let (number, is_first) = (tcp.sequence_number(), tcp.syn());
        Some(Self { port, direction, number, is_first, bytes, headers })
    }
}
