//! How a step can fail, and how the author of the document learns it.

use std::io;
use std::time::Duration;

use super::hint;

/// Why a step failed.
#[derive(Debug, Default)]
pub struct Failure {
    /// One sentence.
    what: String,
    /// The line in the document.
    expected: Option<String>,
    /// The line on the terminal.
    came: Option<String>,
    /// The usual cause of such a failure.
    hint: &'static str,
}

impl Failure {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), ..Self::default() }
    }

    /// Another line came.
    pub fn different(expected: &str, came: &str) -> Self {
        let is_case = expected.eq_ignore_ascii_case(came);
        Self {
            expected: Some(expected.to_owned()),
            came: Some(came.to_owned()),
            hint: if is_case { "only upper and lower case differ." } else { "" },
            ..Self::new("another line came")
        }
    }

    /// The program ended before the line came.
    pub fn missing(expected: &str) -> Self {
        let what = "the command ended before this line came";
        Self { expected: Some(expected.to_owned()), ..Self::new(what) }
    }

    /// The line did not come in time.
    pub fn late(expected: &str, patience: Duration) -> Self {
        Self {
            expected: Some(expected.to_owned()),
            hint: "the program waits, or needs longer.\n    \
                   `timeout=SECONDS` after the backticks gives it more time.",
            ..Self::new(format!("this line did not come within {} s", patience.as_secs()))
        }
    }

    /// A line came that the document does not show.
    pub fn extra(came: &str) -> Self {
        Self {
            came: Some(came.to_owned()),
            hint: "the document must show the line, or write `...` in its place.",
            ..Self::new("a line came that the document does not show")
        }
    }

    /// The prompt did not come back in time.
    pub fn no_prompt(prompt: &str, patience: Duration) -> Self {
        let hint = if prompt == "$ " {
            "the command still runs.\n    \
             Let the document end it (^C) or show more of its output. If the command may run\n    \
             until the document ends, add `running` after the backticks."
        } else {
            "the program is busy, or waits for another client."
        };
        let patience = patience.as_secs();
        let what = format!("the prompt `{prompt}` did not come back within {patience} s");
        Self { hint, ..Self::new(what) }
    }

    /// The program that should be typed into has ended.
    pub fn no_program() -> Self {
        Self::new("no program waits for this: the shell is back at its prompt")
    }

    /// There are more lines than the terminal keeps.
    pub fn too_long() -> Self {
        Self {
            hint: "the command must print less: see `| head`.",
            ..Self::new("the terminal has shown more than 10,000 lines")
        }
    }

    /// The report for the author: the step, and the last lines of its terminal.
    pub fn describe(&self, terminal: &str, typed: &str, shown: &[String]) -> String {
        let mut lines = vec![
            self.what.clone(),
            format!("  terminal:  {terminal}"),
            format!("  typed:     {typed}"),
        ];
        lines.extend(self.expected.iter().map(|line| format!("  expected:  {line}")));
        lines.extend(self.came.iter().map(|line| format!("  came:      {line}")));
        lines.push("  the terminal showed last:".to_owned());
        lines.extend(shown.iter().map(|line| format!("    | {line}")));
        let cause = hint::likely_cause(shown).unwrap_or_else(|| self.hint.to_owned());
        if !cause.is_empty() {
            lines.push(format!("  likely cause: {cause}"));
        }
        lines.join("\n")
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(format!("the terminal failed: {error}"))
    }
}
