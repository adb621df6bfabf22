//! `check soak`: keeps a server busy for minutes with thousands of clients, hostile ones among them, and checks
//! every reply.
//!
//! - `server`: the server that is soaked. `monitor`: watches it. `snapshot`: what it uses.
//! - `pool`: thousands of clients that set and read keys. The `oracle` knows what they have to read.
//! - `probe`, `flood`, `slow_reader`, `hostile`: the other clients. `connection`: to the server.
//! - `counters`: what all clients count. `outcome`: the verdict. `report`: the table and the JSON.
//!
//! The seed decides what the clients do. When they do it depends on the server and the machine. So the same seed
//! makes the same choices, but not the same run.

mod connection;
mod counters;
mod flood;
mod hostile;
mod monitor;
mod oracle;
mod outcome;
mod pool;
mod probe;
mod report;
mod server;
mod slow_reader;
mod snapshot;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use fastrand::Rng;

use self::connection::Connection;
use self::counters::{Counters, End};
use self::outcome::Outcome;
use self::server::Server;
use self::snapshot::{Snapshot, Snapshots};
use crate::{Error, help};

const FLOODS: u64 = 2;
const SLOW_READERS: u64 = 4;
/// The clients besides the pool: these two kinds, the probe and the hostile client.
const CLIENTS_WITH_A_THREAD: u32 = 8;
/// Each side needs this many descriptors besides the connections: files, epoll, the listening socket.
const OTHER_FILES: u64 = 64;

/// Keeps a server busy with many clients, and checks every reply.
///
/// There are thousands of clients, some of them hostile. A key that was set must
/// be readable until it expires, and not after. Memory and descriptors must not
/// grow. No connection may be lost.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, after_help = help::SOAK)]
pub struct Args {
    /// The server to start: a lab, or redis-server
    #[arg(required_unless_present = "against")]
    program: Option<PathBuf>,
    /// A server that runs already and is empty (keys begin with soak:)
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "program", value_parser = address)]
    against: Option<SocketAddr>,
    /// How long
    #[arg(long, value_name = "N", default_value_t = 10.0, value_parser = minutes)]
    minutes: f64,
    /// How many connections to hold at once, at most
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(50..=10_000))]
    clients: u32,
    /// The start of the random choices [default: another one each time]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Stop at the first wrong answer or lost connection
    #[arg(long)]
    fail_fast: bool,
    /// Also write the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn minutes(text: &str) -> Result<f64, &'static str> {
    let minutes = text.parse().ok().filter(|minutes| (0.01..=10_000.0).contains(minutes));
    minutes.ok_or("a number of minutes, from 0.01 to 10000")
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let (host, port) = text.rsplit_once(':').unwrap_or((text, "6379"));
    let port = port.parse().map_err(|_| format!("'{port}' is not a port"))?;
    kit::port::resolve(host, port).map_err(|error| error.to_string())
}

/// Soaks a server, and reports what was found.
///
/// # Errors
/// If the server cannot be started or reached, or this machine cannot open enough connections.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let counters = Arc::new(Counters::new(args.fail_fast)?);
    let on_signal = Arc::clone(&counters);
    kit::signals::on_signal(move || on_signal.stop())?;
    let clients = allowed(args.clients)?;
    let server = match (args.against, &args.program) {
        (Some(addr), _) => Server::running(addr)?,
        (None, program) => Server::start(&program.clone().unwrap_or_default())?,
    };
    let seed = args.seed.unwrap_or_else(|| Rng::new().u64(..1_000_000));
    let (name, addr) = (&server.name, server.addr);
    eprintln!("{name} on {addr}: {clients} connections, seed {seed}; Ctrl-C ends it");
    let time = Duration::from_secs_f64(60.0 * args.minutes);
    let outcome = soak(server, clients, seed, time, &counters);
    if let Some(text) = counters.unable.get() {
        return Err(text.as_str().into());
    }
    if let Some(file) = &args.json {
        fs::write(file, format!("{:#}\n", report::json(&outcome)))?;
    }
    report::write(&outcome, &mut io::stdout().lock())?;
    Ok(if outcome.problems().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Raises the limit of open files, also for the server. Returns how many of these connections it allows.
fn allowed(wanted: u32) -> io::Result<u32> {
    let limit = rlimit::increase_nofile_limit(u64::MAX)?;
    let allowed =
        u32::try_from(limit.saturating_sub(OTHER_FILES)).map_or(wanted, |fit| fit.min(wanted));
    if allowed < wanted {
        eprintln!(
            "This shell allows {limit} open files (ulimit -Hn).\n\
             So the soak holds {allowed} connections and not {wanted}."
        );
    }
    Ok(allowed)
}

fn soak(
    mut server: Server,
    clients: u32,
    seed: u64,
    time: Duration,
    counters: &Counters,
) -> Outcome<'_> {
    let mut snapshots =
        Snapshots { before: first_snapshot(&server, counters), ..Snapshots::default() };
    let started = Instant::now();
    let mut death = thread::scope(|scope| {
        start_clients(scope, server.addr, clients, seed, counters);
        let death = monitor::watch(&mut server, started + time, &mut snapshots, counters);
        counters.stop();
        death
    });
    let elapsed = started.elapsed();
    if death.is_none() {
        snapshots.after = monitor::wait_until_closed(&server, snapshots.before);
        death = server.death();
    }
    let last_lines = if death.is_some() { server.last_lines() } else { Vec::new() };
    Outcome {
        name: server.name.clone(),
        addr: server.addr,
        seed,
        elapsed,
        clients: clients as usize,
        counters,
        death,
        last_lines,
        snapshots,
        bad_end: server.stop(),
    }
}

/// A snapshot before the first client. A server opens some files only after its ready line. So one client gets a
/// reply first, and its descriptor does not count.
fn first_snapshot(server: &Server, counters: &Counters) -> Option<Snapshot> {
    let mut client = Connection::open(server.addr, counters).ok()?;
    client.send(probe::PING).ok()?;
    client.reply().ok()?;
    let snapshot = Snapshot::of(server.pid?)?;
    Some(Snapshot { descriptors: snapshot.descriptors.saturating_sub(1), ..snapshot })
}

/// What a client does with its own random choices.
type Client<'a> = Box<dyn FnOnce(&mut Rng) -> Result<(), End> + Send + 'a>;

fn start_clients<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    addr: SocketAddr,
    clients: u32,
    seed: u64,
    counters: &'env Counters,
) {
    let mut seeds = Rng::with_seed(seed);
    let mut start = |client: Client<'env>| {
        let mut rng = seeds.fork();
        scope.spawn(move || client(&mut rng).unwrap_or_else(|end| counters.report(end)));
    };
    // One in a hundred is left out: a server still counts a closed connection when the next one is there already.
    let pool = clients.saturating_sub(CLIENTS_WITH_A_THREAD + clients / 100);
    start(Box::new(move |rng| pool::run(addr, pool, rng, counters)));
    start(Box::new(move |_| probe::run(addr, counters)));
    start(Box::new(move |rng| hostile::run(addr, rng, counters)));
    for number in 0..FLOODS {
        start(Box::new(move |rng| flood::run(addr, number, rng, counters)));
    }
    for number in 0..SLOW_READERS {
        start(Box::new(move |rng| slow_reader::run(addr, number, rng, counters)));
    }
}
