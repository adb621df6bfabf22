//! The packets of a recording: when which bytes of a connection were on the wire.

use std::collections::HashMap;
use std::fs::File;

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};
use pcap_file::pcap::{PcapReader, RawPcapPacket};
use pcap_file::{PcapError, TsResolution};

use crate::view::recorded::Recorded;

use super::{Source, Step};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    ToServer,
    ToClient,
}

/// A packet of one direction of one connection.
#[derive(Debug)]
struct Packet {
    /// In microseconds since 1970.
    at_us: u64,
    /// The client's.
    port: u16,
    direction: Direction,
    /// How many bytes of TCP it carries, and of IP with all headers.
    bytes: usize,
    size: usize,
    /// How many bytes the direction has carried with it; 0 if its start was not captured.
    ends: usize,
}

/// All packets, and what is missing of them.
#[derive(Debug)]
pub(super) struct Packets {
    all: Vec<Packet>,
    missing: String,
}

impl Packets {
    /// Reads `packets.pcap`.
    pub(super) fn read(recorded: &Recorded) -> Self {
        let mut packets = Self { all: Vec::new(), missing: String::new() };
        if let Some(why) = recorded.meta.packets.strip_prefix("none") {
            packets.missing = format!("not captured ({})", why.trim_start_matches([':', ' ']));
            return packets;
        }
        let server = recorded.meta.address.rsplit(':').next().and_then(|port| port.parse().ok());
        let file = File::open(recorded.folder.join("packets.pcap")).map_err(PcapError::IoError);
        match file.and_then(PcapReader::new) {
            Ok(reader) => packets.take_in(reader, server.unwrap_or(0)),
            Err(why) => packets.missing = format!("packets.pcap cannot be read ({why})"),
        }
        packets
    }

    fn take_in(&mut self, mut reader: PcapReader<File>, server: u16) {
        let mut begins: HashMap<(u16, Direction), u32> = HashMap::new();
        let resolution = reader.header().ts_resolution;
        // The whole packet may be longer than what was captured of it, which only raw packets may be.
        while let Some(packet) = reader.next_raw_packet() {
            let Ok(packet) = packet else {
                "the end of packets.pcap is cut or garbled".clone_into(&mut self.missing);
                return;
            };
            let Some((mut packet, number, is_first)) = parsed(&packet, resolution, server) else {
                continue;
            };
            let key = (packet.port, packet.direction);
            if is_first {
                begins.insert(key, number.wrapping_add(1));
            }
            let before = begins.get(&key).map(|begin| number.wrapping_sub(*begin) as usize);
            packet.ends = before.map_or(0, |before| before + packet.bytes);
            self.all.push(packet);
        }
    }

    /// The step of the packet that carries the byte before `ends`.
    pub(super) fn step(
        &self,
        what: &'static str,
        (port, direction): (u16, Direction),
        ends: usize,
        at: impl Fn(u64) -> i64,
    ) -> Step {
        let is_it = |packet: &&Packet| {
            let is_of_it = (packet.port, packet.direction) == (port, direction);
            is_of_it && packet.bytes > 0 && ends > 0 && packet.ends >= ends
        };
        let found = self.all.iter().find(is_it);
        let detail = match (found, self.missing.as_str()) {
            (Some(packet), _) => format!("{} bytes of TCP", packet.bytes),
            (None, "") => "missing: packets.pcap has no such packet".to_owned(),
            (None, missing) => format!("missing: {missing}"),
        };
        let at_us = found.map(|packet| at(packet.at_us));
        Step { what, source: Source::Packet, at_us, detail }
    }
}

/// All packets of a recording: when, in µs since 1970, and how many bytes of IP.
///
/// # Errors
/// If there are none, or not all; says why.
pub(crate) fn times(recorded: &Recorded) -> Result<Vec<(u64, usize)>, String> {
    let Packets { all, missing } = Packets::read(recorded);
    match missing.as_str() {
        "" if all.is_empty() => Err("packets.pcap has no packet of it".to_owned()),
        "" => Ok(all.iter().map(|packet| (packet.at_us, packet.size)).collect()),
        _ => Err(missing),
    }
}

/// The packets that went to the client of this port: when, in µs since 1970, and how many bytes of TCP each carried.
///
/// # Errors
/// If they were not captured, or not all; says why.
pub fn to_client(recorded: &Recorded, port: u16) -> Result<Vec<(u64, usize)>, String> {
    let Packets { all, missing } = Packets::read(recorded);
    if !missing.is_empty() {
        return Err(missing);
    }
    let is_it = |packet: &&Packet| (packet.port, packet.direction) == (port, Direction::ToClient);
    Ok(all.iter().filter(is_it).map(|packet| (packet.at_us, packet.bytes)).collect())
}

/// A packet of TCP from or to this port, its number, and whether it is the first of its direction. Only the
/// start of a long packet was captured: how much it carried, its headers tell.
fn parsed(
    raw: &RawPcapPacket<'_>,
    resolution: TsResolution,
    server: u16,
) -> Option<(Packet, u32, bool)> {
    let sliced = LaxSlicedPacket::from_ethernet(&raw.data).ok()?;
    let TransportSlice::Tcp(tcp) = sliced.transport? else { return None };
    let (size, of_ip) = match sliced.net? {
        LaxNetSlice::Ipv4(ip) => (ip.header().total_len().into(), ip.header().slice().len()),
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header().slice().len();
            let size = header + usize::from(ip.header().payload_length());
            (size, header + ip.extensions().slice().len())
        }
        LaxNetSlice::Arp(_) => return None,
    };
    let (port, direction) = match (tcp.source_port(), tcp.destination_port()) {
        (from, to) if to == server => (from, Direction::ToServer),
        (from, to) if from == server => (to, Direction::ToClient),
        _ => return None,
    };
    let units = if resolution == TsResolution::MicroSecond { 1 } else { 1_000 };
    let at_us = u64::from(raw.ts_sec) * 1_000_000 + u64::from(raw.ts_frac) / units;
    let bytes = size.saturating_sub(of_ip + tcp.header_len());
    let packet = Packet { at_us, port, direction, bytes, size, ends: 0 };
    Some((packet, tcp.sequence_number(), tcp.syn()))
}
