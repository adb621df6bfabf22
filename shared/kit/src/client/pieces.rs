//! `client --pieces`: sends bytes as they are, each piece in a write of its own, and shows what comes.
//!
//! A thread reads from the server, and another one waits for Enter. Both tell the main thread, which does the rest.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use codec::escapes::unescape;
use codec::{Codec, Reply};
use shared::buffer::ReadBuffer;

use super::connection::{HINT, HINT_AFTER, connect};
use super::transcript::Transcript;
use super::{ClientError, notice};

/// The time between two pieces, if nobody can press Enter.
const PAUSE: Duration = Duration::from_secs(1);
/// After this time without an event, bytes that end no line are shown.
const QUIET: Duration = Duration::from_millis(50);

/// What the main thread waits for.
enum Event {
    /// The user has pressed Enter.
    Enter,
    /// The user has pressed Ctrl-D: no more pieces.
    Leave,
    /// The server has sent these bytes.
    Received(Vec<u8>),
    /// The server has closed the connection, or it has failed.
    Ended(io::Result<()>),
    /// Nothing has happened for [`QUIET`].
    Quiet,
}

/// Sends the pieces, closes the sending side, and shows what the server sends until it closes the connection.
///
/// # Errors
/// [`ClientError`], if a piece is not written as it should be, or if there is no server.
pub(super) fn run<C: Codec>(
    addr: SocketAddr,
    pieces: &[OsString],
) -> Result<ExitCode, ClientError> {
    let pieces = pieces.iter().enumerate().map(|(index, piece)| {
        unescape(piece.as_encoded_bytes()).map_err(|bad| ClientError::BadPiece(index + 1, bad))
    });
    let pieces = pieces.collect::<Result<Vec<_>, _>>()?;
    let mut talk = Talk::<C>::start(connect(addr)?)?;
    let mut sent = 0;
    for piece in &pieces {
        if sent > 0 && !talk.wait_for_turn(sent + 1, pieces.len())? || !talk.send(piece)? {
            break;
        }
        sent += 1;
    }
    if sent < pieces.len() {
        notice(&format!("{sent} of {} pieces have been sent", pieces.len()));
    }
    talk.finish()?;
    Ok(if talk.has_error_reply { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A conversation with a server.
struct Talk<C> {
    stream: TcpStream,
    events: Receiver<Event>,
    has_terminal: bool,
    has_ended: bool,
    transcript: Transcript,
    /// Decodes what comes, until something comes that is no reply.
    codec: Option<C>,
    undecoded: ReadBuffer,
    has_error_reply: bool,
}

impl<C: Codec> Talk<C> {
    fn start(stream: TcpStream) -> io::Result<Self> {
        let (sender, events) = mpsc::channel();
        let has_terminal = io::stdin().is_terminal();
        if has_terminal {
            let sender = sender.clone();
            thread::Builder::new().spawn(move || tell_enters(&sender))?;
        }
        let reader = stream.try_clone()?;
        thread::Builder::new().spawn(move || tell_bytes(reader, &sender))?;
        Ok(Self {
            stream,
            events,
            has_terminal,
            has_ended: false,
            transcript: Transcript::default(),
            codec: Some(C::default()),
            undecoded: ReadBuffer::new(),
            has_error_reply: false,
        })
    }

    /// Shows what comes until it is time for the next piece. Returns false if there is no time for it.
    fn wait_for_turn(&mut self, number: usize, count: usize) -> io::Result<bool> {
        if self.has_terminal {
            _ = writeln!(io::stderr(), "Press Enter to send piece {number} of {count}.");
        }
        let started = Instant::now();
        while !self.has_ended {
            match self.next_event()? {
                Event::Enter => return Ok(true),
                Event::Leave => break,
                _ if !self.has_terminal && started.elapsed() >= PAUSE => return Ok(true),
                _ => {}
            }
        }
        Ok(false)
    }

    /// Sends a piece. Returns false if the server has closed the connection.
    fn send(&mut self, piece: &[u8]) -> io::Result<bool> {
        self.transcript.end_line()?;
        Transcript::sent(piece)?;
        Ok(self.stream.write_all(piece).is_ok())
    }

    /// Closes the sending side, and shows what comes until the server closes the connection.
    fn finish(&mut self) -> io::Result<()> {
        // This fails if the connection has ended already.
        _ = self.stream.shutdown(Shutdown::Write);
        let mut hint_at = Some(Instant::now() + HINT_AFTER);
        while !self.has_ended {
            match self.next_event()? {
                Event::Received(_) => hint_at = None,
                _ if hint_at.take_if(|at| *at <= Instant::now()).is_some() && !self.has_ended => {
                    notice(HINT);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Waits for an event, and shows what it brings.
    fn next_event(&mut self) -> io::Result<Event> {
        let event = self.events.recv_timeout(QUIET).unwrap_or(Event::Quiet);
        match &event {
            Event::Received(bytes) => {
                self.transcript.received(bytes)?;
                self.look_for_errors(bytes);
            }
            Event::Quiet => self.transcript.end_line()?,
            Event::Ended(how) => {
                self.transcript.end_line()?;
                self.has_ended = true;
                match how {
                    Ok(()) => notice("the server has closed the connection"),
                    Err(error) => notice(&format!("the connection has ended: {error}")),
                }
            }
            Event::Enter | Event::Leave => {}
        }
        Ok(event)
    }

    /// The exit code tells whether a reply was an error.
    fn look_for_errors(&mut self, bytes: &[u8]) {
        let Some(codec) = &mut self.codec else { return };
        self.undecoded.extend(bytes);
        loop {
            match codec.decode_reply(&mut self.undecoded) {
                Ok(Some(reply)) => self.has_error_reply |= matches!(reply, Reply::Error(_)),
                Ok(None) => return,
                Err(_) => break,
            }
        }
        self.codec = None;
    }
}

/// Tells the main thread what the server sends. If the main thread has ended, this one ends as well.
fn tell_bytes(mut stream: TcpStream, events: &Sender<Event>) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let event = match stream.read(&mut buffer) {
            Ok(0) => Event::Ended(Ok(())),
            Ok(count) => Event::Received(buffer.get(..count).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Event::Ended(Err(error)),
        };
        let is_last = matches!(event, Event::Ended(_));
        if events.send(event).is_err() || is_last {
            return;
        }
    }
}

/// Tells the main thread when the user presses Enter.
fn tell_enters(events: &Sender<Event>) {
    let mut stdin = io::stdin().lock();
    // What stands on the line does not matter.
    while stdin.read_until(b'\n', &mut Vec::new()).is_ok_and(|size| size > 0) {
        if events.send(Event::Enter).is_err() {
            return;
        }
    }
    _ = events.send(Event::Leave);
}
