//! The steps of a lab, as data: `labs/labN/exercise/steps.toml`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use harness::labs::{Lab, UnknownLab};
use harness::scenario::{Client, FailureKind};
use serde::Deserialize;

use crate::rules::Rule;
use harness::data::{self, DataError};

mod base;
mod task;

pub use base::Base;
pub use task::Task;

/// How long each action of a client may take, if the step does not say.
const PATIENCE_MS: u64 = 2000;

/// The steps of a lab, in the order of its sheet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// The lab whose steps come first.
    pub base: Option<Base>,
    /// The tasks that its steps belong to, if a student need not do all of it.
    #[serde(default, rename = "task")]
    pub tasks: Vec<Task>,
    /// The steps.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One thing that a server must be able to do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it is called, whatever is changed in it.
    pub name: String,
    /// What the server does, in a sentence.
    pub title: String,
    /// The heading that explains it: `#one-request-a-line` in the sheet of the lab, or with the path of another sheet.
    pub read: String,
    /// The name of the task that it belongs to.
    pub task: Option<String>,
    /// What the server is started with; `{port2}` stands for its second port.
    #[serde(default)]
    pub options: Vec<String>,
    /// What someone probably believes in whose server it fails: a name in `labs/misconceptions.toml`.
    pub misconception: Option<String>,
    /// Hints, each of which says more.
    pub hints: Vec<String>,
    /// The names of the steps without which this one can tell nothing. If there are none, it needs the first step.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What its clients do.
    #[serde(rename = "client")]
    pub clients: Vec<Client>,
    /// Likely causes of a failure; the first that fits is shown.
    #[serde(default, rename = "cause")]
    pub causes: Vec<Cause>,
    /// What must hold of the system calls meanwhile.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// So much memory the server may take meanwhile, in MiB.
    pub memory_mib: Option<u64>,
    /// So many files the server may open.
    pub open_files: Option<u64>,
    /// What strace makes the server's calls return, as after its `inject=`: `accept,accept4:error=EMFILE:when=1`.
    pub inject: Option<String>,
    /// Whether the server is ended afterwards, and must start again on the same port.
    #[serde(default)]
    pub restarts: bool,
    /// Whether only the replies count. Whether the server goes on when its clients have left is for a later step to judge.
    #[serde(default)]
    pub only_replies: bool,
    /// Whether connections of clients that have left may stay open. A later step judges that they are closed.
    #[serde(default)]
    pub closes_later: bool,
    /// What it weighs in the sum of all steps.
    #[serde(default = "one")]
    pub points: u32,
    #[serde(default = "patience")]
    patience_ms: u64,
}

/// A likely cause of a failure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// What has gone wrong.
    pub when: FailureKind,
    /// The client to which it happened; any, if there is none.
    pub client: Option<String>,
    /// How the bytes begin that came in place of the expected ones.
    pub got: Option<String>,
    /// How the bytes begin that should have come.
    pub expected: Option<String>,
    /// What is probably the reason, in a sentence.
    pub say: String,
    /// What someone probably believes who makes this mistake, where it is not what the step says.
    pub misconception: Option<String>,
}

fn patience() -> u64 {
    PATIENCE_MS
}

fn one() -> u32 {
    1
}

/// Why the steps of a lab are not known.
#[derive(Debug, thiserror::Error)]
pub enum CourseError {
    /// The lab has none.
    #[error("{0} has no steps: say lab1, lab2, lab3 or lab4")]
    None(&'static str),
    /// The file cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// It names a lab that there is not.
    #[error(transparent)]
    Base(#[from] UnknownLab),
    /// A step needs another that does not come before it.
    #[error("{}: step '{step}' needs '{needs}', which is no step before it", .path.display())]
    Order {
        /// The file.
        path: PathBuf,
        /// The step.
        step: String,
        /// What it needs.
        needs: String,
    },
}

impl Course {
    /// Reads the steps of a lab of the kit at `kit`.
    ///
    /// # Errors
    /// If the file is missing, or not as it should be.
    pub fn read(kit: &Path, lab: Lab) -> Result<Self, CourseError> {
        let path = kit.join(lab.of_the_kit().folder()).join("exercise/steps.toml");
        if !path.exists() {
            return Err(CourseError::None(lab.of_the_kit().short));
        }
        let mut course: Self = data::read(&path)?;
        if let Some(base) = &course.base {
            let steps = base.steps(kit)?;
            course.steps.splice(..0, steps);
        }
        for (index, step) in course.steps.iter().enumerate() {
            let is_before =
                |name: &&String| course.steps[..index].iter().any(|it| it.name == **name);
            if let Some(needs) = step.needs.iter().find(|name| !is_before(name)) {
                let (step, needs) = (step.name.clone(), needs.clone());
                return Err(CourseError::Order { path, step, needs });
            }
        }
        Ok(course)
    }

    /// The steps of a usual check: all but the hostile ones.
    pub fn usual(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| !step.is_hostile())
    }

    /// The task that a step belongs to.
    #[must_use]
    pub fn task(&self, step: &Step) -> Option<&Task> {
        let name = step.task.as_ref()?;
        self.tasks.iter().find(|task| task.name == *name)
    }

    /// The places of the steps without which this one can tell nothing: those that it names, or else the first one.
    #[must_use]
    pub fn needs(&self, step: &Step) -> Vec<usize> {
        let place = |name: &String| self.steps.iter().position(|other| other.name == *name);
        if !step.needs.is_empty() {
            return step.needs.iter().filter_map(place).collect();
        }
        place(&step.name).filter(|place| *place > 0).map(|_| 0).into_iter().collect()
    }
}

impl Step {
    /// A step that is nothing but a conversation.
    #[must_use]
    pub fn of_clients(title: &str, clients: Vec<Client>) -> Self {
        Self {
            name: title.to_owned(),
            title: title.to_owned(),
            read: String::new(),
            task: None,
            options: Vec::new(),
            misconception: None,
            hints: Vec::new(),
            needs: Vec::new(),
            clients,
            causes: Vec::new(),
            rules: Vec::new(),
            memory_mib: None,
            open_files: None,
            inject: None,
            restarts: false,
            only_replies: false,
            closes_later: false,
            points: 1,
            patience_ms: PATIENCE_MS / 2,
        }
    }

    /// Where it is explained, as a student would type it: the sheet of its lab, and the heading.
    #[must_use]
    pub fn sheet(&self, lab: Lab) -> String {
        if self.read.starts_with('#') { base::sheet(lab) + &self.read } else { self.read.clone() }
    }

    /// Whether the kernel is hostile meanwhile.
    #[must_use]
    pub fn is_hostile(&self) -> bool {
        self.inject.is_some()
    }

    /// Whether only a trace of the server tells all about it.
    #[must_use]
    pub fn needs_trace(&self) -> bool {
        !self.rules.is_empty() || self.is_hostile()
    }

    /// How long each action of a client may take.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms)
    }
}
