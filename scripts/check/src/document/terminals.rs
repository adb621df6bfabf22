//! All terminals of one document. They run side by side until the document ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, io};

use harness::{cleanup, descendants};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tempfile::TempDir;

use super::failure::Failure;
use super::pids::Pids;
use super::terminal::Terminal;
use crate::{Error, namespace};

/// How often to look for a change without output: bash has handed the terminal to a program.
const TICK: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };

/// What a document leaves running gets this time to end by itself.
const GRACE: Duration = Duration::from_secs(2);

/// The terminals of one document.
pub struct Terminals {
    by_name: BTreeMap<String, Terminal>,
    /// The process ids that lines have told, in any of the terminals.
    pub pids: Pids,
    /// The folder of the logs, if another one is shown in its place.
    covered: Option<PathBuf>,
    home: TempDir,
    root: PathBuf,
}

impl Terminals {
    /// No terminal yet. Each will open in the directory `root`, with a new home directory for all, and in the kit with a
    /// folder of logs of their own if `own_logs`.
    pub fn new(root: &Path, own_logs: bool) -> Result<Self, Error> {
        descendants::adopt()?;
        let home = tempfile::Builder::new().prefix("check-home-").tempdir()?;
        cleanup::remove_on_signal(home.path());
        let logs = root.join("logs");
        let covers = own_logs && namespace::is_private() && root.join("labs").is_dir();
        let covered = covers.then_some(logs);
        if let Some(logs) = &covered {
            // The servers of other documents, which are replayed at the same time, write their logs there, too.
            let own = home.path().join("logs");
            fs::create_dir_all(logs)?;
            fs::create_dir(&own)?;
            namespace::cover(logs, &own)?;
        }
        let root = root.to_path_buf();
        Ok(Self { by_name: BTreeMap::new(), pids: Pids::default(), covered, home, root })
    }

    /// Opens the terminal of this name, unless it is open.
    pub fn open(&mut self, name: &str) -> Result<(), Error> {
        if !self.by_name.contains_key(name) {
            let terminal = Terminal::open(&self.root, self.home.path())?;
            self.by_name.insert(name.to_string(), terminal);
        }
        Ok(())
    }

    /// The terminal of this name.
    ///
    /// # Errors
    /// `NotFound` if it has not been opened.
    pub fn get(&mut self, name: &str) -> io::Result<&mut Terminal> {
        self.by_name.get_mut(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Waits until `condition` returns something for this terminal; `None` if the time is up.
    ///
    /// Meanwhile all terminals are read: a program whose output nobody reads stops.
    ///
    /// # Errors
    /// If `condition` can no longer become true, or a terminal fails.
    pub fn until<T>(
        &mut self,
        name: &str,
        patience: Duration,
        mut condition: impl FnMut(&mut Terminal) -> Result<Option<T>, Failure>,
    ) -> Result<Option<T>, Failure> {
        let deadline = Instant::now() + patience;
        loop {
            self.read_all()?;
            let met = condition(self.get(name)?)?;
            if met.is_some() || Instant::now() > deadline {
                return Ok(met);
            }
        }
    }

    fn read_all(&mut self) -> io::Result<()> {
        let mut open: Vec<&mut Terminal> =
            self.by_name.values_mut().filter(|terminal| !terminal.closed).collect();
        let mut watched: Vec<PollFd<'_>> =
            open.iter().map(|terminal| PollFd::new(&**terminal, PollFlags::IN)).collect();
        match poll(&mut watched, Some(&TICK)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready: Vec<bool> = watched.iter().map(|one| !one.revents().is_empty()).collect();
        open.iter_mut().zip(ready).filter(|(_, ready)| *ready).try_for_each(|(one, _)| one.read())
    }
}

impl Drop for Terminals {
    fn drop(&mut self) {
        // A shell ends when its terminal closes, and so do most programs.
        self.by_name.clear();
        descendants::end_all_within(GRACE);
        if let Some(logs) = &self.covered {
            namespace::uncover(logs);
        }
    }
}
