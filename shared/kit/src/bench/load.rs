//! The load: many clients on one thread. Each client sends as fast as the server answers.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use codec::Codec;
use indicatif::{ProgressBar, ProgressStyle};
use mio::event::Event;
use mio::{Events, Poll, Token};

use super::connection::{Connection, Shared, Stage};
use super::figures::Figures;
use super::outcome::{ClientCounts, Outcome};
use super::plan;
use super::report;
use super::workload::{Replies, Workload};
use crate::cli::Bench;
use crate::other_lab;

/// How many clients start to connect before the next poll, so that connected clients need not wait.
const CONNECT_BATCH: usize = 16;
/// The period of the progress bar and of the check for a stall.
const TICK: Duration = Duration::from_millis(100);
/// "Too many open files", on Linux and macOS.
const EMFILE: i32 = 24;

/// Runs a load and prints its figures.
///
/// # Errors
/// If no server listens at `addr` (`ConnectionRefused`), if it speaks the other protocol, or this machine cannot open the connections.
pub fn run<C: Codec>(addr: SocketAddr, options: &Bench) -> io::Result<ExitCode> {
    let mut load = Load::<C>::new(addr, options)?;
    let is_complete = load.run(Duration::from_secs(options.stall_timeout));
    load.bar.finish_and_clear();
    let stalled = if is_complete? { None } else { Some(load.client_counts()) };
    let elapsed = load.shared.figures.last_progress - load.shared.figures.started;
    report::print(&Outcome { addr, options, figures: &load.shared.figures, elapsed, stalled })
}

struct Load<C> {
    addr: SocketAddr,
    clients: usize,
    requests: u64,
    poll: Poll,
    /// The clients that have started and have not ended. The token of a client is its index here.
    connections: Vec<Option<Connection<C>>>,
    /// How many clients have ended, including those that were lost.
    ended: usize,
    /// The times at which clients without a connection try again, and their indexes.
    retries: BTreeSet<(Instant, usize)>,
    shared: Shared,
    bar: ProgressBar,
}

impl<C: Codec> Load<C> {
    fn new(addr: SocketAddr, options: &Bench) -> io::Result<Self> {
        let pipeline = options.pipeline as usize;
        let shared = Shared {
            workload: Workload::new::<C>(pipeline),
            replies: Replies::default(),
            figures: Figures::new()?,
            pipeline,
        };
        Ok(Self {
            addr,
            clients: plan::clients(options),
            requests: options.requests,
            poll: Poll::new()?,
            connections: Vec::new(),
            ended: 0,
            retries: BTreeSet::new(),
            shared,
            bar: progress_bar(options.requests),
        })
    }

    /// Runs until every client is done or lost. Returns false if there was no progress during
    /// `stall_timeout`.
    fn run(&mut self, stall_timeout: Duration) -> io::Result<bool> {
        let mut events = Events::with_capacity(1024);
        let mut next_tick = Instant::now() + TICK;
        while self.ended < self.clients {
            self.start_clients(self.clients.min(self.connections.len() + CONNECT_BATCH))?;
            match self.poll.poll(&mut events, Some(self.poll_timeout())) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                polled => polled?,
            }
            for event in &events {
                self.advance(event.token().0, Some(event))?;
            }
            let now = Instant::now();
            self.retry(now)?;
            if now >= next_tick {
                next_tick = now + TICK;
                self.show_progress();
                if now.saturating_duration_since(self.shared.figures.last_progress) > stall_timeout
                {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// How long to wait for an event.
    fn poll_timeout(&self) -> Duration {
        if self.connections.len() < self.clients {
            return Duration::ZERO;
        }
        let next = self.retries.first().map(|(time, _)| time.duration_since(Instant::now()));
        next.unwrap_or(TICK).min(TICK)
    }

    /// Starts clients until `count` have started.
    fn start_clients(&mut self, count: usize) -> io::Result<()> {
        while self.connections.len() < count {
            let index = self.connections.len();
            let share = plan::share(self.requests, self.clients, index);
            // Each client begins at another place of the workload, with a SET.
            let first = index * 2 * self.shared.pipeline % self.shared.workload.len();
            self.connections.push(None);
            let started = Connection::connect(self.addr, share, first);
            self.watch(index, started)?;
        }
        Ok(())
    }

    /// Connects those clients again whose handshake takes too long.
    fn retry(&mut self, now: Instant) -> io::Result<()> {
        while self.retries.first().is_some_and(|(time, _)| *time <= now) {
            let Some((_, index)) = self.retries.pop_first() else { break };
            let is_connecting = |client: &mut Connection<C>| client.stage == Stage::Connecting;
            if let Some(connection) = self.connections[index].take_if(is_connecting) {
                let started = connection.retry(self.addr, &mut self.shared.figures);
                self.watch(index, started)?;
            }
        }
        Ok(())
    }

    /// Registers a client that has started to connect. On loopback the client is connected already, or
    /// the kernel has dropped its SYN.
    fn watch(&mut self, index: usize, started: io::Result<Connection<C>>) -> io::Result<()> {
        let registered = started.and_then(|mut connection| {
            connection.register(self.poll.registry(), Token(index))?;
            Ok(connection)
        });
        match registered {
            Ok(connection) => self.connections[index] = Some(connection),
            Err(error) => return self.lose(index, self.with_advice(error)),
        }
        self.retries.insert((Instant::now() + plan::retry_after(index), index));
        self.advance(index, None)
    }

    /// Adds what the user can do if there are not enough file descriptors for all clients.
    fn with_advice(&self, error: io::Error) -> io::Error {
        if error.raw_os_error() != Some(EMFILE) {
            return error;
        }
        let enough = self.clients + 64;
        io::Error::other(format!(
            "{error}\n  type `ulimit -n {enough}` first, or use fewer --clients"
        ))
    }

    /// Advances one client as far as possible without waiting.
    fn advance(&mut self, index: usize, event: Option<&Event>) -> io::Result<()> {
        let Some(Some(connection)) = self.connections.get_mut(index) else { return Ok(()) };
        let is_closing = event.is_some_and(|event| event.is_read_closed() || event.is_error());
        let is_readable = is_closing || event.is_some_and(Event::is_readable);
        match connection.advance(&mut self.shared, is_readable, is_closing) {
            Ok(false) => {}
            Ok(true) => {
                // This closes the connection. A blocking server now serves its next client.
                self.connections[index] = None;
                self.ended += 1;
            }
            Err(error) => self.lose(index, error)?,
        }
        Ok(())
    }

    /// Counts a client as lost. If no client ever got a connection, or the server speaks the other protocol,
    /// this is an error of the whole load.
    fn lose(&mut self, index: usize, error: io::Error) -> io::Result<()> {
        if other_lab::found_in(&error).is_some() {
            return Err(error);
        }
        if self.shared.figures.connect.count() == 0 {
            return Err(match error.kind() {
                io::ErrorKind::ConnectionRefused => error,
                kind => io::Error::new(kind, format!("cannot connect to {}: {error}", self.addr)),
            });
        }
        if self.connections[index].take().is_some_and(|client| client.stage == Stage::Served) {
            self.shared.figures.service.end(Instant::now());
        }
        self.shared.figures.lost.add(error.to_string());
        self.ended += 1;
        Ok(())
    }

    /// How many clients are in each state.
    fn client_counts(&self) -> ClientCounts {
        let at = |stage| {
            let clients = self.connections.iter().flatten();
            clients.filter(|client| client.stage == stage).count() as u64
        };
        let lost = self.shared.figures.lost.count;
        ClientCounts {
            done: self.ended as u64 - lost,
            lost,
            served: at(Stage::Served),
            waiting: at(Stage::Waiting),
            connecting: at(Stage::Connecting),
        }
    }

    fn show_progress(&self) {
        if !self.bar.is_hidden() {
            self.bar.set_message(self.client_counts().to_string());
            self.bar.set_position(self.shared.figures.answered());
        }
    }
}

/// A progress bar on standard error. It stays hidden if standard error is not a terminal.
fn progress_bar(requests: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:20} {human_pos}/{human_len} {wide_msg}");
    ProgressBar::new(requests).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
