//! Which programs the clients are: the processes that own the client's ends of the connections.

use std::collections::HashMap;

use codec::printable::one_line;
use procfs::process::all_processes;

use harness::snapshot::Client;
use harness::sockets;

/// The owners that were found. Finding one means to look at all processes.
#[derive(Debug, Default)]
pub struct Owners(HashMap<u64, String>);

impl Owners {
    /// Finds the owners of these clients' ends, if there are new ones among them.
    pub fn update(&mut self, clients: &[Client]) {
        self.0.retain(|inode, _| clients.iter().any(|client| client.inode == *inode));
        let inodes = clients.iter().map(|client| client.inode);
        let mut wanted: Vec<u64> =
            inodes.filter(|inode| *inode != 0 && !self.0.contains_key(inode)).collect();
        if wanted.is_empty() {
            return;
        }
        // The kernel lists processes by their numbers. The children of a program have the sockets that it had when
        // it started them, and come later.
        for process in all_processes().into_iter().flatten().flatten() {
            // We may not look at those of other users.
            let sockets = sockets::descriptors(&process).unwrap_or_default();
            wanted.retain(|inode| {
                let is_owner = sockets.contains_key(inode);
                if let (true, Ok(stat)) = (is_owner, process.stat()) {
                    self.0.insert(*inode, format!("{} {}", one_line(&stat.comm), process.pid()));
                }
                !is_owner
            });
        }
        // Nothing is known of the others. They are not looked for again.
        self.0.extend(wanted.into_iter().map(|inode| (inode, String::new())));
    }

    /// The program of a client: its name and its number; empty if it is not known.
    #[must_use]
    pub fn of(&self, client: &Client) -> &str {
        self.0.get(&client.inode).map_or("", String::as_str)
    }
}
