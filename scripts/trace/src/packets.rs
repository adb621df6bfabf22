//! Explains what tcpdump and tshark print: the packets between a server and its clients.

use std::io::{self, Read, Write};

use crate::page::{self, Ink, Page, Style};

mod tcpdump;
mod tshark;

use tcpdump::Tcpdump;
use tshark::Tshark;

/// Explains the output of `tcpdump -n -A`, as it comes. `port` is the one of the server.
///
/// # Errors
/// If the input cannot be read, or the output not written.
pub fn explain_tcpdump(
    input: impl Read,
    output: impl Write,
    port: u16,
    style: Style,
) -> io::Result<()> {
    page::run(Tcpdump::new(port, Page::new(style)), input, output)
}

/// Explains the output of `tshark -n` with the columns number, time, from, to, protocol and info, as it comes. `port` is
/// the one of the server.
///
/// # Errors
/// If the input cannot be read, or the output not written.
pub fn explain_tshark(
    input: impl Read,
    output: impl Write,
    port: u16,
    style: Style,
) -> io::Result<()> {
    page::run(Tshark::new(port, Page::new(style)), input, output)
}

/// What is known about a packet.
#[derive(Debug, Clone, Copy)]
struct Packet<'a> {
    /// The flags of TCP as tcpdump writes them: `S`, `S.`, `F.`, `R`, `P.`, `.`
    flags: &'a str,
    is_from_server: bool,
    /// How many bytes it carries.
    bytes: u64,
}

impl Packet<'_> {
    fn ink(&self) -> Ink {
        match (self.bytes, self.is_from_server) {
            (0, _) => Ink::Dim,
            (_, true) => Ink::Reply,
            (_, false) => Ink::Request,
        }
    }

    /// Writes what such a packet means, below the first of its kind.
    fn write_meaning(&self, page: &mut Page, indent: usize) {
        let Self { flags, is_from_server, bytes } = *self;
        let asked;
        let (name, text) = match (flags.as_bytes(), is_from_server) {
            (b"S", _) => ("SYN", "SYN: a client asks for a connection"),
            (b"S.", _) => (
                "SYN, ACK",
                "SYN, ACK: the kernel of the server agrees, whether its program accepts anybody or not",
            ),
            ([b'F', ..], false) => ("FIN of a client", "FIN: the client will say nothing more"),
            ([b'F', ..], true) => ("FIN of the server", "FIN: the server will say nothing more"),
            ([b'R', ..], _) => ("RST", "RST: an end without goodbye; what was on its way is lost"),
            (_, false) if bytes > 0 => {
                asked = format!("PSH: here are {bytes} bytes, for the program to read");
                ("PSH of a client", asked.as_str())
            }
            (_, false) => (
                "ACK of a client",
                "ACK: the connection is there. The server's program need not even know of it",
            ),
            (_, true) if bytes > 0 => {
                ("PSH of the server", "PSH: and here the program has answered")
            }
            (_, true) => (
                "ACK of the server",
                "ACK: the kernel of the server has these bytes; it does not say that the program has read them",
            ),
        };
        page.note(name, text, indent);
    }
}

/// The digits at the front of a text as a number, and the rest.
fn leading_digits(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}
