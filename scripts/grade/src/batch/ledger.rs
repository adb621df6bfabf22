//! The results of a folder, and which submission each of them belongs to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{BatchError, Item, write};
use crate::own::Kit;
use crate::results::{Graded, commit};

/// The name of its file. Unlike a result, it is hidden: `results/*.json` does not name it.
const FILE: &str = ".submissions.json";

/// What a result was made from.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    hash: String,
    kit: String,
    commit: Option<String>,
}

/// The results of a folder.
pub(super) struct Ledger {
    folder: PathBuf,
    entries: BTreeMap<String, Entry>,
    commit: Option<String>,
}

impl Ledger {
    /// Reads what was graded before. What cannot be read is graded again.
    pub(super) fn read(folder: &Path, kit: &Kit) -> Self {
        let text = fs::read(folder.join(FILE)).ok();
        let entries = text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Self { folder: folder.to_owned(), entries, commit: commit(kit) }
    }

    /// Whether there is a result of just this submission and this kit.
    pub(super) fn has(&self, item: &Item) -> bool {
        self.entries.get(&item.name) == Some(&self.entry(item)) && self.result(item).is_some()
    }

    /// The result of a submission.
    pub(super) fn result(&self, item: &Item) -> Option<Graded> {
        serde_json::from_slice(&fs::read(self.path(item)).ok()?).ok()
    }

    /// Writes the result of a submission.
    pub(super) fn write(&mut self, item: &Item, graded: &Graded) -> Result<(), BatchError> {
        write(&self.path(item), (json(graded) + "\n").as_bytes())?;
        let entry = self.entry(item);
        self.entries.insert(item.name.clone(), entry);
        write(&self.folder.join(FILE), (json(&self.entries) + "\n").as_bytes())
    }

    fn entry(&self, item: &Item) -> Entry {
        let (hash, kit) = (item.hash.clone(), env!("CARGO_PKG_VERSION").to_owned());
        Entry { hash, kit, commit: self.commit.clone() }
    }

    fn path(&self, item: &Item) -> PathBuf {
        self.folder.join(format!("{}.json", item.name))
    }
}

fn json(value: &impl Serialize) -> String {
    // Texts and numbers can always be written.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
