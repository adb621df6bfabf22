//! The life of a request as text, one line a step, with the time between them.

use std::fmt::Write as _;

use colored::Colorize;

use super::{Request, Source, Step};
use crate::text::{cut, human};

/// The widest line, in letters.
const WIDTH: usize = 100;
/// The columns in front of what was noted.
const MARGIN: usize = 47;

/// Shows the way of a request.
#[must_use]
pub fn show(request: &Request, colour: bool) -> String {
    let Request { server, client, number, text, .. } = request;
    let mut out = format!("{server}: request {number} of client {client}, {text}\n\n");
    _ = writeln!(out, "{:>10}  {:>8}  {:<24} as it was noted", "since sent", "step", "");
    let gaps = request.gaps();
    let longest = gaps.iter().flatten().max().copied();
    for (step, gap) in request.steps.iter().zip(gaps) {
        let line = line(step, gap, client);
        let is_longest = gap.is_some() && gap == longest;
        let line = match step.source {
            _ if !colour => line,
            _ if is_longest => line.red().bold().to_string(),
            Source::Nobody => line.dimmed().to_string(),
            _ => line,
        };
        _ = writeln!(out, "{line}");
    }
    out.push('\n');
    for sentence in request.clocks.sentences() {
        _ = writeln!(out, "{sentence}");
    }
    out
}

fn line(step: &Step, gap: Option<i64>, client: &str) -> String {
    let at = step.at_us.map_or_else(|| "?   ".to_owned(), millis);
    let gap = gap
        .map_or_else(String::new, |us| format!("{}{}", if us < 0 { "" } else { "+" }, human(us)));
    let detail = step.detail.replace(&format!("client {client}"), client);
    let detail = cut(&detail, WIDTH - MARGIN);
    format!("{at:>10}  {gap:>8}  {:<24} {detail}", step.what)
}

/// To the microsecond: `800.818 ms`.
pub(super) fn millis(us: i64) -> String {
    format!("{}{}.{:03} ms", if us < 0 { "-" } else { "" }, us.abs() / 1_000, us.abs() % 1_000)
}
