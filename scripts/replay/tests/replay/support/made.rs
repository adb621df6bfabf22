//! A recording made by hand, of which every time is known: A sets a key and stays, B comes at 200,000 µs and is served when A
//! has left. Times are microseconds since the first client came.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use etherparse::PacketBuilder;
use lens::view::Recorded;
use pcap_file::pcap::{PcapPacket, PcapWriter};
use replay::film::Film;
use tempfile::TempDir;

/// The second of all that happens, since 1970.
const SECOND: u64 = 1_800_000_000;
const SERVER: u16 = 6379;
const A: u16 = 1001;
const B: u16 = 1002;
/// When B comes: time 0 of the film.
pub const ZERO: i64 = 200_000;

/// The source of the server.
pub const SOURCE: &str =
    "listener.accept();\nserve();\n    stream.read();\n    stream.write();\n}\n";

/// The recording, and a kit that has the source of its server.
pub struct Made {
    place: TempDir,
}

impl Made {
    pub fn new() -> Self {
        let made = Self { place: TempDir::new().unwrap() };
        made.write("meta.json", &META.replace("PACKETS", "24 packets captured"));
        made.write("clients.jsonl", &notes());
        made.write("strace.log", &trace());
        made.write("server.log", LOG);
        made.write("lines.json", &LINES.replace('\n', ""));
        made.write("kit/labs/by-hand/src/server.rs", SOURCE);
        made.capture();
        made
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.place.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.place.path().join(name)).unwrap()
    }

    pub fn folder(&self) -> &Path {
        self.place.path()
    }

    pub fn film(&self) -> Film {
        let kit = self.place.path().join("kit");
        Film::new(&Recorded::read(self.place.path()).unwrap(), &kit)
    }

    /// The same without packets.
    pub fn without_packets() -> Self {
        let made = Self::new();
        made.write("meta.json", &META.replace("PACKETS", "none: no rights"));
        fs::remove_file(made.place.path().join("packets.pcap")).unwrap();
        made
    }

    fn capture(&self) {
        let file = fs::File::create(self.place.path().join("packets.pcap")).unwrap();
        let mut pcap = PcapWriter::new(file).unwrap();
        for (at, from, to, flags, [number, acknowledged], bytes) in PACKETS {
            let port = |client: u16| if client == 0 { SERVER } else { client };
            let mut tcp = PacketBuilder::ethernet2([0; 6], [0; 6])
                .ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64)
                .tcp(port(from), port(to), number, 64);
            for flag in flags.chars() {
                tcp = match flag {
                    'S' => tcp.syn(),
                    'F' => tcp.fin(),
                    _ => tcp.ack(acknowledged),
                };
            }
            let mut data = Vec::new();
            tcp.write(&mut data, bytes.as_bytes()).unwrap();
            let length = u32::try_from(data.len()).unwrap();
            let at = Duration::from_micros(SECOND * 1_000_000 + at);
            pcap.write_packet(&PcapPacket::new_owned(at, length, data)).unwrap();
        }
    }
}

/// When, from whom, to whom (0 is the server), flags, number and acknowledged number, bytes. The second piece of A's
/// request is noted 10 µs after the call that reads it. A's kernel confirms the reply late.
type Sent = (u64, u16, u16, &'static str, [u32; 2], &'static str);
const PACKETS: [Sent; 19] = [
    (10, A, 0, "S", [1_000, 0], ""),
    (12, 0, A, "SA", [9_000, 1_001], ""),
    (20, A, 0, "A", [1_001, 9_001], ""),
    (210, A, 0, "A", [1_001, 9_001], "SET k"),
    (215, 0, A, "A", [9_001, 1_006], ""),
    // Sent again: these bytes are there already.
    (230, A, 0, "A", [1_001, 9_001], "SET k"),
    (620, A, 0, "A", [1_006, 9_001], " v\n"),
    (720, 0, A, "A", [9_001, 1_009], "OK\n"),
    (40_900, A, 0, "A", [1_009, 9_004], ""),
    (200_010, B, 0, "S", [5_000, 0], ""),
    (200_020, 0, B, "SA", [7_000, 5_001], ""),
    (200_030, B, 0, "A", [5_001, 7_001], ""),
    (200_230, B, 0, "A", [5_001, 7_001], "GET k\n"),
    (200_240, 0, B, "A", [7_001, 5_007], ""),
    (500_010, A, 0, "FA", [1_009, 9_004], ""),
    (500_230, 0, A, "FA", [9_004, 1_010], ""),
    (500_930, 0, B, "A", [7_001, 5_007], "v\n"),
    (500_935, B, 0, "A", [5_007, 7_003], ""),
    (501_015, B, 0, "FA", [5_007, 7_003], ""),
];

const META: &str = r#"{"lab":"by-hand","version":"1","scenario":"two-clients","about":"A holds, B asks","date":"now",
    "address":"127.0.0.1:6379","pid":77,"kernel":"k","strace":"s","tcpdump":null,"commands":[],
    "packets":"PACKETS","lines":"all","said_at_the_end":""}"#;

const LOG: &str = "Connection from 127.0.0.1:1001
Received: SET k v
Sent: OK
Connection closed for 127.0.0.1:1001
Connection from 127.0.0.1:1002
Received: GET k
Sent: v
Connection closed for 127.0.0.1:1002
";

/// The calls of the other thread and of the start count too.
const LINES: &str = r#"{"frames":[
{"function":"by_hand::run","file":"labs/by-hand/src/server.rs","line":1,"text":"listener.accept();"},
{"function":"by_hand::run","file":"labs/by-hand/src/server.rs","line":2,"text":"serve();"},
{"function":"by_hand::serve","file":"labs/by-hand/src/server.rs","line":3,"text":"stream.read();"},
{"function":"by_hand::serve","file":"labs/by-hand/src/server.rs","line":4,"text":"stream.write();"},
{"function":"by_hand::serve::{{closure}}","file":"labs/by-hand/src/server.rs","line":5,"text":"}"}],
"paths":[[0],[1,2],[1,3],[1,4]],
"calls":[null,0,1,2,1,null,3,0,1,2,1,3]}"#;

fn notes() -> String {
    let note = |(at, port, what): (u64, u16, &str)| {
        let (at, client) = (SECOND * 1_000_000 + at, if port == A { "A" } else { "B" });
        format!(r#"{{"at_us":{at},"client":"{client}","port":{port},"event":{what}}}"#) + "\n"
    };
    let notes = [
        (0, A, r#""connecting""#),
        (100, A, r#""connected""#),
        (200, A, r#""sent","bytes":8,"text":"SET k v""#),
        // Noted before the call that sends has returned.
        (740, A, r#""received","bytes":3,"replies":1,"waited_us":540,"text":"OK""#),
        (200_000, B, r#""connecting""#),
        (200_150, B, r#""connected""#),
        (200_200, B, r#""sent","bytes":6,"text":"GET k""#),
        (500_000, A, r#""closed""#),
        (501_000, B, r#""received","bytes":2,"replies":1,"waited_us":300800,"text":"v""#),
        (501_010, B, r#""closed""#),
    ];
    notes.map(note).concat()
}

fn trace() -> String {
    let socket = |port: u16| format!("5<TCP:[127.0.0.1:{SERVER}->127.0.0.1:{port}]>");
    let listener = format!("3<TCP:[127.0.0.1:{SERVER}]>");
    let accept = |port: u16| {
        let addr = format!(
            r#"{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr("127.0.0.1")}}"#
        );
        format!("accept4({listener}, {addr}, [128 => 16], SOCK_CLOEXEC) = {}", socket(port))
    };
    let reads = |port: u16, text: &str, count: usize| {
        format!(r#"recvfrom({}, "{text}", 16384, 0, NULL, NULL) = {count}"#, socket(port))
    };
    let sends = |port: u16, text: &str, count: usize| {
        format!(r#"sendto({}, "{text}", {count}, MSG_NOSIGNAL, NULL, 0) = {count}"#, socket(port))
    };
    let close = |port: u16| format!("close({}) = 0", socket(port));
    let calls = [
        (77, "1799999999.980000", "getpid() = 77".to_owned(), "0.000010"),
        (77, "1799999999.990000", accept(A), "0.010300"),
        (77, "1800000000.000600", reads(A, r"SET k v\n", 8), "0.000010"),
        (77, "1800000000.000700", sends(A, r"OK\n", 3), "0.000050"),
        (77, "1800000000.000800", reads(A, "", 0), "0.499300"),
        (78, "1800000000.300000", r#"recvfrom(9, "", 1, 0, NULL, NULL) = 0"#.to_owned(), "0.1"),
        (77, "1800000000.500200", close(A), "0.000040"),
        (77, "1800000000.500300", accept(B), "0.000020"),
        (77, "1800000000.500600", reads(B, r"GET k\n", 6), "0.000010"),
        (77, "1800000000.500900", sends(B, r"v\n", 2), "0.000050"),
        (77, "1800000000.501100", reads(B, "", 0), "0.000010"),
        (77, "1800000000.501200", close(B), "0.000030"),
    ];
    let lines = calls.map(|(pid, at, call, took)| format!("{pid} {at} {call} <{took}>\n"));
    lines.concat() + &format!("77 1800000000.501300 accept4({listener},  <unfinished ...>\n")
}
