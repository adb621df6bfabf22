//! What `tcpdump -n -A` prints: a line about each packet, and below it all its bytes, those of its headers too.

use crate::page::{Explainer, Ink, Page};

use super::{Packet, leading_digits};

/// How many lines of a packet are shown.
const LINES: usize = 20;
/// How many letters of each.
const LETTERS: usize = 100;

/// Shows each packet in one line, and below it the bytes that it carries, without the headers.
#[derive(Debug)]
pub(super) struct Tcpdump {
    port: u16,
    page: Page,
    /// How many of the bytes that follow belong to the headers of the packet.
    header: usize,
    /// How many more lines of the packet are to be shown.
    lines: usize,
    /// Empty lines that are shown if one that is not empty follows.
    empty_lines: usize,
}

impl Tcpdump {
    pub(super) fn new(port: u16, page: Page) -> Self {
        Self { port, page, header: 0, lines: 0, empty_lines: 0 }
    }

    /// Begins with a packet.
    fn packet(&mut self, line: &str, packet: Packet<'_>) {
        self.page.line(packet.ink(), &without_details(line), 4);
        packet.write_meaning(&mut self.page, 4);
        // The header of IP has 20 bytes, or 40 in IPv6; the one of TCP has 20, and 12 more for its time stamps.
        let ip = if line.contains(" IP6 ") { 40 } else { 20 };
        let tcp = if line.contains("options [nop,nop,TS") { 32 } else { 20 };
        self.header = ip + tcp;
        self.lines = if packet.bytes > 0 { LINES } else { 0 };
        self.empty_lines = 0;
    }

    /// A line of the bytes of the packet.
    fn bytes(&mut self, line: &str) {
        if self.lines == 0 {
            return;
        }
        let size = line.chars().count();
        if self.header > size {
            // The end of the line is a byte of the header, too.
            self.header -= size + 1;
            return;
        }
        let text: String = line.chars().skip(std::mem::take(&mut self.header)).collect();
        if text.is_empty() {
            self.empty_lines += 1;
            return;
        }
        for _ in 0..std::mem::take(&mut self.empty_lines) {
            self.shown("");
        }
        self.shown(&text);
    }

    fn shown(&mut self, text: &str) {
        if self.lines > 0 {
            self.lines -= 1;
            let text: String = text.chars().take(LETTERS).collect();
            self.page.put(Ink::Dim, "    │", 6);
            self.page.put(Ink::Plain, &format!(" {text}"), 6);
            self.page.end_line();
        }
    }
}

impl Explainer for Tcpdump {
    fn page(&mut self) -> &mut Page {
        &mut self.page
    }

    fn line(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        if !is_about_packet(&line) {
            self.bytes(&line);
        } else if let Some(packet) = parse(&line, self.port) {
            self.packet(&line, packet);
        } else {
            self.lines = 0;
        }
    }
}

/// Whether a line begins as one about a packet does: `06:56:03.909159 IP 127.0.0.1.39299 > …`
fn is_about_packet(line: &str) -> bool {
    let is_time = |letter: char| letter.is_ascii_digit() || matches!(letter, ':' | '.');
    line.split_once(' ').is_some_and(|(time, rest)| {
        let is_ip = rest.starts_with("IP ") || rest.starts_with("IP6 ");
        !time.is_empty() && time.chars().all(is_time) && is_ip
    })
}

/// `06:56:03.909159 IP 127.0.0.1.39299 > 127.0.0.1.39611: Flags [P.], seq 1:607, ack 1, …, length 606: …`
fn parse(line: &str, port: u16) -> Option<Packet<'_>> {
    let (ends, rest) = line.split_once(": Flags [")?;
    let (from, _) = ends.split_once(" > ")?;
    let from: u16 = from.rsplit_once('.')?.1.parse().ok()?;
    let (flags, rest) = rest.split_once(']')?;
    let bytes = rest.split_once(", length ").and_then(|(_, rest)| leading_digits(rest));
    let bytes = bytes.map_or(0, |(bytes, _)| bytes);
    Some(Packet { flags, is_from_server: from == port, bytes })
}

/// The line without the window and the options of TCP: they are for the kernel.
fn without_details(line: &str) -> String {
    let end = line.find(", length ").unwrap_or(line.len());
    let (head, tail) = line.split_at(end);
    let mut text = String::new();
    let mut is_option = false;
    for part in head.split(", ") {
        // `options [mss 65495, sackOK]`
        is_option |= part.starts_with("options [");
        if !is_option && !part.starts_with("win ") {
            text.push_str(if text.is_empty() { "" } else { ", " });
            text.push_str(part);
        }
        is_option &= !part.ends_with(']');
    }
    text + tail
}
