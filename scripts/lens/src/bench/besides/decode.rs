//! Whether what is ten times as long costs ten times as much: a request of very many words that arrives in
//! small pieces, and very many commands in one write. A decoder that begins again at each piece, or
//! moves the rest of its inbox for each command, costs a hundred times as much.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::bench::report::Judged;
use crate::bench::stage::Stage;
use crate::bench::{Ended, Row, tell};
use crate::measure::{MeasureError, Server, request};

const WORDS: u64 = 1_000_000;
const COMMANDS: u64 = 100_000;
const PIECE: usize = 4096;
/// About 1; memory that no cache holds makes it more, and a decoder that is quadratic 10.
const TARGET: f64 = 2.0;
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends so many units, and waits for the replies.
type Send = fn(&Server, u64) -> io::Result<()>;

pub(super) fn measure(stage: &Stage) -> Ended<Vec<Row>> {
    let kinds: [(&str, u64, Send); 2] = [
        ("CPU a word: a request of 1,000,000 in 4 KiB pieces ÷ of 100,000", WORDS, send_words),
        ("CPU a command: 100,000 in one write ÷ 10,000", COMMANDS, send_commands),
    ];
    let mut rows = Vec::new();
    for (about, count, send) in kinds {
        let mut row = Row::new("decode", about, "ratio");
        for program in stage.redis_and_labs() {
            let server = Server::start(program)?;
            let mut samples = Vec::new();
            for round in 0..stage.rounds {
                let count = stage.scaled(count);
                let (few, many) = (cost(&server, count / 10, send)?, cost(&server, count, send)?);
                samples.push(many / few.max(f64::MIN_POSITIVE));
                let figures = [("a tenth", few * 1e3), ("all", many * 1e3)];
                tell::round(round, &format!("{}, CPU ns each", program.name), figures);
            }
            row.add(&program.name, &samples);
            if program.name == "lab4" {
                row.judged.push(Judged::new("lab4", &samples).at_most(TARGET));
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// What a unit costs, in µs.
fn cost(server: &Server, count: u64, send: Send) -> Ended<f64> {
    let before = server.usage()?.cpu;
    send(server, count).map_err(|error| MeasureError::lost(server, error))?;
    let spent = server.usage()?.cpu.saturating_sub(before);
    #[expect(clippy::cast_precision_loss, reason = "a million")]
    Ok(spent.as_secs_f64() * 1e6 / count.max(1) as f64)
}

/// One request of many words, in pieces. A PING on another connection after each piece: when it is
/// answered, the server has read the piece, and the next one does not join it.
fn send_words(server: &Server, count: u64) -> io::Result<()> {
    let mut bytes = format!("*{}\r\n$3\r\nDEL\r\n", count + 1).into_bytes();
    bytes.extend((0..count).flat_map(|_| *b"$1\r\nx\r\n"));
    let (mut sender, mut other) = (connect(server)?, connect(server)?);
    for piece in bytes.chunks(PIECE) {
        sender.write_all(piece)?;
        other.write_all(b"*1\r\n$4\r\nPING\r\n")?;
        other.read_exact(&mut [0; 7])?;
    }
    expect(&mut sender, b":0\r\n", 1)
}

/// Many commands in one write, while another thread reads the replies.
fn send_commands(server: &Server, count: u64) -> io::Result<()> {
    let mut bytes = Vec::new();
    for _ in 0..count {
        request(&["SET", "name", "Alice"], &mut bytes);
    }
    let mut sender = connect(server)?;
    let mut reader = sender.try_clone()?;
    let replies = usize::try_from(count).map_err(io::Error::other)?;
    thread::scope(|scope| {
        let read = scope.spawn(move || expect(&mut reader, b"+OK\r\n", replies));
        sender.write_all(&bytes)?;
        read.join().unwrap_or_else(|_| Err(io::Error::other("the thread ended")))
    })
}

fn connect(server: &Server) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(server.addr)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Waits for the same reply, so many times.
fn expect(stream: &mut TcpStream, reply: &[u8], times: usize) -> io::Result<()> {
    let mut inbox = vec![0; reply.len() * times];
    stream.read_exact(&mut inbox)?;
    if inbox.chunks(reply.len()).all(|it| it == reply) {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&inbox[..inbox.len().min(60)]).into_owned()))
}
