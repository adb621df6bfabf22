//! One step, judged: a server of its own, the clients of the step, and all that must hold afterwards.

use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use harness::labs::Lab;
use harness::processes;
use harness::scenario::{Failed, Failure, FailureKind, Happened, Words, play};
use harness::snapshot::Snapshot;
use tempfile::NamedTempFile;

use crate::course::Step;
use crate::pulse::Pulse;
use crate::rules::{Judged, Rule, Trace, Verdict};
use crate::sandbox::{Limit, User};
use crate::server::{Conditions, LOOK, Server, Start, StartError, longer};

/// How long a server may take to close the connection of a client that has left.
const CLOSES: Duration = Duration::from_secs(3);
/// A server that has nothing more to do falls asleep within this time.
const SETTLES: Duration = Duration::from_secs(1);
/// Above this lateness of the grader itself, a reply that has not come says nothing about a server.
const BUSY: Duration = Duration::from_millis(500);
/// A server that does not start says nothing either, where so many threads want to run on each processor.
const LOAD: f32 = 10.0;
/// On such a machine, clients are so much more patient.
const MORE_PATIENCE: u32 = 4;

/// What came of a step.
#[derive(Debug)]
pub enum Outcome {
    /// It works.
    Passed,
    /// It does not.
    Failed(Box<Wrong>),
    /// It cannot be judged, and why.
    Unknown(String),
}

/// What is wrong, and what was seen of it.
#[derive(Debug)]
pub struct Wrong {
    /// What the clients have done up to then.
    pub happened: Vec<Happened>,
    /// What.
    pub what: Problem,
}

/// What is wrong.
#[derive(Debug)]
pub enum Problem {
    /// The server cannot be started, or not again.
    Start(StartError),
    /// A client could not go on.
    Client(Box<Stopped>),
    /// The server has ended, although all clients are content.
    Ended(String, Vec<String>),
    /// It keeps connections of clients that have left.
    Unclosed(usize),
    /// It has taken too much memory: how much, and how much it may take, in MiB.
    Memory(u64, u64),
    /// It has exceeded a limit, and was ended.
    Limit(Limit),
    /// A rule about system calls is broken.
    Rule(Rule, Judged),
}

/// A client that could not go on.
#[derive(Debug)]
pub struct Stopped {
    /// Which.
    pub client: String,
    /// Why.
    pub failure: Failure,
    /// What the server did at that moment; `None` if it could not be seen.
    pub snapshot: Option<Snapshot>,
    /// How the server has ended, if it has, and its last lines.
    pub ended: Option<(String, Vec<String>)>,
    /// Its last lines, if it has not ended.
    pub said: Vec<String>,
}

/// How steps are judged.
#[derive(Debug, Clone)]
pub struct Judge {
    /// The lab.
    pub lab: Lab,
    /// How its server is started.
    pub start: Start,
    /// From which all words of a step follow.
    pub seed: u64,
    /// Whether system calls are judged too.
    pub traces: bool,
    /// As whom the server runs.
    pub user: User,
}

impl Judge {
    /// Judges a step. Where the machine is so busy that a reply may only be late, it is judged once more, with more patience.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn judge(&self, step: &Step) -> io::Result<Outcome> {
        let (outcome, busy) = self.judge_once(step, step.patience())?;
        if why_late(&outcome, busy).is_none() {
            return Ok(outcome);
        }
        let (outcome, busy) = self.judge_once(step, step.patience() * MORE_PATIENCE)?;
        let why = why_late(&outcome, busy);
        Ok(why.map_or(outcome, Outcome::Unknown))
    }

    fn judge_once(&self, step: &Step, patience: Duration) -> io::Result<(Outcome, Duration)> {
        let log = NamedTempFile::new()?;
        let is_traced = self.traces && step.needs_trace();
        if step.is_hostile() && !is_traced {
            let why = "Only strace can make calls fail, and strace does not run.";
            return Ok((Outcome::Unknown(why.to_owned()), Duration::ZERO));
        }
        let conditions = Conditions {
            trace: is_traced.then(|| log.path()),
            inject: step.inject.as_deref(),
            open_files: step.open_files,
            port: None,
            user: self.user,
            options: &step.options,
        };
        let pulse = Pulse::start();
        let mut happened = Vec::new();
        let ended = self.run(step, (patience, conditions), &mut happened);
        let busy = pulse.stop();
        let log = fs::read(log.path())?;
        if step.is_hostile() && !was_injected(&log) {
            let why = "The server does not make this call, so nothing was injected.";
            return Ok((Outcome::Unknown(why.to_owned()), Duration::ZERO));
        }
        let problem = match ended {
            Err(problem) => Some(problem),
            Ok(main_thread) if is_traced => {
                let events: Vec<_> = happened.iter().filter_map(Happened::event).collect();
                let trace = Trace { log: &log, clients: &events, main_thread, pulse: busy };
                match judge_rules(&step.rules, &trace) {
                    Ok(problem) => problem,
                    Err(why) => return Ok((Outcome::Unknown(why), Duration::ZERO)),
                }
            }
            Ok(_) => None,
        };
        let failed = |what| Outcome::Failed(Box::new(Wrong { happened, what }));
        Ok((problem.map_or(Outcome::Passed, failed), busy))
    }

    /// Runs the server and the clients, and returns the process of the server, which has ended.
    fn run(
        &self,
        step: &Step,
        (patience, conditions): (Duration, Conditions<'_>),
        happened: &mut Vec<Happened>,
    ) -> Result<i32, Problem> {
        let mut server = Server::start(&self.start, conditions).map_err(Problem::Start)?;
        let (pid, addr) = (server.process.pid(), server.addr);
        let mut words = Words::new(self.seed);
        let mut clients: Vec<_> =
            step.clients.iter().map(|client| client.clone().filled(&mut words)).collect();
        for client in clients.iter_mut().filter(|client| client.second_port) {
            client.server = server.second;
        }
        let look = |_: &Failure| Snapshot::take(&server.process, addr.port());
        let failed;
        (*happened, failed) = play(&clients, (addr, self.lab.protocol), patience, look);
        if let Some(limit) = server.exceeded() {
            return Err(Problem::Limit(limit));
        }
        if let Some(failed) = failed {
            if matches!(failed.failure.kind, FailureKind::Closed | FailureKind::Refused) {
                // Its connections end shortly before a process has ended.
                server.settle(SETTLES);
            }
            let ended = server.ended();
            let Failed { client, failure, seen: snapshot } = failed;
            let said = if ended.is_some() { Vec::new() } else { server.said() };
            let stopped = Stopped { client, failure, snapshot, ended, said };
            return Err(Problem::Client(Box::new(stopped)));
        }
        after(step, &mut server)?;
        server.stop();
        if step.restarts {
            let (port, user) = (Some(addr.port()), self.user);
            let conditions = Conditions { port, user, ..Conditions::default() };
            Server::start(&self.start, conditions).map_err(Problem::Start)?.stop();
        }
        Ok(pid)
    }
}

/// Why a step that fails might not on a machine that is less busy, if that is so.
fn why_late(outcome: &Outcome, late: Duration) -> Option<String> {
    let Outcome::Failed(wrong) = outcome else { return None };
    match wrong.what {
        // A server that has exceeded a limit may have made the machine busy.
        Problem::Limit(limit) | Problem::Start(StartError::Exceeded(limit))
            if limit != Limit::Time =>
        {
            None
        }
        // Many programs may have to run before a server listens. Each of them waits for its turn, while a thread that sleeps
        // wakes up in time.
        Problem::Start(StartError::NotReady { late: true, .. }) => {
            slept_too_long(late).or_else(too_many_threads)
        }
        _ => slept_too_long(late),
    }
}

fn slept_too_long(late: Duration) -> Option<String> {
    (late >= BUSY).then(|| {
        let late = late.as_millis();
        format!("The machine is too busy: the grader itself woke up {late} ms too late.")
    })
}

fn too_many_threads() -> Option<String> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let processors = u16::try_from(processors).unwrap_or(u16::MAX);
    let load = processes::load()?;
    (load > LOAD * f32::from(processors)).then(|| {
        format!(
            "The machine is too busy: {load:.0} threads want to run on {processors} processors."
        )
    })
}

/// Whether a log of strace shows that a call was made to fail, or was delayed.
fn was_injected(log: &[u8]) -> bool {
    let has = |word: &[u8]| log.windows(word.len()).any(|part| part == word);
    has(b"(INJECTED)") || has(b"(DELAYED)")
}

/// What must hold when all clients are content.
fn after(step: &Step, server: &mut Server) -> Result<(), Problem> {
    if !step.only_replies {
        server.settle(SETTLES);
        let ended = server.ended();
        if let Some(limit) = server.exceeded() {
            return Err(Problem::Limit(limit));
        }
        if let Some((status, said)) = ended {
            return Err(Problem::Ended(status, said));
        }
    }
    if let (Some(most), Some(bytes)) = (step.memory_mib, server.peak_memory()) {
        let took = bytes / (1024 * 1024);
        if took > most {
            return Err(Problem::Memory(took, most));
        }
    }
    if step.only_replies || step.closes_later {
        return Ok(());
    }
    let (deadline, mut look) = (Instant::now() + CLOSES, LOOK);
    loop {
        match server.unclosed() {
            0 => return Ok(()),
            unclosed if Instant::now() > deadline => return Err(Problem::Unclosed(unclosed)),
            _ => thread::sleep(look),
        }
        look = longer(look);
    }
}

/// The first rule that is broken; or else why one cannot be judged.
fn judge_rules(rules: &[Rule], trace: &Trace<'_>) -> Result<Option<Problem>, String> {
    let mut unknown = None;
    for rule in rules {
        let judged = rule.judge(trace);
        match judged.verdict {
            Verdict::Holds => {}
            Verdict::Broken => return Ok(Some(Problem::Rule(*rule, judged))),
            Verdict::Unknown(why) => _ = unknown.get_or_insert(why),
        }
    }
    unknown.map_or(Ok(None), Err)
}
