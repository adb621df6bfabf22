//! Which functions, files and lines stand behind an offset in a program: from its symbol table, and from
//! the line tables that this workspace keeps in release builds too.
//!
//! The compiler merges functions into their callers (inlining): in a release build, `answer` is a part of
//! `main`. One offset therefore stands for several functions.

use std::collections::HashMap;
use std::fs;

use addr2line::{Frame, Loader};
use object::{Object, ObjectSegment};

mod names;

pub use names::tidy;

/// One function behind an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Its name with its module: `lab1_blocking::server::answer`.
    pub function: String,
    /// The source file, as the compiler was given it; empty if it is not known.
    pub file: String,
    /// The line in that file; 0 if it is not known.
    pub line: u32,
}

/// Resolves offsets, and keeps what it has resolved.
#[derive(Default)]
pub struct Symbols {
    programs: HashMap<String, Option<Program>>,
    resolved: HashMap<(String, u64), Vec<Location>>,
}

impl Symbols {
    /// The functions behind this offset of a program, the innermost first: all but the last were merged into the
    /// last. `symbol` is the function that a tool has found there. Empty if the program has another function there
    /// (it was built again since), or has no line tables, or is no program.
    ///
    /// `strace -k` and perf give the offset to which a call returns. For the line of the call, subtract 1 from the
    /// offset of each caller.
    pub fn resolve(&mut self, path: &str, offset: u64, symbol: &str) -> &[Location] {
        let program = self.programs.entry(path.to_owned()).or_insert_with(|| {
            // The kernel and its modules have names in brackets, and no file.
            path.starts_with('/').then(|| Program::open(path)).flatten()
        });
        self.resolved.entry((path.to_owned(), offset)).or_insert_with(|| {
            program.as_ref().and_then(|it| it.locations(offset, symbol)).unwrap_or_default()
        })
    }
}

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

    fn locations(&self, offset: u64, symbol: &str) -> Option<Vec<Location>> {
        let (start, _, address) = self
            .segments
            .iter()
            .find(|(start, size, _)| (*start..start + size).contains(&offset))?;
        let address = address + (offset - start);
        let found = addr2line::demangle_auto(self.loader.find_symbol(address)?.into(), None);
        if without_hash(&tidy(&found)) != without_hash(&tidy(symbol)) {
            return None;
        }
        let mut frames = self.loader.find_frames(address).ok()?;
        let mut locations = Vec::new();
        while let Some(frame) = frames.next().ok()? {
            locations.push(location(&frame)?);
        }
        Some(locations)
    }
}

fn location(frame: &Frame<impl addr2line::gimli::Reader>) -> Option<Location> {
    let name = frame.function.as_ref().and_then(|function| function.demangle().ok())?.into_owned();
    let source = frame.location.as_ref();
    let file = source.and_then(|it| it.file).unwrap_or_default();
    let line = source.and_then(|it| it.line).unwrap_or(0);
    Some(Location { function: names::qualified(&name, file), file: file.to_owned(), line })
}

/// `std::rt::lang_start::h0123456789abcdef` is how older compilers name it.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((rest, hash)) if hash.len() == 16 => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::ObjectSymbol;

    #[inline(never)]
    fn caller() -> u32 {
        merged()
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the test needs a merged function in a debug build")]
    fn merged() -> u32 {
        std::hint::black_box(line!())
    }

    /// This test's program, the offsets of all of `caller`, and the symbol.
    fn this_program() -> (String, std::ops::Range<u64>, String) {
        let path = std::env::current_exe().unwrap();
        let bytes = fs::read(&path).unwrap();
        let file = object::File::parse(bytes.as_slice()).unwrap();
        let name = |raw: &str| addr2line::demangle_auto(raw.to_owned().into(), None).into_owned();
        let ours = |name: &str| name.contains("sys::symbols::tests::caller");
        let symbol = file.symbols().find(|it| it.name().is_ok_and(|raw| ours(&name(raw)))).unwrap();
        let address = symbol.address();
        let in_memory =
            |it: &object::Segment| (it.address()..it.address() + it.size()).contains(&address);
        let segment = file.segments().find(in_memory).unwrap();
        let start = address - segment.address() + segment.file_range().0;
        let path = path.to_str().unwrap().to_owned();
        (path, start..start + symbol.size(), name(symbol.name().unwrap()))
    }

    #[test]
    fn a_merged_function_its_caller_and_their_lines_are_found() {
        let line = caller();
        let (path, offsets, symbol) = this_program();
        let mut symbols = Symbols::default();
        let found = offsets.map(|offset| symbols.resolve(&path, offset, &symbol).to_vec());
        let both = found.into_iter().find(|it| it.len() == 2).expect("merged is in caller");
        let [merged, caller] = both.as_slice() else { unreachable!() };
        assert_eq!(merged.function, "lens::sys::symbols::merged");
        assert!(merged.file.ends_with("lens/src/sys/symbols.rs"), "{}", merged.file);
        assert!(merged.line.abs_diff(line) <= 1, "{} is not {line}", merged.line);
        assert_eq!(caller.function, "lens::sys::symbols::caller");
        assert!(caller.line < merged.line);
    }

    #[test]
    fn a_program_that_was_built_again_and_what_is_no_program_tell_nothing() {
        let (path, offsets, symbol) = this_program();
        let mut symbols = Symbols::default();
        assert_eq!(symbols.resolve(&path, offsets.start, "lab1_blocking::main"), []);
        assert_eq!(symbols.resolve("/etc/passwd", 1, &symbol), []);
        assert_eq!(symbols.resolve("[kernel.kallsyms]", 1, &symbol), []);
    }
}
