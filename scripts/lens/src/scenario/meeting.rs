//! Where clients wait for each other, so that the order of a scenario does not hang on luck.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// What has been told.
#[derive(Debug, Default)]
pub(super) struct Meeting {
    told: Mutex<HashSet<String>>,
    news: Condvar,
}

impl Meeting {
    pub(super) fn tell(&self, what: &str) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(what.to_owned());
        self.news.notify_all();
    }

    /// Waits until somebody has told this. Returns whether somebody has, within `patience`.
    pub(super) fn wait_for(&self, what: &str, patience: Duration) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.news.wait_timeout_while(told, patience, |told| !told.contains(what));
        let (told, _) = waited.unwrap_or_else(PoisonError::into_inner);
        told.contains(what)
    }
}
