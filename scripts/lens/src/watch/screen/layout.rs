//! Fits a page into a terminal: what there is no room for is counted, and the panel gets its lines first.

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{BOLD, Choice, DIM, HELP, Page, Panel, RED, styled};

const KEYS: [(&str, &str); 5] =
    [("space", "freeze"), ("↑ ↓", "choose"), ("e", "explain"), ("?", "help"), ("q", "quit")];

/// Lines that stand above the clients and do not scroll: the four facts, an empty line, the heading.
const FACTS: usize = 6;

/// The lines of the whole screen.
pub(super) fn fit(page: &Page, choice: &Choice, width: usize, height: usize) -> Vec<Line<'static>> {
    let width = width.max(20);
    let mut lines = page.head(width, &status(choice));
    let panel = panel(page, choice, width);
    let mut table = page.clients(width, Some(choice.row));
    let clients = table.split_off(FACTS.min(table.len()));
    lines.append(&mut table);
    let room = height.saturating_sub(lines.len() + panel.len() + 1);
    lines.extend(scroll(clients, choice.row.saturating_sub(2), room));
    lines.resize(height.saturating_sub(panel.len() + 1).max(1), Line::default());
    lines.extend(panel);
    lines.push(keys(choice));
    lines
}

fn status(choice: &Choice) -> Line<'static> {
    if choice.is_frozen {
        Line::from(Span::styled(" FROZEN ", BOLD.add_modifier(Modifier::REVERSED)))
    } else {
        Line::from(Span::styled("live", DIM))
    }
}

/// As many of the lines as there is room for, with the chosen one among them.
fn scroll(lines: Vec<Line<'static>>, chosen: usize, room: usize) -> Vec<Line<'static>> {
    if lines.len() <= room {
        return lines;
    }
    let shown = room.saturating_sub(1);
    let start = (chosen + 1).saturating_sub(shown);
    let more = lines.len() - shown;
    let mut lines: Vec<_> = lines.into_iter().skip(start).take(shown).collect();
    lines.push(styled(format!("  … and {more} more (↑ ↓)"), DIM));
    lines
}

/// What stands at the bottom, with a line above it.
fn panel(page: &Page, choice: &Choice, width: usize) -> Vec<Line<'static>> {
    let (title, text) = match choice.panel {
        Panel::None => return Vec::new(),
        Panel::Help => ("what is what".to_owned(), HELP.to_owned()),
        Panel::Explain => page.explanation(choice.row),
    };
    let rule = "─".repeat(width.saturating_sub(title.chars().count() + 6));
    let mut lines = vec![Line::from(vec![
        Span::styled(" ── ", DIM),
        Span::styled(title, BOLD),
        Span::styled(format!(" {rule}"), DIM),
    ])];
    lines.extend(wrap(&text, width - 2).map(|text| styled(text, super::PLAIN)));
    lines
}

fn keys(choice: &Choice) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    for (key, does) in KEYS {
        let does = if key == "space" && choice.is_frozen { "go on" } else { does };
        let style = if does == "go on" { RED } else { BOLD };
        spans.push(Span::styled(key, style));
        spans.push(Span::styled(format!(" {does}   "), DIM));
    }
    Line::from(spans)
}

/// Breaks the lines of a text at their spaces, so that none is wider than this. A word that is wider is
/// cut by the edge of the screen.
pub(super) fn wrap(text: &str, width: usize) -> impl Iterator<Item = String> {
    let mut lines: Vec<String> = Vec::new();
    for whole in text.lines() {
        let mut line = String::new();
        for word in whole.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.into_iter()
}
