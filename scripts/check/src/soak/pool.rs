//! The client pool: thousands of connections, most of them silent at any moment. Their clients set keys and read what
//! the others have set. They also come and go, and some break off in the middle of a request.
//!
//! A pool with a thread for each client would need too much memory. So each thread has some clients, and
//! again and again lets one of them act, drawn at random. Half a request stays half until its client is drawn again.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use codec::{Codec as _, resp};
use fastrand::Rng;

use super::connection::{Connection, shown};
use super::counters::{Count, Counters, End};
use super::oracle::{Oracle, Request};

/// The number of threads, and so of clients that wait for a reply at the same time. The backlog of a server has room
/// for this many clients that connect at the same time.
const THREADS: u32 = 128;
/// How often some client of the pool acts, at most.
const ACTIONS_A_SECOND: u32 = 2000;
/// The last reading asks for this many keys at a time.
const BATCH: usize = 100;

/// Keeps `size` clients connected until the soak is over. Then reads every key once more.
pub fn run(addr: SocketAddr, size: u32, rng: &mut Rng, counters: &Counters) -> Result<(), End> {
    let oracle = Mutex::new(Oracle::new());
    let threads = THREADS.min(size);
    thread::scope(|scope| {
        for number in 0..threads {
            let share = size / threads + u32::from(number < size % threads);
            let pause = 2 * Duration::from_secs(threads.into()) / ACTIONS_A_SECOND;
            let worker = Worker { addr, oracle: &oracle, rng: rng.fork(), counters };
            scope.spawn(move || worker.run(share, pause));
        }
    });
    read_all_keys(addr, &mut locked(&oracle), counters)
}

/// One thread of the pool.
struct Worker<'a> {
    addr: SocketAddr,
    oracle: &'a Mutex<Oracle>,
    rng: Rng,
    counters: &'a Counters,
}

/// One client.
struct Client<'a> {
    connection: Connection<'a>,
    half: Option<Pending>,
}

/// Requests without replies.
struct Pending {
    requests: Vec<Request>,
    /// When their first byte was sent.
    sent: Instant,
    /// The bytes that are not sent yet.
    unsent: Vec<u8>,
}

impl<'a> Worker<'a> {
    /// Connects all clients, and then lets one after the other act.
    fn run(mut self, clients: u32, longest_pause: Duration) {
        let mut clients: Vec<_> = (0..clients).map(|_| self.connect()).collect();
        while !self.counters.is_stopping() {
            self.counters.pause(longest_pause.mul_f64(self.rng.f64()));
            let index = self.rng.usize(..clients.len());
            let stays = clients[index].take().and_then(|client| {
                self.act(client).unwrap_or_else(|end| {
                    self.counters.report(end);
                    None
                })
            });
            clients[index] = stays.or_else(|| self.connect());
        }
    }

    /// A new client, in the place of one that has left.
    fn connect(&self) -> Option<Client<'a>> {
        if self.counters.is_stopping() {
            return None;
        }
        let connected = Connection::open(self.addr, self.counters);
        let connection = connected.map_err(|end| self.counters.report(end)).ok()?;
        Some(Client { connection, half: None })
    }

    /// Lets a client act, and returns it if it stays. Of a hundred, five leave: two well, two in the middle of
    /// something, and one with a reset.
    fn act(&mut self, mut client: Client<'a>) -> Result<Option<Client<'a>>, End> {
        if let Some(pending) = client.half.take() {
            self.finish(&mut client.connection, pending)?;
            return Ok(Some(client));
        }
        let draw = self.rng.u8(..100);
        if draw < 5 {
            self.leave(client.connection, draw);
            return Ok(None);
        }
        let count = self.rng.u8(1..=8);
        let mut oracle = locked(self.oracle);
        let requests: Vec<_> = (0..count).filter_map(|_| oracle.choose(&mut self.rng)).collect();
        drop(oracle);
        let mut unsent = encode(&requests);
        let sent = Instant::now();
        if draw < 10 && !requests.is_empty() {
            let rest = unsent.split_off(self.rng.usize(1..unsent.len()));
            client.connection.send(&unsent)?;
            client.half = Some(Pending { requests, sent, unsent: rest });
            self.counters.add(Count::Halves);
        } else {
            self.finish(&mut client.connection, Pending { requests, sent, unsent })?;
        }
        Ok(Some(client))
    }

    /// Sends the rest, and has the oracle judge the replies.
    fn finish(&self, connection: &mut Connection<'_>, pending: Pending) -> Result<(), End> {
        connection.send(&pending.unsent)?;
        for request in pending.requests {
            let reply = connection.reply()?;
            let received = Instant::now();
            let judged = locked(self.oracle).judge(request, pending.sent, received, &reply);
            self.counters.answered(judged);
        }
        match connection.next_reply()? {
            Some(reply) => Err(End::Wrong(format!("a reply to no request: {}", shown(&reply)))),
            None => Ok(()),
        }
    }

    /// Leaves in one of five ways. The oracle does not know the key of the request, because nobody reads the reply.
    fn leave(&mut self, connection: Connection<'_>, draw: u8) {
        let key = format!("soak:unread:{}", self.rng.u16(..1000));
        let value = vec![b'x'; self.rng.usize(..1000)];
        let mut request = Vec::new();
        resp::Codec::encode_request(&[b"SET".to_vec(), key.into(), value], &mut request);
        let (length, count) = match draw {
            0 | 1 => return,
            2 => (self.rng.usize(1..request.len()), Count::Kills),
            3 => (request.len(), Count::Kills),
            _ => (request.len(), Count::Resets),
        };
        connection.abandon(&request[..length], count == Count::Resets);
        self.counters.add(count);
    }
}

/// Reads every key that waits for no reply, after all clients of the pool have left.
fn read_all_keys(addr: SocketAddr, oracle: &mut Oracle, counters: &Counters) -> Result<(), End> {
    let mut connection = Connection::open(addr, counters)?;
    connection.outlasts_soak = true;
    for batch in oracle.read_all().chunks(BATCH) {
        let sent = Instant::now();
        connection.send(&encode(batch))?;
        for request in batch {
            let reply = connection.reply()?;
            counters.answered(oracle.judge(*request, sent, Instant::now(), &reply));
        }
    }
    Ok(())
}

fn encode(requests: &[Request]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for request in requests {
        resp::Codec::encode_request(&request.args(), &mut bytes);
    }
    bytes
}

/// A thread that has panicked in the middle of a judgement has left its key in use: nobody asks for it again.
fn locked(oracle: &Mutex<Oracle>) -> MutexGuard<'_, Oracle> {
    oracle.lock().unwrap_or_else(PoisonError::into_inner)
}
