//! Timelines as text, 80 columns wide: a block for each server, all on one axis.

use std::fmt::Write as _;
use std::ops::Range;

use codec::printable::one_line;
use colored::{Color, Colorize};

use trace::explain::CLIENTS;

use super::super::Clocks;
use super::{Lane, LaneKind, Span, SpanKind, Timeline, legend, whole_run};
use crate::picture::ticks;
use crate::text::{COLUMNS, cut, human, letters, wrap, wrapped};

/// In front of each lane, in columns.
const LABEL: usize = 17;
/// The lanes themselves, in columns.
const BAR: usize = COLUMNS - LABEL;
/// Fewer columns than this in front of a text, and behind it, look cramped.
const AIR: usize = 2;

/// Shows timelines below each other.
#[must_use]
pub fn show(timelines: &[Timeline], colour: bool) -> String {
    let Some(window) = whole_run(timelines) else { return String::new() };
    let columns = i64::try_from(BAR).unwrap_or(1);
    let scale = Scale { window, column_us: ((window.1 - window.0) / columns + 1).max(1) };
    let blocks = timelines.iter().map(|timeline| block(timeline, &scale, colour) + "\n");
    blocks.collect::<String>() + &below(timelines, &scale)
}

/// From times to columns.
#[derive(Debug, Clone, Copy)]
struct Scale {
    window: (i64, i64),
    column_us: i64,
}

impl Scale {
    /// The column of a time; before the first is the first.
    fn column(&self, us: i64) -> usize {
        let column = (us - self.window.0).max(0) / self.column_us;
        usize::try_from(column).unwrap_or(BAR).min(BAR - 1)
    }

    /// The columns of a span, at least one.
    fn columns(&self, span: &Span) -> Range<usize> {
        let start = self.column(span.start_us);
        start..self.column(span.end_us()).max(start + 1)
    }
}

fn block(timeline: &Timeline, scale: &Scale, colour: bool) -> String {
    let server = one_line(&timeline.server);
    let name = if colour { server.bold().to_string() } else { server.clone() };
    let mut out = String::new();
    for (number, sentence) in timeline.facts.sentences().iter().enumerate() {
        let start = if number == 0 { format!("{server}: ") } else { "  ".to_owned() };
        let line = wrapped(&format!("{start}{}.", one_line(sentence)));
        _ = writeln!(out, "{}", line.replacen(&server, &name, 1));
    }
    _ = writeln!(out, "{:LABEL$}{}", "", axis(scale, &one_line(&timeline.facts.second)));
    let clients = timeline.clients();
    // What is no sleep takes less than a column: the lane of the thread shows it as well.
    for lane in timeline.lanes.iter().filter(|lane| lane.kind != LaneKind::Calls) {
        let bar = bar(lane, scale, &clients, colour);
        let name = cut(&one_line(&lane.name), LABEL - 3);
        _ = writeln!(out, "  {name:0$}{bar}", LABEL - 2);
    }
    out
}

/// The ticks of the axis, with the moment when the second client connects.
fn axis(scale: &Scale, second: &str) -> String {
    let mut line = String::new();
    for tick in ticks(scale.window.0, scale.window.1) {
        let name = if tick == 0 { format!("{second} connects") } else { human(tick) };
        let at = scale.column(tick);
        if at >= letters(&line) && at + letters(&name) < BAR {
            line = format!("{line:at$}|{name}");
        }
    }
    line
}

/// One letter of a lane, and the colour of its client.
type Cell = (char, Option<Color>);

fn bar(lane: &Lane, scale: &Scale, clients: &[String], colour: bool) -> String {
    let mut cells: Vec<Cell> = vec![(' ', None); BAR];
    let is_wide = |span: &&Span| span.duration_us >= scale.column_us.unsigned_abs();
    let (wide, mut narrow): (Vec<&Span>, Vec<&Span>) = lane.spans.iter().partition(is_wide);
    // Of those that share a column, the longest is seen. Silence that fills no column is none.
    narrow.retain(|span| span.kind != SpanKind::Idle);
    narrow.sort_by_key(|span| span.duration_us);
    for span in wide.iter().chain(&narrow) {
        let place = span.client.as_ref().and_then(|name| clients.iter().position(|of| of == name));
        let ink = place.and_then(|place| CLIENTS.get(place)).copied();
        let ink = ink.filter(|_| span.kind != SpanKind::Asleep);
        cells
            .get_mut(scale.columns(span))
            .unwrap_or_default()
            .fill((letter(span.kind, span.client.is_some()), ink));
    }
    for span in wide {
        write_on(span, cells.get_mut(scale.columns(span)).unwrap_or_default());
    }
    let shown = cells.into_iter().map(|(letter, ink)| match ink.filter(|_| colour) {
        Some(ink) => letter.to_string().color(ink).to_string(),
        None => letter.to_string(),
    });
    shown.collect::<String>().trim_end().to_owned()
}

/// Writes what a span is into its middle, where nothing else is painted.
fn write_on(span: &Span, cells: &mut [Cell]) {
    let is_ours = |cell: &Cell| cell.0 == letter(span.kind, span.client.is_some());
    if !cells.iter().skip(1).rev().skip(1).all(is_ours) {
        return;
    }
    if let Some(text) = span.fitting(cells.len().saturating_sub(2 * AIR + 2)) {
        for (cell, letter) in
            cells.iter_mut().skip(AIR).zip(format!(" {} ", one_line(text)).chars())
        {
            cell.0 = letter;
        }
    }
}

/// The letter of a kind of span; a thread that is awake for no client has one of its own.
fn letter(kind: SpanKind, is_for_client: bool) -> char {
    if kind == SpanKind::Awake && !is_for_client { '▪' } else { kind.look().letter }
}

/// What the letters mean, and how exact they are.
fn below(timelines: &[Timeline], scale: &Scale) -> String {
    let entries = legend().map(|(kind, is_for_client, words)| {
        format!("{} {words}", letter(kind, is_for_client)).replace(' ', "\u{a0}")
    });
    let column = human(scale.column_us);
    let exact = format!(
        "A column is {column}; what is shorter has one too. To see it: scripts/lens.sh\u{a0}follow\u{a0}FOLDER"
    );
    let clocks = timelines.iter().map(|timeline| timeline.clocks).reduce(Clocks::and);
    let clocks = clocks.into_iter().flat_map(Clocks::sentences);
    let mut lines = wrap(&entries.join(" \u{a0}"), COLUMNS, "");
    lines.extend([exact].into_iter().chain(clocks).map(|sentence| wrapped(&sentence)));
    lines.into_iter().map(|line| line.trim().replace('\u{a0}', " ") + "\n").collect()
}
