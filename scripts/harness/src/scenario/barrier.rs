//! Where clients wait for each other, so that the order of a scenario does not depend on luck.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::happened::FailureKind;

/// Another client may wait for replies meanwhile, and pause.
const PATIENCE: Duration = Duration::from_secs(60);

/// The names that have been signalled.
#[derive(Debug, Default)]
pub(super) struct Barrier {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    signalled: HashSet<String>,
    /// A client could not go on, so nobody need wait any more.
    is_abandoned: bool,
}

impl Barrier {
    pub(super) fn signal(&self, name: &str) {
        self.state().signalled.insert(name.to_owned());
        self.changed.notify_all();
    }

    /// Waits until a client has signalled this name.
    pub(super) fn wait_for(&self, name: &str) -> Result<(), FailureKind> {
        self.wait(PATIENCE, |state| !state.signalled.contains(name));
        let state = self.state();
        if state.signalled.contains(name) { Ok(()) } else { Err(FailureKind::Abandoned) }
    }

    /// Waits for so long.
    pub(super) fn pause(&self, time: Duration) -> Result<(), FailureKind> {
        self.wait(time, |_| true);
        if self.is_abandoned() { Err(FailureKind::Abandoned) } else { Ok(()) }
    }

    /// A client cannot go on: the others stop as well.
    pub(super) fn abandon(&self) {
        self.state().is_abandoned = true;
        self.changed.notify_all();
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.state().is_abandoned
    }

    fn wait(&self, time: Duration, goes_on: impl Fn(&State) -> bool) {
        let waits = |state: &mut State| !state.is_abandoned && goes_on(state);
        drop(self.changed.wait_timeout_while(self.state(), time, waits));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
