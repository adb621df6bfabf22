//! The packets of a recording: when which bytes of a connection were on the wire.

use std::collections::HashMap;
use std::fs::File;

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};
use pcap_file::pcap::{PcapReader, RawPcapPacket};
use pcap_file::{PcapError, TsResolution};

use crate::view::recorded::Recorded;

use super::{Source, Step};

/// So many bytes of each packet are kept.
const KEPT: usize = 256;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client.
    ToServer,
    /// From the server.
    ToClient,
}

impl Direction {
    fn other(self) -> Self {
        match self {
            Self::ToServer => Self::ToClient,
            Self::ToClient => Self::ToServer,
        }
    }
}

/// A packet of one direction of one connection.
#[derive(Debug)]
pub struct Packet {
    /// In microseconds since 1970.
    pub at_us: u64,
    /// The client's.
    pub port: u16,
    /// Which way it goes.
    pub direction: Direction,
    /// What it says of the connection.
    pub flags: Flags,
    /// How many bytes of TCP it carries.
    pub bytes: usize,
    /// The first of these bytes, as far as they were captured.
    pub data: Vec<u8>,
    /// How many bytes of IP it is, with all headers.
    size: usize,
    /// How many bytes the direction has carried with it; 0 if its start was not captured.
    pub ends: usize,
    /// How many bytes of the other direction have arrived, as its sender says; 0 if the start was not captured.
    pub arrived: usize,
}

/// The flags of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the header of TCP has these")]
pub struct Flags {
    /// The first packet of its direction.
    pub syn: bool,
    /// It says what has arrived.
    pub ack: bool,
    /// Its sender will send nothing more.
    pub fin: bool,
    /// The connection has ended at once.
    pub rst: bool,
}

/// All packets, and what is missing of them.
#[derive(Debug)]
pub struct Packets {
    /// All packets, in the order of time.
    pub all: Vec<Packet>,
    /// Why packets are missing; empty if none is.
    pub missing: String,
}

impl Packets {
    /// Reads `packets.pcap`.
    #[must_use]
    pub fn read(recorded: &Recorded) -> Self {
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
            let Some((mut packet, [number, acknowledged])) = parsed(&packet, resolution, server)
            else {
                continue;
            };
            let key = (packet.port, packet.direction);
            if packet.flags.syn {
                begins.insert(key, number.wrapping_add(1));
            }
            let since = |key, number: u32| {
                begins.get(&key).map(|begin| number.wrapping_sub(*begin) as usize)
            };
            packet.ends = since(key, number).map_or(0, |before| before + packet.bytes);
            if packet.flags.ack {
                let other = (packet.port, packet.direction.other());
                packet.arrived = since(other, acknowledged).unwrap_or(0);
            }
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

/// A packet of TCP from or to this port, the number of its first byte, and that of the byte that its sender waits for.
/// Only the start of a long packet was captured: how much it carried, its headers tell.
fn parsed(
    raw: &RawPcapPacket<'_>,
    resolution: TsResolution,
    server: u16,
) -> Option<(Packet, [u32; 2])> {
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
    let flags = Flags { syn: tcp.syn(), ack: tcp.ack(), fin: tcp.fin(), rst: tcp.rst() };
    let captured = tcp.payload();
    let data = captured.get(..KEPT.min(bytes)).unwrap_or(captured).to_vec();
    let packet = Packet { at_us, port, direction, flags, bytes, data, size, ends: 0, arrived: 0 };
    Some((packet, [tcp.sequence_number(), tcp.acknowledgment_number()]))
}
