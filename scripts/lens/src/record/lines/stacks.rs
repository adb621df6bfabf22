//! The functions of the kit on the stacks of `strace -k`.

use std::fs;
use std::path::{Path, PathBuf};

use trace::call_paths::Frame;
use trace::strace;

use crate::sys::symbols::Symbols;

/// The top folder of the kit.
const KIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The crates of the kit that a server consists of, and the labs that students have made.
const OWN: [&str; 3] = ["labs", "shared", "work"];

/// Resolves the functions on stacks.
pub(super) struct Stacks {
    symbols: Symbols,
    kit: PathBuf,
}

impl Stacks {
    pub(super) fn new() -> Self {
        // Where the kit is no longer where lens was built, no file is in it.
        let kit = Path::new(KIT).canonicalize().unwrap_or_default();
        Self { symbols: Symbols::default(), kit }
    }

    /// The functions of the kit behind a frame, the innermost first.
    pub(super) fn own(&mut self, frame: &strace::Frame<'_>) -> Vec<Frame> {
        let file = String::from_utf8_lossy(frame.file);
        let symbol = String::from_utf8_lossy(frame.function);
        // The offset is the one to which the call returns.
        let offset = frame.offset.saturating_sub(1);
        let locations = self.symbols.resolve(&file, offset, &symbol).iter();
        let own = locations.filter_map(|location| {
            let file = Path::new(&location.file).strip_prefix(&self.kit).ok()?;
            let is_own = OWN.iter().any(|folder| file.starts_with(folder));
            is_own.then(|| Frame {
                function: location.function.clone(),
                file: file.display().to_string(),
                line: location.line,
                text: text_of(&location.file, location.line),
            })
        });
        own.collect()
    }
}

/// A line of a source file; empty if there is none.
fn text_of(file: &str, line: u32) -> String {
    let source = fs::read_to_string(file).unwrap_or_default();
    let number = usize::try_from(line).unwrap_or(0);
    source.lines().nth(number.saturating_sub(1)).unwrap_or_default().trim().to_owned()
}
