//! What the server did with some scenarios, each call with the line that made it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use harness::labs::Lab;
use harness::scenario;
use lens::record::{self, record};
use lens::view::{Recorded, ServerCall};
use trace::client_log::{ClientEvent, EventKind};

use super::MineError;
use super::subject::Subject;

/// The scenarios that the questions are about.
pub const SCENARIOS: [&str; 4] = ["two-clients", "pipeline", "split", "slow-reader"];

/// With stacks, a server is so slow that it could read two pieces of a command in one call. So they come so much later.
const SETTLE_MS: u64 = 150;

/// The recordings of a server.
#[derive(Debug, Clone)]
pub struct Runs {
    /// The server.
    pub lab: Lab,
    runs: BTreeMap<String, Run>,
}

/// A recording.
#[derive(Debug, Clone)]
pub struct Run(pub Recorded);

impl Runs {
    /// Records all scenarios, each into a folder below this one.
    ///
    /// # Errors
    /// If a scenario cannot be recorded, or if the server does not do what its clients expect.
    pub fn record(subject: &Subject, folder: &Path) -> Result<Self, MineError> {
        let mut all = Self { lab: subject.lab, runs: BTreeMap::new() };
        for name in SCENARIOS {
            let scenario = scenario::find(name)?;
            let scenario = if name == "split" { scenario.with_pauses(SETTLE_MS) } else { scenario };
            let options = record::Options {
                lab: subject.lab,
                scenario,
                out: folder.join(name),
                port: 0,
                binary: Some(subject.binary.clone()),
                options: Vec::new(),
                runs: record::Runs::Single,
            };
            let mut recording = record(&options, &mut io::sink())?;
            if expect_success(&recording.events, (name, subject.lab)).is_err() {
                // The machine may have been busy with something else.
                recording = record(&options, &mut io::sink())?;
                expect_success(&recording.events, (name, subject.lab))?;
            }
            all.runs.insert(name.to_owned(), Run(Recorded::read(&recording.folder)?));
        }
        Ok(all)
    }

    /// Reads the recordings that are in the folders below this one.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn read(lab: Lab, folder: &Path) -> Result<Self, MineError> {
        let read = |name: &str| Ok((name.to_owned(), Run(Recorded::read(&folder.join(name))?)));
        let runs = SCENARIOS.into_iter().map(read).collect::<Result<_, MineError>>()?;
        Ok(Self { lab, runs })
    }

    /// The recording of this scenario.
    #[must_use]
    pub fn of(&self, scenario: &str) -> Option<&Run> {
        self.runs.get(scenario)
    }
}

/// The clients must have got what they waited for: nobody asks about a server that does not work.
fn expect_success(events: &[ClientEvent], (scenario, lab): (&str, Lab)) -> Result<(), MineError> {
    let why = |event: &ClientEvent| match &event.what {
        EventKind::Unexpected { expected, got } => {
            Some(format!("it expected {expected}, and got {got}"))
        }
        EventKind::GaveUp { step, why } => Some(format!("{step}: {why}")),
        _ => None,
    };
    match events.iter().find_map(|event| Some((event, why(event)?))) {
        None => Ok(()),
        Some((event, why)) => Err(MineError::Fails {
            scenario: scenario.to_owned(),
            client: event.client.clone(),
            why: codec::printable::one_line(&why),
            lab: lab.of_the_kit().short,
        }),
    }
}

impl Run {
    /// When the first client asked for a connection, in microseconds since 1970: the zero of all times that are shown.
    #[must_use]
    pub fn start_us(&self) -> u64 {
        self.0.events.first().map_or(0, |event| event.at_us)
    }

    /// The first event of this client that is so.
    pub fn event(&self, client: &str, is: impl Fn(&EventKind) -> bool) -> Option<&ClientEvent> {
        self.0.events.iter().find(|event| event.client == client && is(&event.what))
    }

    /// The port of this client.
    #[must_use]
    pub fn port(&self, client: &str) -> Option<u16> {
        self.event(client, |_| true).map(|event| event.port)
    }

    /// The calls about this client.
    pub fn calls_of(&self, client: &str) -> impl Iterator<Item = &ServerCall> {
        let port = self.port(client);
        self.0.calls.iter().filter(move |call| port.is_some() && call.port == port)
    }
}
