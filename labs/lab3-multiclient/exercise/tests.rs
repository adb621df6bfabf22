//! Small tests of the event loop. The first three start the program, and look at its log: so they need no more than the first
//! one, two and three functions. The next ones give one connection a socket whose other end the test holds, and an `answer`
//! that returns what it gets. The last ones start the program again, and need all functions.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use shared::buffer::ReadBuffer;
use shared::session::Session;

#[allow(dead_code, reason = "a part of the lab")]
#[path = "../src/server/connection.rs"]
mod connection;
use connection::Connection;

/// What should happen at once is waited for this long.
const LIMIT: Duration = Duration::from_secs(5);

/// A connection, and the socket of its client.
fn connect() -> (Connection, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    let stream = listener.accept().unwrap().0;
    stream.set_nonblocking(true).unwrap();
    let stream = mio::net::TcpStream::from_std(stream);
    (Connection::new(stream, Session::new(1), Instant::now()), client)
}

/// Sends back what has arrived.
fn echo(input: &mut ReadBuffer, _: &Session, output: &mut Vec<u8>) -> io::Result<()> {
    output.extend_from_slice(input.filled());
    input.consume(input.filled().len());
    Ok(())
}

/// What `on_ready` returns. It must not be called before the bytes of the client have arrived: on one machine they arrive
/// within the client's write.
fn on_ready(connection: &mut Connection) -> Result<bool, String> {
    connection.on_ready(echo).map_err(|error| error.to_string())
}

/// Reads this many bytes.
fn read(client: &mut TcpStream, count: usize) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; count];
    client.read_exact(&mut bytes).map(|()| bytes).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => format!("nothing came for {LIMIT:?}"),
        _ => error.to_string(),
    })
}

#[test]
fn run_wakes_up_for_a_client() {
    let server = Server::start();
    let _client = server.connect();
    server.says(1, &["`accept_all` is not written yet", "Cannot serve", "Connection from"]);
}

#[test]
fn accept_all_accepts_all_clients_that_wait() {
    let server = Server::start();
    let _clients: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    server.says(20, &["Cannot serve", "Connection from"]);
}

#[test]
fn connect_registers_a_client_so_that_its_events_arrive() {
    let server = Server::start();
    server.connect().write_all(b"PING\r\n").unwrap();
    // The client has left. (Before `on_ready` is written, its error is the reason.)
    server.says(1, &["Connection closed for"]);
}

#[test]
fn on_ready_flushes_or_answers_or_fills() {
    let (mut connection, _client) = connect();
    let mut is_asked = false;
    let ended = connection.on_ready(|_, _, _| {
        is_asked = true;
        Ok(())
    });
    let error = ended.map_err(|error| error.to_string()).err().unwrap_or_default();
    let is_begun = is_asked || error.contains("`flush`") || error.contains("`fill`");
    assert!(is_begun, "it calls none of them: {error}");
}

#[test]
fn what_answer_adds_is_flushed() {
    let (mut connection, mut client) = connect();
    let mut hello = b"hello".to_vec();
    // Before `fill` is written, this ends in its error.
    let ended = connection.on_ready(|_, _, output| {
        output.append(&mut hello);
        Ok(())
    });
    assert_eq!(read(&mut client, 5), Ok(b"hello".to_vec()), "{ended:?}");
}

#[test]
fn what_has_arrived_is_answered() {
    let (mut connection, mut client) = connect();
    client.write_all(b"PING").unwrap();
    assert_eq!(on_ready(&mut connection), Ok(false), "the client has not left");
    assert_eq!(read(&mut client, 4), Ok(b"PING".to_vec()));
}

#[test]
fn a_silent_client_is_not_waited_for() {
    let (mut connection, _client) = connect();
    assert_eq!(on_ready(&mut connection), Ok(false));
}

#[test]
fn a_client_that_has_left_is_answered_and_then_the_connection_is_over() {
    let (mut connection, mut client) = connect();
    client.write_all(b"PING").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(on_ready(&mut connection), Ok(true), "the client has left");
    assert_eq!(read(&mut client, 4), Ok(b"PING".to_vec()));
}

#[test]
fn all_that_has_arrived_is_read_and_not_only_the_first_part() {
    let (mut connection, mut client) = connect();
    client.write_all(&vec![b'x'; 40_000]).unwrap();
    assert_eq!(on_ready(&mut connection), Ok(false));
    assert_eq!(read(&mut client, 40_000).map(|bytes| bytes.len()), Ok(40_000));
}

#[test]
fn a_client_that_does_not_read_its_replies_is_not_waited_for() {
    const SIZE: usize = 8_000_000;
    let (mut connection, mut client) = connect();
    client.write_all(b"GET large").unwrap();
    let large = |input: &mut ReadBuffer, _: &Session, output: &mut Vec<u8>| {
        if !input.is_empty() {
            output.resize(output.len() + SIZE, b'x');
            input.consume(input.filled().len());
        }
        Ok(())
    };
    assert_eq!(connection.on_ready(large).map_err(|error| error.to_string()), Ok(false));
    // Now the client reads, and the socket takes the rest.
    let reader = thread::spawn(move || (read(&mut client, SIZE).map(|bytes| bytes.len()), client));
    while !reader.is_finished() {
        assert_eq!(on_ready(&mut connection), Ok(false));
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(reader.join().unwrap().0, Ok(SIZE));
}

#[test]
fn an_error_of_answer_ends_the_connection() {
    let (mut connection, mut client) = connect();
    client.write_all(b"POST").unwrap();
    let ended = connection.on_ready(|_, _, _| Err(io::Error::other("an attack")));
    assert_eq!(ended.map_err(|error| error.to_string()), Err("an attack".to_owned()));
}

/// The program, on a free port. It ends with the test.
struct Server {
    child: Child,
    addr: String,
    log: mpsc::Receiver<String>,
}

impl Server {
    fn start() -> Self {
        let program = env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME")));
        let mut child = Command::new(program)
            .args(["--port", "0", "--log-file", "/dev/null"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (lines, log) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || {
            stderr.lines().map_while(Result::ok).try_for_each(|line| lines.send(line))
        });
        Self { child, addr: line.split(' ').nth(3).unwrap_or_default().to_owned(), log }
    }

    /// Waits until so many lines of the log have one of these texts.
    #[track_caller]
    fn says(&self, count: usize, texts: &[&str]) {
        let deadline = Instant::now() + LIMIT;
        let mut lines = Vec::new();
        let is_it = |line: &&String| texts.iter().any(|text| line.contains(text));
        while lines.iter().filter(is_it).count() < count {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.log.recv_timeout(left) else {
                panic!("{count} lines of the log must have one of {texts:?}. It has {lines:#?}");
            };
            lines.push(line);
        }
    }

    fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(&self.addr).unwrap();
        client.set_read_timeout(Some(LIMIT)).unwrap();
        client
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[track_caller]
fn assert_answers(client: &mut TcpStream, what: &str) {
    client.write_all(b"PING\r\n").unwrap();
    let reply = read(client, 7);
    assert!(
        reply == Ok(b"+PONG\r\n".to_vec()),
        "{what} gets no reply to PING ({reply:?}). See what `cargo run` says."
    );
}

#[test]
fn a_client_is_answered_while_another_one_is_silent() {
    let server = Server::start();
    let mut silent = server.connect();
    assert_answers(&mut server.connect(), "the second client");
    assert_answers(&mut silent, "the first client");
}

#[test]
fn clients_that_connect_at_the_same_time_are_all_accepted() {
    let server = Server::start();
    let mut clients: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        assert_answers(client, &format!("client {number} of 20"));
    }
}

#[test]
fn a_client_that_leaves_does_not_disturb_the_others() {
    let server = Server::start();
    let (mut first, mut second) = (server.connect(), server.connect());
    assert_answers(&mut first, "the first client");
    drop(first);
    assert_answers(&mut second, "the second client, after the first one has left,");
}
