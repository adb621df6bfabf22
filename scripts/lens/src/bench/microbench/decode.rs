//! Whether what is ten times as long costs ten times as much: a request of very many words that arrives in
//! small pieces, and very many commands in one write. A decoder that begins again at each piece, or
//! moves the rest of its inbox for each command, costs a hundred times as much.

use std::io::{self, Write};
use std::rc::Rc;
use std::thread;

use super::ratio_row;
use crate::bench::report::Row;
use crate::bench::targets::Targets;
use crate::measure::MeasureError;
use crate::measure::client::BlockingClient;
use crate::sys::Server;

const WORDS: u64 = 1_000_000;
const COMMANDS: u64 = 100_000;
const PIECE: usize = 4096;
/// About 1; memory that no cache holds makes it more, and a decoder that is quadratic 10.
const TARGET: f64 = 2.0;

/// Sends so many units, and waits for the replies.
type Send = fn(&Server, u64) -> io::Result<()>;

pub(super) fn measure(targets: &Targets) -> Result<Vec<Row>, MeasureError> {
    let kinds: [(&str, u64, Send); 2] = [
        ("CPU a word: a request of 1,000,000 in 4 KiB pieces ÷ of 100,000", WORDS, send_words),
        ("CPU a command: 100,000 in one write ÷ 10,000", COMMANDS, send_commands),
    ];
    let row = |(about, count, send): (&str, u64, Send)| {
        let count = targets.scaled(count);
        ratio_row(
            ("decode", about),
            (targets.redis_and_labs(), targets.rounds),
            TARGET,
            ("CPU ns each", 1e3),
            |subject| {
                let server = Rc::new(subject.start()?);
                Ok([("a tenth", (server.clone(), count / 10)), ("all", (server, count))])
            },
            |(server, count), _| cost(server, *count, send),
        )
    };
    kinds.into_iter().map(row).collect()
}

/// What a unit costs, in µs.
fn cost(server: &Server, count: u64, send: Send) -> Result<f64, MeasureError> {
    let before = server.usage()?;
    send(server, count).map_err(|error| MeasureError::lost(server, error))?;
    Ok(server.usage()?.cpu_micros_each(&before, count))
}

/// One request of many words, in pieces. A PING on another connection after each piece: when it is
/// answered, the server has read the piece, and the next one does not join it.
fn send_words(server: &Server, count: u64) -> io::Result<()> {
    let mut bytes = format!("*{}\r\n$3\r\nDEL\r\n", count + 1).into_bytes();
    bytes.extend((0..count).flat_map(|_| *b"$1\r\nx\r\n"));
    let (mut sender, mut other) =
        (BlockingClient::connect_patiently(server)?, BlockingClient::connect_patiently(server)?);
    let mut writer = sender.writer()?;
    for piece in bytes.chunks(PIECE) {
        writer.write_all(piece)?;
        other.ask("PING", 1)?;
    }
    sender.wait(1)
}

/// Many commands in one write, while another thread reads the replies.
fn send_commands(server: &Server, count: u64) -> io::Result<()> {
    let replies = usize::try_from(count).map_err(io::Error::other)?;
    let bytes = b"*3\r\n$3\r\nSET\r\n$4\r\nname\r\n$5\r\nAlice\r\n".repeat(replies);
    let mut reader = BlockingClient::connect_patiently(server)?;
    let mut writer = reader.writer()?;
    thread::scope(|scope| {
        let read = scope.spawn(move || reader.wait(replies));
        writer.write_all(&bytes)?;
        read.join().unwrap_or_else(|_| Err(io::Error::other("the thread ended")))
    })
}
