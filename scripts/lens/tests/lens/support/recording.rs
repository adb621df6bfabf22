//! A recording made by hand, of which every time is known.

use std::fs;
use std::path::{Path, PathBuf};

use etherparse::{Ethernet2Header, IpHeaders, PacketBuilder, PacketBuilderStep};
use pcap_file::pcap::{PcapPacket, PcapWriter};
use tempfile::TempDir;

/// The second of all that happens, since 1970; what is written behind it are microseconds.
const SECOND: u64 = 1_800_000_000;
pub const SERVER: u16 = 6379;
/// The ports of A and B.
pub const PORTS: [u16; 2] = [1001, 1002];

/// A recording in a folder of its own.
pub struct ByHand {
    place: TempDir,
}

impl ByHand {
    /// A says SET and stays; B comes at 200,000 µs and is accepted when A has left at 500,000 µs.
    pub fn blocking() -> Self {
        let [a, b] = PORTS;
        let made = Self { place: TempDir::new().unwrap() };
        made.write("meta.json", &meta());
        made.notes(&[
            (0, "A", a, r#""event":"connecting""#),
            (100, "A", a, r#""event":"connected""#),
            (200, "A", a, r#""event":"sent","bytes":14,"text":"PING""#),
            (
                900,
                "A",
                a,
                r#""event":"received","bytes":7,"replies":1,"waited_us":700,"text":"PONG""#,
            ),
            (200_000, "B", b, r#""event":"connecting""#),
            (200_150, "B", b, r#""event":"connected""#),
            (200_200, "B", b, r#""event":"sent","bytes":14,"text":"PING""#),
            (500_000, "A", a, r#""event":"closed""#),
            (
                501_000,
                "B",
                b,
                r#""event":"received","bytes":7,"replies":1,"waited_us":300800,"text":"PONG""#,
            ),
            (501_010, "B", b, r#""event":"closed""#),
        ]);
        made.write("strace.log", &trace());
        made
    }

    pub fn folder(&self) -> &Path {
        self.place.path()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.place.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.place.path().join(name)).unwrap()
    }

    fn notes(&self, notes: &[(u64, &str, u16, &str)]) {
        let line = |(at, client, port, what): &(u64, &str, u16, &str)| {
            let at = SECOND * 1_000_000 + at;
            format!(r#"{{"at_us":{at},"client":"{client}","port":{port},{what}}}"#) + "\n"
        };
        self.write("clients.jsonl", &notes.iter().map(line).collect::<String>());
    }

    /// Adds a capture of B's handshake, its request at 200,230 µs and the reply at 500,930 µs. Of the
    /// request, only the headers were captured.
    pub fn capture(&self) {
        self.captured(|packet| packet.ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64), 54);
    }

    /// The same over IPv6.
    pub fn capture_v6(&self) {
        self.captured(|packet| packet.ipv6([1; 16], [1; 16], 64), 74);
    }

    /// Captures the headers of each packet, which are so long.
    fn captured(
        &self,
        ip: impl Fn(PacketBuilderStep<Ethernet2Header>) -> PacketBuilderStep<IpHeaders>,
        headers: usize,
    ) {
        let meta = self.read("meta.json").replace("none: no rights", "4 packets captured");
        self.write("meta.json", &meta);
        let file = fs::File::create(self.place.path().join("packets.pcap")).unwrap();
        let mut pcap = PcapWriter::new(file).unwrap();
        let (server, b) = (SERVER, PORTS[1]);
        for (at, from, to, number, is_first, bytes) in [
            (200_010, b, server, 1_000, true, 0),
            (200_020, server, b, 9_000, true, 0),
            (200_230, b, server, 1_001, false, 14),
            (500_930, server, b, 9_001, false, 7),
        ] {
            let tcp = ip(PacketBuilder::ethernet2([0; 6], [0; 6])).tcp(from, to, number, 64);
            let tcp = if is_first { tcp.syn() } else { tcp.ack(1) };
            let mut data = Vec::new();
            tcp.write(&mut data, &vec![b'x'; bytes]).unwrap();
            let length = u32::try_from(data.len()).unwrap();
            data.truncate(headers);
            let at = std::time::Duration::from_micros(SECOND * 1_000_000 + at);
            pcap.write_packet(&PcapPacket::new_owned(at, length, data)).unwrap();
        }
    }
}

fn meta() -> String {
    format!(
        r#"{{"lab":"by-hand","version":"1","scenario":"two-clients","about":"A holds, B asks","date":"now",
        "address":"127.0.0.1:{SERVER}","pid":77,"kernel":"k","strace":"s","tcpdump":null,"commands":[],
        "packets":"none: no rights","said_at_the_end":""}}"#
    )
}

fn trace() -> String {
    let [a, b] = PORTS;
    let socket = |port| format!("5<TCP:[127.0.0.1:{SERVER}->127.0.0.1:{port}]>");
    let listener = format!("3<TCP:[127.0.0.1:{SERVER}]>");
    let accept = |port| {
        let addr = format!(
            r#"{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr("127.0.0.1")}}"#
        );
        format!("accept4({listener}, {addr}, [128 => 16], SOCK_CLOEXEC) = {}", socket(port))
    };
    let says = r#""*1\r\n$4\r\nPING\r\n", 16384, 0, NULL, NULL) = 14"#;
    let hears = r#""+PONG\r\n", 7, MSG_NOSIGNAL, NULL, 0) = 7"#;
    let nothing = r#""", 16384, 0, NULL, NULL) = 0"#;
    let calls = [
        ("1799999999.990000", accept(a), "0.010300"),
        ("1800000000.000600", format!("recvfrom({}, {says}", socket(a)), "0.000010"),
        ("1800000000.000700", format!("sendto({}, {hears}", socket(a)), "0.000050"),
        ("1800000000.000800", format!("recvfrom({}, {nothing}", socket(a)), "0.499300"),
        ("1800000000.500200", format!("close({}) = 0", socket(a)), "0.000040"),
        ("1800000000.500300", accept(b), "0.000020"),
        ("1800000000.500600", format!("recvfrom({}, {says}", socket(b)), "0.000010"),
        ("1800000000.500900", format!("sendto({}, {hears}", socket(b)), "0.000050"),
        ("1800000000.501100", format!("recvfrom({}, {nothing}", socket(b)), "0.000010"),
        ("1800000000.501200", format!("close({}) = 0", socket(b)), "0.000030"),
    ];
    let other = "78 1800000000.300000 recvfrom(9, \"\", 1, 0, NULL, NULL) = 0 <0.100000>\n";
    calls.map(|(at, call, took)| format!("77 {at} {call} <{took}>\n")).concat() + other
}
