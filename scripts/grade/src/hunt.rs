//! The hunt: a scenario that a student wrote must pass on the lab of the kit, and fail on servers with a mistake.

use std::io::Write;
use std::path::{Path, PathBuf};

use harness::labs::Lab;
use harness::scenario::{Client, awaited_in_vain};
use harness::text::{COLUMNS, wrap};
use serde::Deserialize;

use crate::at_once::at_once;
use crate::course::{Course, Step};
use crate::judge::{Judge, Outcome};
use crate::report::{self, About};
use crate::server::Start;
use harness::data::{self, DataError};

mod counter;
mod hints;

use counter::Counter;
pub use hints::hints;

/// The servers with a mistake, below the top folder of the kit.
const SERVERS: &str = "scripts/grade/servers";
/// Most of the time a server that makes a mistake is waited for, so several are judged at once.
const AT_ONCE: usize = 8;

/// A mistake that a server makes.
#[derive(Debug, Clone, Deserialize)]
pub struct Fault {
    /// The short name of the lab.
    pub lab: String,
    /// What it is called.
    pub name: String,
    /// What the server does wrong.
    pub mistake: String,
    /// What a client sees.
    pub symptom: String,
    /// The name of the step that fails first.
    #[serde(default)]
    pub step: String,
    /// Whether no client sees it, because only the system calls show it, or a restart, the memory, or a limit of open files.
    #[serde(default)]
    pub no_client_sees_it: bool,
}

/// What came of a hunt.
#[derive(Debug, Default)]
pub struct Hunted {
    /// So many servers are caught.
    pub caught: usize,
    /// The mistakes that are not.
    pub missed: Vec<Fault>,
    /// So many servers could not be judged.
    pub unknown: usize,
}

impl Hunted {
    fn all(&self) -> usize {
        self.caught + self.missed.len() + self.unknown
    }
}

/// Why a hunt cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum HuntError {
    /// A file cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The lab of the kit does no open task, so no scenario about one could pass.
    #[error("{0} has no hunt: say lab1, lab2 or lab3")]
    NoHunt(&'static str),
    /// A client waits for something that never happens.
    #[error("{}: a client waits for '{name}', and none has {{ signal = '{name}' }}", .path.display())]
    Waits {
        /// The file.
        path: PathBuf,
        /// What it waits for.
        name: String,
    },
}

/// What a student's file holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    client: Vec<Client>,
}

/// All mistakes that a server of this lab can make.
///
/// # Errors
/// If the list of the kit is not as it should be.
pub fn faults(kit: &Path, lab: Lab) -> Result<Vec<Fault>, HuntError> {
    #[derive(Deserialize)]
    struct List {
        fault: Vec<Fault>,
    }
    let list: List = data::read(&kit.join(SERVERS).join("faults.toml"))?;
    Ok(list.fault.into_iter().filter(|fault| fault.lab == lab.of_the_kit().short).collect())
}

/// The command that starts the server of a lab in Python: one that is right, or one with this mistake.
#[must_use]
pub fn command(kit: &Path, lab: Lab, fault: Option<&Fault>) -> String {
    let server = kit.join(SERVERS).join("server.py").display().to_string();
    let server = shlex::try_quote(&server).map_or_else(|_| server.clone(), Into::into);
    let fault = fault.map(|fault| format!(" --fault {}", fault.name)).unwrap_or_default();
    format!("python3 {server} {} {{port}}{fault}", lab.of_the_kit().short)
}

/// The clients in a student's file.
///
/// # Errors
/// If the file is not as it should be.
pub fn clients(file: &Path) -> Result<Vec<Client>, HuntError> {
    let clients = data::read::<File>(file)?.client;
    match awaited_in_vain(&clients) {
        Some(name) => Err(HuntError::Waits { path: file.to_owned(), name: name.to_owned() }),
        None => Ok(clients),
    }
}

/// Lets clients talk to the lab of the kit, which `reference` starts, and then to the servers with a mistake.
/// Returns what came of it; `None` if the lab of the kit does not pass it.
///
/// # Errors
/// If no temporary file can be made, or `out` takes no more.
pub fn run(
    (kit, name): (&Path, &str),
    clients: Vec<Client>,
    (reference, course): (&Judge, &Course),
    out: &mut impl Write,
) -> Result<Option<Hunted>, Box<dyn std::error::Error>> {
    let step = Step::of_clients(name, clients);
    if let Outcome::Failed(wrong) = reference.judge(&step)? {
        writeln!(out, "The lab of the kit does not pass {name}, so the scenario is wrong:")?;
        let about = About { lab: reference.lab, course, is_new: false };
        write!(out, "{}", report::failure(1, &step, &wrong, about))?;
        return Ok(None);
    }
    writeln!(out, "The lab of the kit passes {name}. It fails on these servers:\n")?;
    let hunted = judge_servers(kit, &step, reference, out)?;
    writeln!(out, "\n{} of {} servers are caught.", hunted.caught, hunted.all())?;
    if hunted.unknown > 0 {
        writeln!(out, "{} could not be judged: this machine is too busy now.", hunted.unknown)?;
    }
    Ok(Some(hunted))
}

/// Judges all servers with a mistake, and writes which of them are caught.
fn judge_servers(
    kit: &Path,
    step: &Step,
    reference: &Judge,
    out: &mut impl Write,
) -> Result<Hunted, Box<dyn std::error::Error>> {
    let mut hunted = Hunted::default();
    let mut faults = faults(kit, reference.lab)?;
    faults.retain(|fault| !fault.no_client_sees_it);
    let counter = Counter::new(faults.len());
    counter.begin();
    let judge = |fault: &Fault| {
        let start = Start::Shell(command(kit, reference.lab, Some(fault)));
        let judge = Judge { start, ..reference.clone() };
        let outcome = judge.judge(step)?;
        counter.add();
        Ok(outcome)
    };
    for some in faults.chunks(AT_ONCE) {
        let judged = at_once(some, judge);
        counter.clear();
        for (fault, outcome) in some.iter().zip(judged) {
            match outcome? {
                Outcome::Passed => hunted.missed.push(fault.clone()),
                Outcome::Unknown(_) => hunted.unknown += 1,
                Outcome::Failed(_) => {
                    hunted.caught += 1;
                    let mistake = wrap(&fault.mistake, COLUMNS - 6, "      ").join("\n");
                    writeln!(out, "  {}\n      {mistake}", fault.name)?;
                }
            }
        }
        out.flush()?;
    }
    Ok(hunted)
}
