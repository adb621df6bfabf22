//! The hunt: a scenario that a student wrote must pass on the lab of the kit, and fail on servers with a mistake.

use std::io::Write;
use std::path::{Path, PathBuf};

use harness::labs::Lab;
use harness::scenario::{Client, awaited_in_vain};
use harness::text::{COLUMNS, wrap, wrapped};
use serde::Deserialize;

use crate::at_once::at_once;
use crate::course::{Course, Step};
use crate::data::{self, DataError};
use crate::judge::{Judge, Outcome};
use crate::report::{self, About};
use crate::server::Start;

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
    /// Whether no client sees it, because only the system calls show it, or a restart.
    #[serde(default)]
    pub no_client_sees_it: bool,
}

/// Why a hunt cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum HuntError {
    /// A file cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
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
/// Returns how many of them it catches, and how many there are; `None` if the lab of the kit does not pass it.
///
/// # Errors
/// If no temporary file can be made, or `out` takes no more.
pub fn run(
    (kit, name): (&Path, &str),
    clients: Vec<Client>,
    reference: &Judge,
    out: &mut impl Write,
) -> Result<Option<(usize, usize)>, Box<dyn std::error::Error>> {
    let course = Course::read(kit, reference.lab)?;
    let step = Step::of_clients(name, clients);
    if let Outcome::Failed(wrong) = reference.judge(&step)? {
        writeln!(out, "The lab of the kit does not pass {name}, so the scenario is wrong:")?;
        let about = About { lab: reference.lab, course: &course, is_new: false };
        write!(out, "{}", report::failure(1, &step, &wrong, about))?;
        return Ok(None);
    }
    writeln!(out, "The lab of the kit passes {name}. It fails on these servers:\n")?;
    let (mut caught, mut missed) = (0, Vec::new());
    let mut faults = faults(kit, reference.lab)?;
    faults.retain(|fault| !fault.no_client_sees_it);
    let is_caught = |fault: &Fault| {
        let start = Start::Shell(command(kit, reference.lab, Some(fault)));
        let judge = Judge { start, ..reference.clone() };
        Ok(matches!(judge.judge(&step)?, Outcome::Failed(_)))
    };
    for some in faults.chunks(AT_ONCE) {
        for (fault, is_caught) in some.iter().zip(at_once(some, is_caught)) {
            if !is_caught? {
                missed.push(fault);
                continue;
            }
            caught += 1;
            let mistake = wrap(&fault.mistake, COLUMNS - 6, "      ").join("\n");
            writeln!(out, "  {}\n      {mistake}", fault.name)?;
        }
        out.flush()?;
    }
    let all = caught + missed.len();
    writeln!(out, "\n{caught} of {all} servers are caught.")?;
    if let Some(fault) = missed.first() {
        let title = course.steps.iter().find(|step| step.name == fault.step);
        let title = title.map_or(fault.symptom.as_str(), |step| step.title.as_str());
        let hint = format!("A hint for one that is not: {}.", title.trim_end_matches('.'));
        writeln!(out, "{}", wrapped(&hint))?;
    }
    Ok(Some((caught, all)))
}
