//! The way of a request as text, a line for each step, with the time between them.

use std::fmt::Write as _;

use codec::printable::one_line;
use colored::Colorize;

use super::{Request, Source, Step};
use crate::text::{COLUMNS, human, millis, wrap, wrapped};

/// The columns in front of what was noted.
const MARGIN: usize = 45;

/// Shows the way of a request.
#[must_use]
pub fn show(request: &Request, colour: bool) -> String {
    let Request { server, client, number, text, .. } = request;
    let title = format!("{server}: request {number} of client {client}, {text}");
    let title = wrapped(&one_line(&title));
    let mut out = format!("{title}\n\n");
    _ = writeln!(out, "{:>9} {:>8}  {:<24} as it was noted", "at (ms)", "later", "step");
    let longest = request.longest().map(|(gap, _)| gap);
    for (step, gap) in request.steps.iter().zip(request.gaps()) {
        let lines = lines(step, gap, client);
        let lines = match step.source {
            _ if !colour => lines,
            _ if gap.is_some() && gap == longest => lines.red().bold().to_string(),
            Source::Nobody => lines.dimmed().to_string(),
            _ => lines,
        };
        _ = writeln!(out, "{lines}");
    }
    for sentence in request.clocks.sentences() {
        _ = write!(out, "\n{}", wrapped(&sentence));
    }
    out + "\n"
}

/// A step. What does not fit beside it stands below.
fn lines(step: &Step, gap: Option<i64>, client: &str) -> String {
    let at = step.at_us.map_or_else(|| "?".to_owned(), millis);
    let at = at.trim_end_matches(" ms");
    let sign = if gap.is_some_and(|us| us >= 0) { "+" } else { "" };
    let gap = gap.map_or_else(String::new, |us| format!("{sign}{}", human(us)));
    let detail = step.detail.replace(&format!("client {client}"), client);
    let detail = wrap(&one_line(&detail), COLUMNS - MARGIN, "").join(&format!("\n{:MARGIN$}", ""));
    format!("{at:>9} {gap:>8}  {:<24} {detail}", step.what)
}
