//! Flame graphs: where a server runs (from `perf script`), or where it waits (from `strace -k -T`).
//!
//! `perf` or `wall` reads the stacks, one function a line. `fold` puts the functions back that the compiler
//! has merged into their callers (`answer` is one), by way of `sys::symbols`, and counts equal stacks;
//! `owner` says whose code a function is; `draw` makes the picture, with `inferno`. (`perf script --inline`
//! finds merged functions only where perf is built with a library that Debian leaves out.)

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

mod draw;
mod fold;
mod owner;
mod perf;
mod wall;

use fold::Folded;

/// Of what to draw a flame graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Where it runs: the stacks of `perf script`, each of the same weight.
    Cpu,
    /// Where it waits: the stacks of `strace -k -T`, each of the weight of its call's duration.
    Wall,
}

/// What to draw, and where to.
#[derive(Debug, Clone)]
pub struct Options {
    /// Of what.
    pub kind: Kind,
    /// What the tool has printed.
    pub input: PathBuf,
    /// The picture.
    pub output: PathBuf,
    /// What stands above it.
    pub title: String,
    /// What stands below that, before the legend; may be empty.
    pub note: String,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum FlameError {
    /// A file cannot be read or written.
    #[error("cannot use {0}: {1}")]
    File(PathBuf, io::Error),
    /// The server did not run while perf looked.
    #[error(
        "perf took 0 samples: the server did not run, so there is nothing to draw.\n  \
         A server that waits uses no CPU, and perf counts CPU time. To see where it waits: --wall"
    )]
    NoSamples,
    /// No call was recorded.
    #[error("there is no call with a stack in {0}: record it with strace -k -T")]
    NoCalls(PathBuf),
    /// The picture could not be drawn.
    #[error("cannot draw: {0}")]
    Draw(io::Error),
}

/// One function on a stack, as a tool has printed it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Frame<'a> {
    /// Its name; empty if the tool has found none.
    symbol: &'a str,
    /// The file that holds its code.
    file: &'a str,
    /// Where in that file.
    offset: u64,
}

/// What the program was doing at some time: its functions, the innermost first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stack<'a> {
    frames: Vec<Frame<'a>>,
    /// One a sample, or microseconds.
    weight: u64,
}

/// What was drawn, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// Of what.
    pub kind: Kind,
    /// All of it: samples, or microseconds.
    pub weight: u64,
    /// How much of it in functions of the kernel.
    pub kernel: u64,
    /// How much in libraries.
    pub library: u64,
    /// How much in our own.
    pub ours: u64,
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, weight, kernel, library, ours } = self;
        match kind {
            Kind::Cpu => write!(
                f,
                "{weight} samples: {kernel} % in the kernel, {library} % in libraries, {ours} % in our code"
            ),
            Kind::Wall => write!(f, "{} ms in system calls", weight / 1000),
        }
    }
}

/// Draws a flame graph. The file is there when it is whole, and not before.
///
/// # Errors
/// If the input cannot be read, holds no stacks, or the output cannot be written.
pub fn run(options: &Options) -> Result<Drawn, FlameError> {
    let text = fs::read(&options.input).map_err(|error| at(&options.input, error))?;
    let text = String::from_utf8_lossy(&text);
    let stacks = match options.kind {
        Kind::Cpu => perf::parse(&text),
        Kind::Wall => wall::parse(&text),
    };
    let folded = Folded::new(&stacks);
    let drawn = folded.sum(options.kind);
    if drawn.weight == 0 {
        return Err(match options.kind {
            Kind::Cpu => FlameError::NoSamples,
            Kind::Wall => FlameError::NoCalls(options.input.clone()),
        });
    }
    let svg = draw::svg(&folded, &drawn, options).map_err(FlameError::Draw)?;
    let part = options.output.with_extension("svg.part");
    let written = fs::write(&part, svg).and_then(|()| fs::rename(&part, &options.output));
    written.map_err(|error| {
        // If it cannot be removed either, the error says why.
        _ = fs::remove_file(&part);
        at(&options.output, error)
    })?;
    Ok(drawn)
}

fn at(path: &Path, error: io::Error) -> FlameError {
    FlameError::File(path.to_owned(), error)
}
