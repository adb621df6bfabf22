//! How a block can fail, and how that is told to the author of the document.

use std::fmt;
use std::io;
use std::time::Duration;

use super::hint;
use super::plan::LineNumber;

/// What happened instead of what the document says.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// Another line came.
    #[error("another line came")]
    Different {
        /// As in the document.
        expected: String,
        /// As on the terminal.
        actual: String,
    },
    /// The command ended before the line came.
    #[error("the command ended before this line came")]
    Missing {
        /// As in the document.
        expected: String,
    },
    /// The line did not come in time.
    #[error("this line did not come within {} s", .patience.as_secs())]
    Late {
        /// As in the document.
        expected: String,
        /// How long we waited.
        patience: Duration,
    },
    /// A line came that the document does not show.
    #[error("a line came that the document does not show")]
    Extra {
        /// As on the terminal.
        actual: String,
    },
    /// The prompt did not come back in time.
    #[error("the prompt `{prompt}` did not come back within {} s", .patience.as_secs())]
    NoPrompt {
        /// Which prompt.
        prompt: String,
        /// How long we waited.
        patience: Duration,
    },
    /// The program that was to be typed into is not there.
    #[error("no program waits for this: the shell is back at its prompt")]
    NoProgram,
    /// More lines than a terminal keeps.
    #[error(
        "the terminal has shown more than 10,000 lines: let the document show less, as with `| head`"
    )]
    TooLong,
    /// The pseudo-terminal failed.
    #[error("the terminal failed: {0}")]
    Broken(#[from] io::Error),
}

/// A block that failed, with all that is needed to mend it.
#[derive(Debug)]
pub struct Failure {
    /// The line of the document.
    pub line: LineNumber,
    /// The name of the terminal.
    pub terminal: String,
    /// What was last typed there.
    pub typed: String,
    /// What went wrong.
    pub cause: Cause,
    /// The last lines of the terminal.
    pub shown: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.cause)?;
        writeln!(f, "  terminal:  {}", self.terminal)?;
        writeln!(f, "  typed:     {}", self.typed)?;
        match &self.cause {
            Cause::Different { expected, actual } => {
                writeln!(f, "  expected:  {expected}")?;
                writeln!(f, "  came:      {actual}")?;
            }
            Cause::Missing { expected } | Cause::Late { expected, .. } => {
                writeln!(f, "  expected:  {expected}")?;
            }
            Cause::Extra { actual } => writeln!(f, "  came:      {actual}")?,
            _ => {}
        }
        writeln!(f, "  the terminal showed last:")?;
        for line in &self.shown {
            writeln!(f, "    | {line}")?;
        }
        if let Some(hint) = hint::likely_cause(self) {
            writeln!(f, "  likely cause: {hint}")?;
        }
        Ok(())
    }
}
