//! What `tshark -n` prints, with the columns that `scripts/tshark.sh` asks for: number, time, from, to, protocol, info.

use crate::page::{Explainer, Page};

use super::{Packet, leading_digits};

/// Where notes begin.
const INDENT: usize = 46;

/// Shows each packet in one line: who sends what to whom.
#[derive(Debug)]
pub(super) struct Tshark {
    port: String,
    page: Page,
    /// The names of the columns stand above the first packet.
    has_heading: bool,
}

impl Tshark {
    pub(super) fn new(port: u16, page: Page) -> Self {
        Self { port: port.to_string(), page, has_heading: false }
    }

    fn explain(&mut self, line: &str) -> Option<()> {
        let mut rest = line.trim();
        let mut word = || {
            let (word, behind) = rest.split_once(char::is_whitespace)?;
            rest = behind.trim_start();
            Some(word)
        };
        let (number, at, from, to) = (word()?, word()?, word()?, word()?);
        let (protocol, info) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let is_from_server = from == self.port;
        let who = if is_from_server {
            format!("server -> client {to}")
        } else {
            format!("client {from} -> server")
        };
        let (seconds, fraction) = at.split_once('.').unwrap_or((at, ""));
        let fraction: String = fraction.chars().take(6).collect();
        let start = format!("{number:>4} {:>12} s  {who}", format!("{seconds}.{fraction}"));
        if !std::mem::replace(&mut self.has_heading, true) {
            let heading =
                format!("{:>4} {:>12}    {:<22}  protocol, what", "no.", "time", "from -> to");
            self.page.line(super::Ink::Dim, &heading, INDENT);
        }
        let segment = parse(info.trim()).filter(|_| protocol == "TCP");
        if let Some((notes, names, bytes)) = segment {
            let packet = Packet { flags: letters(names), is_from_server, bytes };
            let bytes = if bytes > 0 { format!(" {bytes} bytes") } else { String::new() };
            let text = format!("{start}  TCP   {notes}[{names}]{bytes}");
            self.page.line(super::Ink::Dim, &text, INDENT);
            packet.write_meaning(&mut self.page, INDENT);
        } else {
            let packet = Packet { flags: "P.", is_from_server, bytes: 1 };
            // Of lines, the last column is how many bytes they are.
            let lines = info.trim().rsplit_once(' ').filter(|_| protocol == "TCP");
            let lines = lines.filter(|(_, bytes)| bytes.parse::<u64>().is_ok());
            let text = match lines {
                Some((text, bytes)) => format!("lines {} ({bytes} bytes)", text.trim_end()),
                None => format!("{protocol:<5} {}", info.trim()),
            };
            self.page.line(packet.ink(), &format!("{start}  {text}"), INDENT);
        }
        Some(())
    }
}

impl Explainer for Tshark {
    fn page(&mut self) -> &mut Page {
        &mut self.page
    }

    fn line(&mut self, line: &[u8]) {
        _ = self.explain(&String::from_utf8_lossy(line));
    }
}

/// The notes of tshark, the names of the flags and the number of bytes in
/// `[TCP Keep-Alive] 56529 → 44247 [FIN, ACK] Seq=39 Ack=16 Win=65496 Len=0`.
fn parse(info: &str) -> Option<(&str, &str, u64)> {
    let start = if info.starts_with("[TCP ") { info.find("] ")? + 2 } else { 0 };
    let (notes, rest) = info.split_at(start);
    let (_, rest) = leading_digits(rest)?;
    let (_, rest) = leading_digits(rest.strip_prefix(" → ")?)?;
    let (names, rest) = rest.strip_prefix(" [")?.split_once(']')?;
    let bytes = rest.split_once("Len=").and_then(|(_, rest)| leading_digits(rest));
    Some((notes, names, bytes.map_or(0, |(bytes, _)| bytes)))
}

/// The flags as tcpdump writes them.
fn letters(names: &str) -> &'static str {
    match names {
        "SYN" => "S",
        "SYN, ACK" => "S.",
        _ if names.contains("RST") => "R",
        _ if names.contains("FIN") => "F",
        _ => ".",
    }
}
