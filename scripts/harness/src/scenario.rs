//! Scenarios: what scripted clients do with a server. They are data (`scenario/scenarios.toml`). Each client keeps
//! a log of its own, because a trace of the server does not see a client that nobody has accepted yet.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use trace::client_log::ClientEvent;
use trace::protocol::Protocol;

mod action;
mod barrier;
pub mod conversation;
mod happened;
mod notation;
mod reply;
mod scripted_client;
pub mod text;

pub use action::Action;
pub use happened::{Bytes, Failure, FailureKind, Happened, What};
pub use notation::{Words, bytes_of};
pub use reply::Reply;

use barrier::Barrier;
use scripted_client::ScriptedClient;

const SCENARIOS: &str = include_str!("scenario/scenarios.toml");

/// How long each action of a client may take, if nobody says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);

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
            let actions = std::mem::take(&mut client.actions).into_iter();
            client.actions = actions.flat_map(|action| with_pause(action, pause_ms)).collect();
        }
        scenario
    }
}

fn with_pause(action: Action, pause_ms: u64) -> Vec<Action> {
    match action {
        Action::Connect | Action::Expect(_) | Action::Replies(_) => {
            vec![action, Action::PauseMs(pause_ms)]
        }
        Action::Split { pieces, pause_ms: own, command } => {
            vec![Action::Split { pieces, pause_ms: own + pause_ms, command }]
        }
        _ => vec![action],
    }
}

/// The names of what clients do, as a file calls them, each once.
#[must_use]
pub fn actions_of(clients: &[Client]) -> BTreeSet<&'static str> {
    actions(clients).map(Action::name).collect()
}

/// The names of the commands that clients send, in capital letters, each once.
#[must_use]
pub fn commands_of(clients: &[Client]) -> BTreeSet<String> {
    actions(clients).filter_map(Action::command).map(str::to_ascii_uppercase).collect()
}

fn actions(clients: &[Client]) -> impl Iterator<Item = &Action> {
    clients.iter().flat_map(|client| &client.actions).flat_map(Action::flat)
}

/// A name that a client waits for, and that none signals: it would wait in vain.
#[must_use]
pub fn awaited_in_vain(clients: &[Client]) -> Option<&str> {
    actions(clients).find_map(|action| match action {
        Action::WaitFor(name) => {
            let is_signal = |other: &Action| matches!(other, Action::Signal(it) if it == name);
            (!actions(clients).any(is_signal)).then_some(name.as_str())
        }
        _ => None,
    })
}

/// What a client, or several of the same kind, do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its name; with a number behind it, if there are several.
    pub name: String,
    #[serde(default = "one")]
    count: u32,
    /// Whether it connects to the second port of the server.
    #[serde(default)]
    pub second_port: bool,
    /// The address that it connects to, if it is not that of all clients.
    #[serde(skip)]
    pub server: Option<SocketAddr>,
    actions: Vec<Action>,
}

fn one() -> u32 {
    1
}

impl Client {
    /// The same, with the words of this run.
    #[must_use]
    pub fn filled(self, words: &mut Words) -> Self {
        let mut fill = |text: &str| words.fill(text);
        let actions = self.actions.into_iter().map(|action| action.map(&mut fill)).collect();
        Self { actions, ..self }
    }

    /// The names of all clients of this kind.
    fn names(&self) -> impl Iterator<Item = String> {
        (1..=self.count).map(|number| match self.count {
            1 => self.name.clone(),
            _ => format!("{}{number}", self.name),
        })
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
    let (happened, _) = play(&scenario.clients, (server, protocol), PATIENCE, |_| ());
    happened.iter().filter_map(Happened::event).collect()
}

/// The first client that could not go on.
#[derive(Debug)]
pub struct Failed<T> {
    /// Its name.
    pub client: String,
    /// What was wrong.
    pub failure: Failure,
    /// What there was to see at that moment.
    pub seen: T,
}

/// Lets clients talk to a server. When the first of them fails, `look` may look at the server before the connections
/// are closed; what it has seen is returned.
pub fn play<T: Send>(
    clients: &[Client],
    (server, protocol): (SocketAddr, Protocol),
    patience: Duration,
    look: impl Fn(&Failure) -> T + Sync,
) -> (Vec<Happened>, Option<Failed<T>>) {
    let (barrier, seen) = (Barrier::default(), Mutex::new(None));
    let at_failure = |client: &str, failure: &Failure| {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (client, failed) = (client.to_owned(), failure.clone());
        seen.get_or_insert_with(|| Failed { client, failure: failed, seen: look(failure) });
    };
    let (log, happened) = mpsc::channel();
    thread::scope(|scope| {
        for client in clients {
            for name in client.names() {
                let scripted = ScriptedClient {
                    name,
                    server: client.server.unwrap_or(server),
                    protocol,
                    patience,
                    barrier: &barrier,
                    log: log.clone(),
                    at_failure: &at_failure,
                };
                scope.spawn(move || scripted.run(&client.actions));
            }
        }
    });
    drop(log);
    let mut happened: Vec<Happened> = happened.into_iter().collect();
    happened.sort_by_key(|one| one.at_us);
    (happened, seen.into_inner().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests;
