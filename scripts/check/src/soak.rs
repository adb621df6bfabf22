//! `check soak`: keeps a server busy for minutes, with thousands of clients, rude ones among them, and
//! checks every single answer.
//!
//! - `server`: the one that is soaked. `watch`: watches it to the end. `look`: what it has and uses.
//! - `crowd`: thousands of connections on one thread, each a `guest`. What they write and what
//!   a read has to find is in the `ledger`; `audit` reads it all at the end.
//! - `quiet`, `flood`, `slow`, `hostile`: clients that have a thread each, and a `line` to the server.
//! - `book`: what all of them count. `progress`, `outcome`, `report`: how it is told.
//!
//! What clients do is drawn by lot from the seed. When they do it depends on the server and the machine, so
//! the same seed makes the same choices and not the same run.

mod audit;
mod book;
mod crowd;
mod flood;
mod guest;
mod hostile;
mod ledger;
mod line;
mod look;
mod outcome;
mod progress;
mod quiet;
mod report;
mod server;
mod slow;
mod watch;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, PoisonError};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use fastrand::Rng;
use hdrhistogram::Histogram;

use self::book::{Book, Tally};
use self::line::End;
use self::look::Look;
use self::outcome::{Looks, Outcome};
use self::quiet::Times;
use self::server::Server;
use crate::error::Error;

const FLOODS: u64 = 2;
const SLOW_READERS: u64 = 4;
/// All clients besides the crowd: those two, a quiet one, a hostile one.
const CHARACTERS: usize = 8;
/// Descriptors that are not connections, on either side: files, polls, the listening socket.
const OTHER_FILES: u64 = 64;
/// Longest time that is told exactly, in nanoseconds: an hour.
const LONGEST: u64 = 3_600_000_000_000;

/// Keeps a server busy with thousands of clients, rude ones among them, and checks what it answers.
///
/// Every key that was set has to be readable until it expires, and not after; memory and descriptors have
/// to stay flat; nobody may be let down. Exit code: 0 all is well, 1 something is wrong, 2 it could not be done.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The server to start: a lab, or redis-server
    #[arg(required_unless_present = "against")]
    program: Option<PathBuf>,
    /// A server that runs already, and is empty (keys that begin with soak: are used)
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "program")]
    against: Option<String>,
    /// For how long
    #[arg(long, value_name = "N", default_value_t = 10.0, value_parser = minutes)]
    minutes: f64,
    /// How many connections to hold at once, at most
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(50..=10_000))]
    clients: u16,
    /// What the random choices begin with [default: another each time]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// End at the first wrong answer, or when the first client is let down
    #[arg(long)]
    fail_fast: bool,
    /// Also write the figures into this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn minutes(word: &str) -> Result<f64, String> {
    let number = word.parse().ok().filter(|number| (0.01..=10_000.0).contains(number));
    number.ok_or_else(|| "a number of minutes, from 0.01 to 10000".to_owned())
}

/// Soaks a server, and says what was found.
///
/// # Errors
/// When the server cannot be started or reached, or this machine cannot hold so many connections.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let book = Arc::new(Book::new(args.fail_fast));
    let on_signal = Arc::clone(&book);
    kit::signals::on_signal(move || on_signal.stop())?;
    let clients = allowed(args.clients.into());
    let server = match (&args.against, &args.program) {
        (Some(addr), _) => Server::running(server::address(addr)?)?,
        (None, program) => Server::start(&program.clone().unwrap_or_default())?,
    };
    let seed = args.seed.unwrap_or_else(|| Rng::new().u64(..1_000_000));
    eprintln!(
        "{} on {}: {clients} connections, seed {seed}; Ctrl-C ends it",
        server.name, server.addr
    );
    let outcome = soak(server, clients, seed, Duration::from_secs_f64(60.0 * args.minutes), &book)?;
    if let Tally { first: Some(first), .. } = &outcome.troubles.unable {
        return Err(Error::Unable(first.clone()));
    }
    if let Some(file) = &args.json {
        fs::write(file, format!("{:#}\n", report::json(&outcome)))?;
    }
    report::write(&outcome, &mut io::stdout().lock())?;
    Ok(if outcome.problems().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How many connections this machine allows, of those that are wanted.
fn allowed(wanted: u64) -> usize {
    let limit = server::raise_file_limit();
    let allowed = wanted.min(limit.saturating_sub(OTHER_FILES));
    if allowed < wanted {
        eprintln!(
            "This shell allows {limit} open files (ulimit -Hn), so {allowed} connections and not {wanted}."
        );
    }
    usize::try_from(allowed).unwrap_or(usize::MAX)
}

/// Looks at the server before the first client. The server opens some files only after it has said that it
/// listens. So one client gets a reply first, and its descriptor is not counted.
fn first_look(server: &Server) -> Option<Look> {
    let mut client = TcpStream::connect(server.addr).ok()?;
    client.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    client.write_all(b"*1\r\n$4\r\nPING\r\n").ok()?;
    client.read_exact(&mut [0; 7]).ok()?;
    let look = Look::at(server.pid?)?;
    Some(Look { descriptors: look.descriptors.saturating_sub(1), ..look })
}

fn soak(
    mut server: Server,
    clients: usize,
    seed: u64,
    time: Duration,
    book: &Arc<Book>,
) -> Result<Outcome, Error> {
    let times = Histogram::new_with_bounds(1, LONGEST, 3).map_err(io::Error::other)?;
    let times = Times::new(times);
    let mut looks = Looks { start: first_look(&server), ..Looks::default() };
    let started = Instant::now();
    let mut death = thread::scope(|scope| {
        start(scope, &server, clients, seed, &times, book);
        let death = watch::until(&mut server, started + time, &mut looks, book);
        book.stop();
        death
    });
    let elapsed = started.elapsed();
    if death.is_none() {
        looks.end = watch::farewell(&server, looks.start);
        death = server.death();
    }
    let death = death.map(|how| (how, server.last_lines()));
    let (name, addr) = (server.name.clone(), server.addr);
    let bad_end = server.stop().filter(|_| death.is_none());
    let quiet = times.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (counts, troubles) = (book.counts(), book.troubles());
    Ok(Outcome {
        name,
        addr,
        seed,
        elapsed,
        clients,
        counts,
        troubles,
        death,
        looks,
        bad_end,
        quiet,
    })
}

/// What a client does, with its share of the random choices.
type Life<'a> = Box<dyn FnOnce(&mut Rng) -> Result<(), End> + Send + 'a>;

/// Starts all clients.
fn start<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    server: &Server,
    clients: usize,
    seed: u64,
    times: &'env Times,
    book: &'env Book,
) {
    let (addr, mut seeds) = (server.addr, Rng::with_seed(seed));
    let mut client = |live: Life<'env>| {
        let mut rng = seeds.fork();
        scope.spawn(move || {
            if let Err(End::Trouble(trouble)) = live(&mut rng) {
                book.report(trouble);
            }
        });
    };
    // A server that closes a connection counts it until it has seen the end: others are here already.
    let crowd = clients - CHARACTERS - clients / 100;
    client(Box::new(move |rng| crowd::run(addr, crowd, rng.fork(), book)));
    client(Box::new(move |_| quiet::run(addr, times, book)));
    client(Box::new(move |rng| hostile::run(addr, rng, book)));
    for number in 0..FLOODS {
        client(Box::new(move |rng| flood::run(addr, number, rng, book)));
    }
    for number in 0..SLOW_READERS {
        client(Box::new(move |rng| slow::run(addr, number, rng, book)));
    }
}
