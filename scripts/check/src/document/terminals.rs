//! All terminals of one document. They live through the document, side by side, and end with it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tempfile::TempDir;

use super::terminal::Terminal;
use crate::Error;
use crate::orphans;

/// How soon we notice what no output tells us: that bash has handed the terminal to a program.
const TICK: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };

/// The terminals of one document.
pub struct Terminals {
    by_name: BTreeMap<String, Terminal>,
    home: TempDir,
    root: PathBuf,
}

/// A condition that did not come true.
pub enum Never<E> {
    /// Something else became true, and excludes it.
    Instead(E),
    /// The time was up.
    InTime,
    /// The pseudo-terminal failed.
    Broken(io::Error),
}

impl Terminals {
    /// No terminal yet; each will open in the directory `root`.
    ///
    /// # Errors
    /// When there is no room for a home directory.
    pub fn new(root: &Path) -> Result<Self, Error> {
        orphans::adopt();
        let home = tempfile::Builder::new().prefix("check-home-").tempdir()?;
        Ok(Self { by_name: BTreeMap::new(), home, root: root.to_path_buf() })
    }

    /// Opens the terminal of this name, unless it is open.
    ///
    /// # Errors
    /// Those of [`Terminal::open`].
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
    /// `NotFound` when it has not been opened.
    pub fn at(&mut self, name: &str) -> io::Result<&mut Terminal> {
        self.by_name.get_mut(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Waits until `condition` gives something for the terminal of this name.
    ///
    /// Meanwhile all terminals are read: a program whose output nobody reads stops.
    ///
    /// # Errors
    /// What came instead.
    pub fn until<T, E>(
        &mut self,
        name: &str,
        patience: Duration,
        mut condition: impl FnMut(&mut Terminal) -> Result<Option<T>, E>,
    ) -> Result<T, Never<E>> {
        let deadline = Instant::now() + patience;
        loop {
            self.read_all().map_err(Never::Broken)?;
            let terminal = self.at(name).map_err(Never::Broken)?;
            if let Some(found) = condition(terminal).map_err(Never::Instead)? {
                return Ok(found);
            }
            if Instant::now() > deadline {
                return Err(Never::InTime);
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
        // Closing a terminal is the hang-up that shells and most programs end on.
        self.by_name.clear();
        orphans::end_all();
    }
}
