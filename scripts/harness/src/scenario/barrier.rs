//! Where clients wait for each other, so that the order of a scenario does not depend on luck.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The names that have been signalled.
#[derive(Debug, Default)]
pub(super) struct Barrier {
    signalled: Mutex<HashSet<String>>,
    changed: Condvar,
}

impl Barrier {
    pub(super) fn signal(&self, name: &str) {
        self.signalled.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        self.changed.notify_all();
    }

    /// Waits until a client has signalled this name. Returns whether one has, within `patience`.
    pub(super) fn wait_for(&self, name: &str, patience: Duration) -> bool {
        let names = self.signalled.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(names, patience, |it| !it.contains(name));
        waited.unwrap_or_else(PoisonError::into_inner).0.contains(name)
    }
}
