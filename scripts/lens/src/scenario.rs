//! Scenarios: what scripted clients do with a server. They are data (`scenario/scenarios.toml`), and
//! each client keeps a record of its own, because a trace of the server does not see a client that
//! nobody has accepted yet.

use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

mod actor;
mod meeting;
mod run;
pub(crate) mod wire;

pub use run::run;

const SCENARIOS: &str = include_str!("scenario/scenarios.toml");

/// How long a client tries, if its scenario does not say.
const PATIENCE: Duration = Duration::from_secs(10);

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

/// What a client, or several of the same kind, do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    name: String,
    #[serde(default = "one")]
    count: u32,
    patience_ms: Option<u64>,
    steps: Vec<Step>,
}

fn one() -> u32 {
    1
}

impl Client {
    fn patience(&self) -> Duration {
        self.patience_ms.map_or(PATIENCE, Duration::from_millis)
    }

    /// The names of all clients of this kind.
    fn names(&self) -> impl Iterator<Item = String> {
        (1..=self.count).map(|number| match self.count {
            1 => self.name.clone(),
            _ => format!("{}{number}", self.name),
        })
    }
}

/// One thing that a client does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum Step {
    Connect,
    /// Sends so many commands in one write.
    Send {
        count: usize,
        words: String,
    },
    Split {
        pieces: usize,
        apart: Duration,
        words: String,
    },
    Expect(String),
    Replies(usize),
    Pause(Duration),
    Tell(String),
    Await(String),
    Close,
}

/// A line of the scenarios that nobody can follow.
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

/// A step that is none.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is no step of a scenario")]
struct BadStep(String);

impl TryFrom<String> for Step {
    type Error = BadStep;

    fn try_from(text: String) -> Result<Self, BadStep> {
        text.parse().map_err(|()| BadStep(text))
    }
}

impl FromStr for Step {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        let rest = rest.trim();
        let millis = |text: &str| text.parse().map(Duration::from_millis).map_err(drop);
        match (verb, rest.is_empty()) {
            ("connect", true) => Ok(Self::Connect),
            ("close", true) => Ok(Self::Close),
            ("send", false) => Ok(Self::Send { count: 1, words: rest.to_owned() }),
            ("pipeline", false) => {
                let (count, words) = rest.split_once(' ').ok_or(())?;
                Ok(Self::Send { count: count.parse().map_err(drop)?, words: words.to_owned() })
            }
            ("split", false) => {
                let (pieces, rest) = rest.split_once(' ').ok_or(())?;
                let (apart, words) = rest.split_once(' ').ok_or(())?;
                let (pieces, apart) = (pieces.parse().map_err(drop)?, millis(apart)?);
                Ok(Self::Split { pieces, apart, words: words.to_owned() })
            }
            ("expect", false) => Ok(Self::Expect(rest.to_owned())),
            ("replies", false) => rest.parse().map(Self::Replies).map_err(drop),
            ("pause", false) => millis(rest).map(Self::Pause),
            ("tell", false) => Ok(Self::Tell(rest.to_owned())),
            ("await", false) => Ok(Self::Await(rest.to_owned())),
            _ => Err(()),
        }
    }
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

#[cfg(test)]
mod tests;
