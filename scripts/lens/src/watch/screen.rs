//! What the screen shows: a sentence, the server, its queue, its clients, and how to go on. What there is no
//! space for is counted, and the panel at the bottom gets its lines first.

use ratatui::Frame;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span, Text};

use super::{View, explain, status};
use crate::text::wrap;

mod table;

/// What the user has chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The highlighted row: 0 is the server, 1 its queue, then its clients.
    pub row: usize,
    /// Whether the picture stands still.
    pub is_frozen: bool,
    /// What is shown at the bottom.
    pub panel: Panel,
}

/// What is shown at the bottom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Panel {
    /// Nothing.
    #[default]
    None,
    /// What the highlighted row means.
    Explain,
    /// The keys, and the words of the screen.
    Help,
}

const HELP: &str = "Top: what the server does, and who waits for it. Red: a client that the server has not \
    accepted. Recv-Q: bytes that the server has not read. Send-Q: bytes that the client has not taken. A \
    context switch is voluntary if the server went to sleep, and involuntary if others wanted its CPU. > \
    before a time: it is at least that, because it began before the watch did. All of it is from /proc and \
    ss; the server is not touched.";
const KEYS: [(&str, &str); 5] =
    [("space", "freeze"), ("↑ ↓", "choose"), ("e", "explain"), ("?", "help"), ("q", "quit")];

const RED: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
const GREEN: Style = Style::new().fg(Color::Green).add_modifier(Modifier::BOLD);
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const PLAIN: Style = Style::new();

/// How many rows can be highlighted.
#[must_use]
pub fn rows(view: &View) -> usize {
    2 + view.snapshot.clients.len()
}

/// Draws the screen. Without colour (`NO_COLOR`), bold and words in capitals say the same.
pub fn draw(frame: &mut Frame, view: &View, choice: &Choice, in_colour: bool) {
    let area = frame.area();
    let lines = fit(view, choice, area.width.into(), area.height.into());
    frame.render_widget(Text::from(lines), area);
    if !in_colour {
        frame.buffer_mut().content.iter_mut().for_each(|cell| cell.fg = Color::Reset);
    }
}

/// The screen as plain text, of this width, and as long as it needs to be.
#[must_use]
pub fn text(view: &View, width: usize) -> String {
    let head = head(view, None, width, Span::raw(""));
    let lines = head.into_iter().chain(table::clients(view, None, width));
    lines.map(|line| format!("{}\n", line.to_string().trim_end())).collect()
}

/// The lines of the whole screen.
fn fit(view: &View, choice: &Choice, width: usize, height: usize) -> Vec<Line<'static>> {
    let width = width.max(20);
    let row = Some(choice.row);
    let corner = if choice.is_frozen {
        Span::styled(" FROZEN ", BOLD.add_modifier(Modifier::REVERSED))
    } else {
        Span::styled("live", DIM)
    };
    let mut lines = head(view, row, width, corner);
    let mut clients = table::clients(view, row, width).into_iter();
    lines.extend(clients.next());
    let panel = panel(view, choice, width);
    let space = height.saturating_sub(lines.len() + panel.len() + 1);
    lines.extend(scroll(clients.collect(), choice.row.saturating_sub(2), space));
    lines.resize(height.saturating_sub(panel.len() + 1).max(1), Line::default());
    lines.extend(panel);
    lines.push(keys(choice));
    lines
}

/// All that stands above the clients. `corner` stands in the upper right one.
fn head(
    view: &View,
    row: Option<usize>,
    width: usize,
    corner: Span<'static>,
) -> Vec<Line<'static>> {
    let (waiting, is_alarm) = status::waiting(view);
    let mut lines = vec![title(view, width, corner), Line::default()];
    lines.extend(paragraph(&status::server(view), width, BOLD));
    lines.extend(paragraph(&waiting, width, if is_alarm { RED } else { PLAIN }));
    lines.push(Line::default());
    lines.extend(table::facts(view, row));
    lines.push(Line::default());
    lines
}

fn title(view: &View, width: usize, corner: Span<'static>) -> Line<'static> {
    let addr = match view.snapshot.addr {
        Some(addr) => addr.to_string(),
        None => format!("port {}, where it does not listen any more", view.target.port),
    };
    let title = format!(" {} · pid {} · {addr}", view.target.name, view.target.process.pid());
    let gap = width.saturating_sub(title.chars().count() + corner.width() + 1);
    Line::from(vec![Span::styled(title, DIM), Span::raw(" ".repeat(gap)), corner])
}

/// As many of the lines as there is space for, with the chosen one among them.
fn scroll(lines: Vec<Line<'static>>, chosen: usize, space: usize) -> Vec<Line<'static>> {
    if lines.len() <= space {
        return lines;
    }
    let shown = space.saturating_sub(1);
    let start = (chosen + 1).saturating_sub(shown);
    let more = lines.len() - shown;
    let mut lines: Vec<_> = lines.into_iter().skip(start).take(shown).collect();
    lines.push(styled(format!("  … and {more} more (↑ ↓)"), DIM));
    lines
}

/// What stands at the bottom, with a line above it.
fn panel(view: &View, choice: &Choice, width: usize) -> Vec<Line<'static>> {
    let (title, text) = match choice.panel {
        Panel::None => return Vec::new(),
        Panel::Help => ("what is what".to_owned(), HELP.to_owned()),
        Panel::Explain => explanation(view, choice.row),
    };
    let rule = "─".repeat(width.saturating_sub(title.chars().count() + 6));
    let rule = vec![
        Span::styled(" ── ", DIM),
        Span::styled(title, BOLD),
        Span::styled(format!(" {rule}"), DIM),
    ];
    [Line::from(rule)].into_iter().chain(paragraph(&text, width, PLAIN)).collect()
}

/// The name of a row, and what it means.
fn explanation(view: &View, row: usize) -> (String, String) {
    let View { target, snapshot, .. } = view;
    match row.checked_sub(2).and_then(|index| snapshot.clients.get(index)) {
        Some(client) => (
            format!("client {}: {}", client.addr, status::of_client(client.state)),
            explain::client(client, snapshot, target.port),
        ),
        None if row == 1 => ("the accept queue".to_owned(), explain::queue(view)),
        None => ("the server".to_owned(), explain::server(snapshot, target.process.pid())),
    }
}

fn keys(choice: &Choice) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    for (key, does) in KEYS {
        let goes_on = key == "space" && choice.is_frozen;
        let (does, style) = if goes_on { ("go on", RED) } else { (does, BOLD) };
        spans.push(Span::styled(key, style));
        spans.push(Span::styled(format!(" {does}   "), DIM));
    }
    Line::from(spans)
}

/// A text, broken into lines of this width.
fn paragraph(text: &str, width: usize, style: Style) -> impl Iterator<Item = Line<'static>> {
    let lines = text.lines().flat_map(move |line| wrap(line, width - 2, ""));
    lines.map(move |line| styled(line, style))
}

fn styled(text: impl Into<String>, style: Style) -> Line<'static> {
    Line::from(vec![Span::raw(" "), Span::styled(text.into(), style)])
}

#[cfg(test)]
mod tests;
