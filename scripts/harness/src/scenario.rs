//! Scenarios: what scripted clients do with a server. They are data (`scenario/scenarios.toml`). Each client keeps
//! a log of its own, because a trace of the server does not see a client that nobody has accepted yet.

use std::fmt;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::Deserialize;

use trace::client_log::ClientEvent;
use trace::protocol::Protocol;

mod barrier;
pub mod conversation;
mod scripted_client;
pub mod text;

use barrier::Barrier;
use scripted_client::ScriptedClient;

const SCENARIOS: &str = include_str!("scenario/scenarios.toml");

/// How long a client tries, if its scenario does not say.
const PATIENCE_MS: u64 = 10_000;

/// Some clients, and what each of them does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called on the command line.
    pub name: String,
    /// What happens in it, in a sentence.
    pub about: String,
    #[serde(rename = "client")]
    clients: Vec<Client>,
}

impl Scenario {
    /// The same, slower: with a pause after each connect and each reply, and a longer one between the pieces of a command.
    #[must_use]
    pub fn with_pauses(&self, pause_ms: u64) -> Self {
        let mut scenario = self.clone();
        for client in &mut scenario.clients {
            let steps = std::mem::take(&mut client.steps).into_iter();
            client.steps = steps.flat_map(|step| with_pause(step, pause_ms)).collect();
        }
        scenario
    }
}

fn with_pause(step: Step, pause_ms: u64) -> Vec<Step> {
    match step {
        Step::Connect | Step::Expect(_) | Step::Replies(_) => {
            vec![step, Step::PauseMs(pause_ms)]
        }
        Step::Split { pieces, pause_ms: own, command } => {
            vec![Step::Split { pieces, pause_ms: own + pause_ms, command }]
        }
        _ => vec![step],
    }
}

/// What a client, or several of the same kind, do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    name: String,
    #[serde(default = "one")]
    count: u32,
    #[serde(default = "patience")]
    patience_ms: u64,
    steps: Vec<Step>,
}

fn one() -> u32 {
    1
}

fn patience() -> u64 {
    PATIENCE_MS
}

impl Client {
    /// The names of all clients of this kind.
    fn names(&self) -> impl Iterator<Item = String> {
        (1..=self.count).map(|number| match self.count {
            1 => self.name.clone(),
            _ => format!("{}{number}", self.name),
        })
    }
}

/// One thing that a client does. `scenarios.toml` says what each means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    Connect,
    Send(String),
    Pipeline { count: usize, command: String },
    Split { pieces: usize, pause_ms: u64, command: String },
    Expect(String),
    Replies(usize),
    PauseMs(u64),
    Signal(String),
    WaitFor(String),
    Close,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => write!(f, "connect"),
            Self::Send(command) => write!(f, "send {command}"),
            Self::Pipeline { count, command } => write!(f, "send {count} times {command}"),
            Self::Split { command, .. } => write!(f, "split {command}"),
            Self::Expect(reply) => write!(f, "expect {reply}"),
            Self::Replies(count) => write!(f, "replies {count}"),
            Self::PauseMs(_) => write!(f, "pause"),
            Self::Signal(name) => write!(f, "signal {name}"),
            Self::WaitFor(name) => write!(f, "wait for {name}"),
            Self::Close => write!(f, "close"),
        }
    }
}

/// Why there is no such scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file is not as it should be.
    #[error("scenarios.toml cannot be read: {0}")]
    File(#[from] toml::de::Error),
    /// There is no scenario of that name.
    #[error("there is no scenario '{name}': take one of {}", .known.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
}

/// All scenarios.
///
/// # Errors
/// If `scenarios.toml` is not as it should be.
pub fn all() -> Result<Vec<Scenario>, ScenarioError> {
    #[derive(Deserialize)]
    struct File {
        scenario: Vec<Scenario>,
    }
    Ok(toml::from_str::<File>(SCENARIOS)?.scenario)
}

/// The scenario of this name.
///
/// # Errors
/// If there is none.
pub fn find(name: &str) -> Result<Scenario, ScenarioError> {
    let all = all()?;
    let known = all.iter().map(|scenario| scenario.name.clone()).collect();
    let unknown = ScenarioError::Unknown { name: name.to_owned(), known };
    all.into_iter().find(|scenario| scenario.name == name).ok_or(unknown)
}

/// Lets all clients of a scenario talk to the server at `server`, each on a thread of its own. Returns what they
/// have done and seen, in the order of time. It ends by itself, even if nobody answers: the clients give up.
#[must_use]
pub fn run(scenario: &Scenario, server: SocketAddr, protocol: Protocol) -> Vec<ClientEvent> {
    let barrier = Barrier::default();
    let (log, events) = mpsc::channel();
    thread::scope(|scope| {
        for client in &scenario.clients {
            for name in client.names() {
                let patience = Duration::from_millis(client.patience_ms);
                let scripted =
                    ScriptedClient::new(name, (server, protocol), patience, &barrier, log.clone());
                scope.spawn(|| scripted.run(&client.steps));
            }
        }
    });
    drop(log);
    let mut events: Vec<ClientEvent> = events.into_iter().collect();
    events.sort_by_key(|event| event.at_us);
    events
}

#[cfg(test)]
mod tests;
