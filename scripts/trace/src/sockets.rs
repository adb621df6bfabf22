//! Explains the table of `ss`: the sockets of a server, and a sentence about each of them.

use std::fmt::Write as _;
use std::io::{self, Read, Write};

use crate::page::{self, Explainer, Ink, Page, Style};

/// Where sentences begin.
const INDENT: usize = 11;
/// No table is longer than this, in lines: a garbled input must not fill our memory.
const MOST: usize = 65_536;

/// Explains what `ss --no-header --tcp --all --numeric --processes` prints about `port`, as it comes. An empty line ends
/// a table. What stands above it and is no socket is its title. A table that tells nothing new is left out.
///
/// # Errors
/// If the input cannot be read, or the output not written.
pub fn explain(input: impl Read, output: impl Write, port: u16, style: Style) -> io::Result<()> {
    page::run(Sockets { page: Page::new(style), port, ..Sockets::default() }, input, output)
}

#[derive(Debug, Default)]
struct Sockets {
    page: Page,
    port: u16,
    title: Option<String>,
    /// The table that has begun, and the one before.
    table: Vec<Socket>,
    shown: Option<Vec<Socket>>,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Socket {
    state: String,
    received: u64,
    sending: u64,
    local: String,
    peer: String,
    /// The program that has it: its pid and its descriptor.
    owner: Option<(u64, u64)>,
}

impl Explainer for Sockets {
    fn page(&mut self) -> &mut Page {
        &mut self.page
    }

    fn line(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        if line.trim().is_empty() {
            self.end_of_table();
        } else if let Some(socket) = parse(&line) {
            if self.table.len() < MOST && socket.is_of_server(self.port) {
                self.table.push(socket);
            }
        } else {
            self.title = Some(line.into_owned());
        }
    }

    fn finish(&mut self) {
        if !self.table.is_empty() {
            self.end_of_table();
        }
    }
}

impl Sockets {
    fn end_of_table(&mut self) {
        let (title, mut table) = (self.title.take(), std::mem::take(&mut self.table));
        table.sort_by_key(|socket| (socket.state != "LISTEN", socket.peer.clone()));
        if self.shown.as_ref() == Some(&table) {
            return;
        }
        if let Some(title) = title {
            self.page.end_line();
            self.page.line(Ink::Title, &title, 0);
        }
        self.row(Ink::Dim, ["State", "Recv-Q", "Send-Q", "here", "there", "owner"]);
        let sees_owners = table.iter().any(|socket| socket.owner.is_some());
        for socket in &table {
            let owner = socket.owner.map(|(pid, fd)| format!("pid {pid}, fd {fd}"));
            let [received, sending] = [socket.received, socket.sending].map(|it| it.to_string());
            let Socket { state, local, peer, .. } = socket;
            let owner = owner.unwrap_or_default();
            self.row(Ink::Plain, [state, &received, &sending, local, peer, &owner]);
            let (ink, text) = socket.meaning(sees_owners);
            self.page.line(ink, &format!("{:INDENT$}└ {text}", ""), INDENT + 2);
        }
        self.shown = Some(table);
    }

    fn row(&mut self, ink: Ink, [state, received, sending, here, there, owner]: [&str; 6]) {
        let row =
            format!("{state:<10} {received:>6} {sending:>6}  {here:<15} {there:<15}  {owner}");
        self.page.line(ink, row.trim_end(), INDENT);
    }
}

impl Socket {
    /// Whether the server has it, or whether a client has it that the kernel of the server does not let in.
    fn is_of_server(&self, port: u16) -> bool {
        let is_port = |address: &str| port_of(address).parse() == Ok(port);
        is_port(&self.local) || (self.state == "SYN-SENT" && is_port(&self.peer))
    }

    fn meaning(&self, sees_owners: bool) -> (Ink, String) {
        let Self { received, sending, .. } = *self;
        let client = format!("client {}", port_of(&self.peer));
        match self.state.as_str() {
            "LISTEN" => {
                let mut text = format!(
                    "the listening socket: {received} waiting to be accepted; the program lets {sending} wait (its backlog)"
                );
                if received > sending {
                    _ = write!(text, ". {received}: Linux lets one more wait than it is told");
                }
                (if received > 0 { Ink::Waiting } else { Ink::Plain }, text)
            }
            "ESTAB" => self.connection(&client, sees_owners),
            "CLOSE-WAIT" if self.owner.is_some() || !sees_owners => (
                Ink::Plain,
                format!("{client} has left, and the program has not closed its side yet"),
            ),
            "CLOSE-WAIT" => (
                Ink::Waiting,
                format!(
                    "{client} was never accepted and has left already; {} of it will be read all the same",
                    // The end of what a client sends counts as one.
                    bytes(received.saturating_sub(1))
                ),
            ),
            "SYN-RECV" => (
                Ink::Waiting,
                format!("{client} has asked, and its handshake is not over: the queue is full"),
            ),
            "SYN-SENT" => (
                Ink::Waiting,
                format!(
                    "client {} asks for a connection and gets no answer: the queue is full, it asks again after a second",
                    port_of(&self.local)
                ),
            ),
            "FIN-WAIT-1" | "FIN-WAIT-2" | "LAST-ACK" | "CLOSING" | "TIME-WAIT" => {
                (Ink::Plain, format!("{client}: the connection is over"))
            }
            state => (Ink::Plain, format!("{client}: {state}")),
        }
    }

    fn connection(&self, client: &str, sees_owners: bool) -> (Ink, String) {
        let (ink, mut text) = match self.owner {
            Some((_, fd)) => (Ink::Plain, format!("{client} is accepted: descriptor {fd}")),
            None if sees_owners => {
                (Ink::Waiting, format!("{client} is connected, and waits: nobody has accepted it"))
            }
            None => (
                Ink::Plain,
                format!(
                    "{client} is connected (which program has it, only its user and root may know)"
                ),
            ),
        };
        if self.received > 0 {
            _ = write!(text, "; it has sent {} that nobody has read", bytes(self.received));
        }
        if self.sending > 0 {
            _ = write!(
                text,
                "; {} for it are on their way: it does not read them",
                bytes(self.sending)
            );
        }
        (ink, text)
    }
}

/// `STATE RECV-Q SEND-Q LOCAL PEER [users:(("NAME",pid=PID,fd=FD),…)]`
fn parse(line: &str) -> Option<Socket> {
    let mut fields = line.split_ascii_whitespace();
    let mut next = || fields.next();
    let state = next()?.to_owned();
    let (received, sending) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let (local, peer) = (next()?.to_owned(), next()?.to_owned());
    // A name may hold anything, so the last owner is read from the end.
    let owner = line.rsplit_once("\",pid=").and_then(|(_, owner)| {
        let (pid, fd) = owner.split_once(",fd=")?;
        Some((pid.parse().ok()?, fd.split(')').next()?.parse().ok()?))
    });
    Some(Socket { state, received, sending, local, peer, owner })
}

fn port_of(address: &str) -> &str {
    address.rsplit_once(':').map_or("", |(_, port)| port)
}

fn bytes(count: u64) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
