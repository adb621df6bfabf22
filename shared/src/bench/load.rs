//! The load: many clients on one thread, each as busy as the server lets it be.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use mio::event::Event;
use mio::{Events, Poll, Token};

use super::connection::{Connection, Shared, Stage};
use super::figures::Figures;
use super::outcome::{Outcome, Tally};
use super::plan;
use super::report;
use super::tape::{Replies, Tape};
use crate::cli::Bench;
use crate::wire::Codec;

/// How many clients begin to dial at a time, so that those who are connected are heard in between.
const DIALS: usize = 16;
/// How often we look around when nothing happens.
const TICK: Duration = Duration::from_millis(100);
/// "Too many open files", on Linux and macOS.
const EMFILE: i32 = 24;

/// Runs a load and prints its figures.
///
/// # Errors
/// If nothing listens at `addr` (`ConnectionRefused`), or this machine cannot open the connections.
pub fn run<C: Codec>(addr: SocketAddr, options: &Bench) -> io::Result<ExitCode> {
    let mut load = Load::<C>::new(addr, options)?;
    let is_complete = load.run(Duration::from_secs(options.patience));
    load.bar.finish_and_clear();
    let stuck = if is_complete? { None } else { Some(load.tally()) };
    let elapsed = load.shared.figures.last_progress - load.shared.figures.started;
    report::print(&Outcome { addr, options, figures: &load.shared.figures, elapsed, stuck })
}

struct Load<C> {
    addr: SocketAddr,
    clients: usize,
    requests: u64,
    poll: Poll,
    /// The clients that have dialled and are not done. Their tokens are their places here.
    connections: Vec<Option<Connection<C>>>,
    /// How many clients have left, with those that were lost.
    ended: usize,
    /// When a client that has no connection dials again, the next one first.
    redials: BTreeSet<(Instant, usize)>,
    shared: Shared,
    bar: ProgressBar,
}

impl<C: Codec> Load<C> {
    fn new(addr: SocketAddr, options: &Bench) -> io::Result<Self> {
        let pipeline = options.pipeline as usize;
        let shared = Shared {
            tape: Tape::new::<C>(pipeline),
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
            redials: BTreeSet::new(),
            shared,
            bar: progress_bar(options.requests),
        })
    }

    /// Runs until every client is done or lost (true), or until nothing at all has happened for as long
    /// as `patience` (false).
    fn run(&mut self, patience: Duration) -> io::Result<bool> {
        let mut events = Events::with_capacity(1024);
        let mut next_look = Instant::now() + TICK;
        while self.ended < self.clients {
            self.dial(self.clients.min(self.connections.len() + DIALS))?;
            match self.poll.poll(&mut events, Some(self.nap())) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                polled => polled?,
            }
            for event in &events {
                self.advance(event.token().0, Some(event))?;
            }
            let now = Instant::now();
            self.dial_again(now)?;
            if now >= next_look {
                next_look = now + TICK;
                self.show();
                if now.saturating_duration_since(self.shared.figures.last_progress) > patience {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// How long to sleep if nothing happens.
    fn nap(&self) -> Duration {
        if self.connections.len() < self.clients {
            return Duration::ZERO;
        }
        let next = self.redials.first().map(|(time, _)| time.duration_since(Instant::now()));
        next.unwrap_or(TICK).min(TICK)
    }

    /// Lets clients begin, until there are `until` of them.
    fn dial(&mut self, until: usize) -> io::Result<()> {
        while self.connections.len() < until {
            let index = self.connections.len();
            let share = plan::share(self.requests, self.clients, index);
            // Clients begin at different places of the tape, each with a SET.
            let place = index * 2 * self.shared.pipeline % self.shared.tape.len();
            self.connections.push(None);
            let dialled = Connection::dial(self.addr, share, place);
            self.dialled(index, dialled)?;
        }
        Ok(())
    }

    /// Lets those clients dial again that have waited for a connection long enough.
    fn dial_again(&mut self, now: Instant) -> io::Result<()> {
        while self.redials.first().is_some_and(|(time, _)| *time <= now) {
            let Some((_, index)) = self.redials.pop_first() else { break };
            let is_connecting = |client: &mut Connection<C>| client.stage == Stage::Connecting;
            if let Some(connection) = self.connections[index].take_if(is_connecting) {
                let dialled = connection.dial_again(self.addr, &mut self.shared.figures);
                self.dialled(index, dialled)?;
            }
        }
        Ok(())
    }

    /// Goes on with a client that has just dialled. On loopback it is connected already, or its SYN
    /// was dropped.
    fn dialled(&mut self, index: usize, dialled: io::Result<Connection<C>>) -> io::Result<()> {
        let registered = dialled.and_then(|mut connection| {
            connection.register(self.poll.registry(), Token(index))?;
            Ok(connection)
        });
        match registered {
            Ok(connection) => self.connections[index] = Some(connection),
            Err(error) => return self.lose(index, self.explained(error)),
        }
        self.redials.insert((Instant::now() + plan::redial_after(index), index));
        self.advance(index, None)
    }

    /// Tells the user what to do if there are not enough file descriptors for all clients.
    fn explained(&self, error: io::Error) -> io::Error {
        if error.raw_os_error() != Some(EMFILE) {
            return error;
        }
        let enough = self.clients + 64;
        io::Error::other(format!(
            "{error}: type `ulimit -n {enough}` first, or take fewer --clients"
        ))
    }

    /// Lets one client go as far as it can.
    fn advance(&mut self, index: usize, event: Option<&Event>) -> io::Result<()> {
        let Some(Some(connection)) = self.connections.get_mut(index) else { return Ok(()) };
        let is_closing = event.is_some_and(|event| event.is_read_closed() || event.is_error());
        let is_readable = is_closing || event.is_some_and(Event::is_readable);
        match connection.advance(&mut self.shared, is_readable, is_closing) {
            Ok(false) => {}
            Ok(true) => {
                // This closes the connection: on a blocking lab, the next client's turn begins.
                self.connections[index] = None;
                self.ended += 1;
            }
            Err(error) => self.lose(index, error)?,
        }
        Ok(())
    }

    /// Gives a client up. If nobody ever got a connection, there is nothing to measure.
    fn lose(&mut self, index: usize, error: io::Error) -> io::Result<()> {
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

    /// How far the clients are.
    fn tally(&self) -> Tally {
        let at = |stage| {
            let clients = self.connections.iter().flatten();
            clients.filter(|client| client.stage == stage).count() as u64
        };
        let lost = self.shared.figures.lost.count;
        Tally {
            done: self.ended as u64 - lost,
            lost,
            served: at(Stage::Served),
            waiting: at(Stage::Waiting),
            connecting: at(Stage::Connecting),
        }
    }

    fn show(&self) {
        if !self.bar.is_hidden() {
            self.bar.set_message(self.tally().to_string());
            self.bar.set_position(self.shared.figures.answered());
        }
    }
}

/// On standard error, and only if that is a terminal.
fn progress_bar(requests: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:20} {human_pos}/{human_len} {wide_msg}");
    ProgressBar::new(requests).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
