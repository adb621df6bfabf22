//! Timelines as text, 80 columns wide: a block for each server, all on one axis.

use std::fmt::Write as _;

use colored::{Color, Colorize};

use trace::explain::CLIENTS;

use super::super::Clocks;
use super::{Lane, LaneKind, Span, SpanKind, Timeline, ticks};
use crate::text::{COLUMNS, human, wrapped};

/// In front of each lane, in columns.
const LABEL: usize = 17;
/// The lanes themselves, in columns.
const BAR: usize = COLUMNS - LABEL;
/// Fewer columns than this in front of a text, and behind it, look cramped.
const AIR: usize = 2;
/// Shows timelines below each other.
#[must_use]
pub fn show(timelines: &[Timeline], colour: bool) -> String {
    let Some(scale) = Scale::new(timelines) else { return String::new() };
    let mut out = String::new();
    for timeline in timelines {
        block(timeline, &scale, colour, &mut out);
    }
    legend(timelines, &scale, &mut out);
    out
}

/// From times to columns.
#[derive(Debug, Clone, Copy)]
struct Scale {
    from_us: i64,
    column_us: i64,
}

impl Scale {
    fn new(timelines: &[Timeline]) -> Option<Self> {
        let from_us = timelines.iter().map(|timeline| timeline.window.0).min()?;
        let until_us = timelines.iter().map(|timeline| timeline.window.1).max()?;
        let columns = i64::try_from(BAR).unwrap_or(1);
        Some(Self { from_us, column_us: ((until_us - from_us) / columns + 1).max(1) })
    }

    /// The column of a time; before the first is the first.
    fn column(&self, us: i64) -> usize {
        let column = (us - self.from_us).max(0) / self.column_us;
        usize::try_from(column).unwrap_or(BAR).min(BAR - 1)
    }

    /// The columns of a span, at least one.
    fn columns(&self, span: &Span) -> std::ops::Range<usize> {
        let start = self.column(span.start_us);
        start..self.column(span.end_us()).max(start + 1)
    }
}

fn block(timeline: &Timeline, scale: &Scale, colour: bool, out: &mut String) {
    let (server, facts) = (&timeline.server, &timeline.facts);
    for (number, sentence) in facts.sentences().iter().enumerate() {
        let start = if number == 0 { format!("{server}: ") } else { "  ".to_owned() };
        let line = wrapped(&format!("{start}{sentence}."));
        _ = writeln!(out, "{}", line.replacen(&**server, &bold(server, colour), 1));
    }
    _ = writeln!(out, "{:LABEL$}{}", "", axis(scale, &facts.guest));
    let clients = timeline.clients();
    // What is no sleep takes less than a column: the lane of the thread shows it as well.
    for lane in timeline.lanes.iter().filter(|lane| lane.kind != LaneKind::Calls) {
        _ = writeln!(
            out,
            "  {:width$}{}",
            lane.name,
            bar(lane, scale, &clients, colour),
            width = LABEL - 2
        );
    }
    out.push('\n');
}

/// The ticks of the axis, with the moment when the guest connects.
fn axis(scale: &Scale, guest: &str) -> String {
    let mut cells = vec![' '; BAR];
    let until = scale.from_us + scale.column_us * i64::try_from(BAR).unwrap_or(0);
    for tick in ticks(scale.from_us, until) {
        let text =
            if tick == 0 { format!("|{guest} connects") } else { format!("|{}", human(tick)) };
        let at = scale.column(tick);
        if at + text.chars().count() <= BAR {
            put(&mut cells, at, &text, |cell, letter| *cell = letter);
        }
    }
    cells.into_iter().collect::<String>().trim_end().to_owned()
}

/// One letter of a lane, and whose it is.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    letter: Option<char>,
    ink: Option<Color>,
}

fn bar(lane: &Lane, scale: &Scale, clients: &[String], colour: bool) -> String {
    let mut cells = vec![Cell::default(); BAR];
    let is_wide = |span: &&Span| span.duration_us >= scale.column_us.unsigned_abs();
    let (wide, mut narrow): (Vec<&Span>, Vec<&Span>) = lane.spans.iter().partition(is_wide);
    // Of those that share a column, the longest is seen. Silence that fills no column is none.
    narrow.retain(|span| span.kind != SpanKind::Idle);
    narrow.sort_by_key(|span| span.duration_us);
    for span in &wide {
        paint(span, &mut cells, scale, clients);
    }
    for span in narrow {
        paint(span, &mut cells, scale, clients);
    }
    for span in wide {
        write_on(span, &mut cells, scale);
    }
    let shown = cells.iter().map(|cell| {
        let letter = cell.letter.unwrap_or(' ').to_string();
        match cell.ink.filter(|_| colour) {
            Some(ink) => letter.color(ink).to_string(),
            None => letter,
        }
    });
    shown.collect::<String>().trim_end().to_owned()
}

fn paint(span: &Span, cells: &mut [Cell], scale: &Scale, clients: &[String]) {
    let place = span.client.as_deref().and_then(|name| clients.iter().position(|of| of == name));
    let ink = place.and_then(|place| CLIENTS.get(place)).copied();
    let ink = ink.filter(|_| span.kind != SpanKind::Asleep);
    for cell in cells.get_mut(scale.columns(span)).unwrap_or_default() {
        *cell = Cell { letter: Some(letter(span)), ink };
    }
}

/// Writes what a span is into its middle, where nothing else is painted.
fn write_on(span: &Span, cells: &mut [Cell], scale: &Scale) {
    let columns = scale.columns(span);
    let is_ours = |cell: &Cell| cell.letter == Some(letter(span));
    let room = cells.get(columns.clone()).unwrap_or_default();
    if !room.iter().skip(1).rev().skip(1).all(is_ours) {
        return;
    }
    if let Some(text) = span.fitting(room.len().saturating_sub(2 * AIR + 2)) {
        let text = format!(" {text} ");
        put(cells, columns.start + AIR, &text, |cell, letter| cell.letter = Some(letter));
    }
}

fn put<T>(cells: &mut [T], at: usize, text: &str, write: impl Fn(&mut T, char)) {
    for (cell, letter) in cells.iter_mut().skip(at).zip(text.chars()) {
        write(cell, letter);
    }
}

fn letter(span: &Span) -> char {
    match span.kind {
        SpanKind::Awake if span.client.is_none() => '▪',
        SpanKind::Connect => '|',
        SpanKind::Waiting => '/',
        SpanKind::Served | SpanKind::Awake | SpanKind::Call => '█',
        SpanKind::Idle => '─',
        SpanKind::Unaccepted | SpanKind::Unread => '▒',
        SpanKind::Asleep => '·',
    }
}

fn legend(timelines: &[Timeline], scale: &Scale, out: &mut String) {
    out.push_str("| connects  / waits  ─ silent  ▒ in the kernel  · asleep\n");
    out.push_str("█ is served; the thread is awake for it  ▪ awake for no client\n");
    let column = human(scale.column_us);
    _ = writeln!(out, "A column is {column}; what is shorter has one too.");
    out.push_str("To see what is shorter: scripts/lens.sh follow FOLDER\n");
    let clocks = timelines.iter().map(|timeline| timeline.clocks).reduce(Clocks::and);
    for sentence in clocks.into_iter().flat_map(Clocks::sentences) {
        _ = writeln!(out, "{}", wrapped(&sentence));
    }
}

fn bold(text: &str, colour: bool) -> String {
    if colour { text.bold().to_string() } else { text.to_owned() }
}
