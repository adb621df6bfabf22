//! Puts functions back that the compiler has merged into their callers. In a release build, `answer` is
//! a part of `main`; the line tables that this workspace keeps in release builds know where.
//!
//! `perf script --inline` would do the same where perf is built with a library that Debian leaves out.

use std::collections::HashMap;
use std::fs;

use addr2line::Loader;
use object::{Object, ObjectSegment};

use super::Frame;
use super::names;

/// A program, and where its parts are in its file and in memory.
struct Program {
    loader: Loader,
    /// Start in the file, size, start in memory.
    segments: Vec<(u64, u64, u64)>,
}

impl Program {
    fn open(path: &str) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let file = object::File::parse(bytes.as_slice()).ok()?;
        let segments = file.segments().map(|segment| {
            let (offset, size) = segment.file_range();
            (offset, size, segment.address())
        });
        Some(Self { segments: segments.collect(), loader: Loader::new(path).ok()? })
    }

    /// The functions at this place of the file, the innermost first: all but the last were merged.
    /// Nothing if the tool has found another function there: then the program was built again since.
    fn functions(&self, offset: u64, symbol: &str) -> Option<Vec<String>> {
        let (start, _, address) = self
            .segments
            .iter()
            .find(|(start, size, _)| (*start..start + size).contains(&offset))?;
        let place = address + (offset - start);
        let found = addr2line::demangle_auto(self.loader.find_symbol(place)?.into(), None);
        if without_hash(&names::tidy(&found)) != without_hash(&names::tidy(symbol)) {
            return None;
        }
        let mut frames = self.loader.find_frames(place).ok()?;
        let mut functions = Vec::new();
        while let Some(frame) = frames.next().ok()? {
            let name = frame.function.as_ref().and_then(|function| function.demangle().ok())?;
            let file = frame.location.and_then(|location| location.file);
            functions.push(names::qualified(&name, file.unwrap_or_default()));
        }
        Some(functions)
    }
}

/// `std::rt::lang_start::h0123456789abcdef` is how older compilers name it.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((rest, hash)) if hash.len() == 16 => rest,
        _ => name,
    }
}

/// Finds merged functions, and remembers what it has found.
#[derive(Default)]
pub(super) struct Inlines {
    programs: HashMap<String, Option<Program>>,
    found: HashMap<(String, u64), Vec<String>>,
}

impl Inlines {
    /// The functions that were merged into the one of this frame at its place, the innermost first.
    /// `is_caller` says that the frame has called the one before it: its place is the one after the call.
    pub(super) fn of(&mut self, frame: &Frame, is_caller: bool) -> &[String] {
        let offset = frame.offset.saturating_sub(u64::from(is_caller));
        let program = self.programs.entry(frame.file.clone()).or_insert_with_key(|path| {
            path.starts_with('/').then(|| Program::open(path)).flatten()
        });
        self.found.entry((frame.file.clone(), offset)).or_insert_with(|| {
            let mut functions = program
                .as_ref()
                .and_then(|it| it.functions(offset, &frame.symbol))
                .unwrap_or_default();
            // The last is the function of the frame itself, whose name is known.
            functions.pop();
            functions
        })
    }
}
