//! Which programs the clients are: the process that has the client's end of a connection.

use std::collections::HashMap;

use super::find::{pids, sockets_of, stat};
use super::look::Client;

/// Remembers what it has found: to look for it means to look at all processes.
#[derive(Debug, Default)]
pub struct Programs(HashMap<u64, Option<String>>);

impl Programs {
    /// Finds the programs of these clients, if there are new ones among them.
    pub fn learn(&mut self, clients: &[Client]) {
        self.0.retain(|inode, _| clients.iter().any(|client| client.inode == *inode));
        let mut wanted: Vec<u64> = clients.iter().map(|client| client.inode).collect();
        wanted.retain(|inode| *inode != 0 && !self.0.contains_key(inode));
        if wanted.is_empty() {
            return;
        }
        let mut owners = HashMap::new();
        for pid in pids() {
            // Those of other users we may not look at.
            for inode in sockets_of(pid).unwrap_or_default().into_keys() {
                // Of a program and its children, which have all that it had when it made them, the
                // program has made the connection.
                owners
                    .entry(inode)
                    .and_modify(|first: &mut u32| *first = pid.min(*first))
                    .or_insert(pid);
            }
        }
        for inode in wanted {
            let owner = owners.get(&inode).and_then(|pid| Some((pid, stat(*pid)?.name)));
            self.0.insert(inode, owner.map(|(pid, name)| format!("{name} {pid}")));
        }
    }

    /// The program of a client: its name and its number; empty if we cannot know.
    #[must_use]
    pub fn of(&self, client: &Client) -> &str {
        self.0.get(&client.inode).and_then(Option::as_deref).unwrap_or_default()
    }
}
