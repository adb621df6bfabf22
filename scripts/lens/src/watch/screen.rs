//! What the screen shows: a sentence, the server, its queue, its clients, and how to go on.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::explain;
use super::find::Target;
use super::look::{Look, Place, Thread};
use super::memory::Memory;
use super::process::Switches;
use super::words;

mod columns;
mod layout;

use columns::Columns;

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

/// All that a picture is made of.
#[derive(Debug)]
pub struct Page<'a> {
    /// Who is watched.
    pub target: &'a Target,
    /// What there was to see last.
    pub look: &'a Look,
    /// What was seen before.
    pub memory: &'a Memory,
}

const HELP: &str = "Top: what the server does, and who waits for it; red is somebody who waits for a \
    server that does not come. Recv-Q: bytes that the server has not read. Send-Q: bytes that the client \
    has not taken. A context switch is voluntary if the server went to sleep, and involuntary if others \
    wanted its CPU. A time behind > is at least that: it was so before the watch began. All of it is from \
    /proc and ss; the server is not touched.";

const RED: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
const GREEN: Style = Style::new().fg(Color::Green).add_modifier(Modifier::BOLD);
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const PLAIN: Style = Style::new();

/// Draws the page. Without colour (`NO_COLOR`), bold and words in capitals say the same.
pub fn draw(frame: &mut Frame, page: &Page, choice: &Choice, in_colour: bool) {
    let area = frame.area();
    let lines = layout::fit(page, choice, area.width.into(), area.height.into());
    for (row, mut line) in (area.top()..area.bottom()).zip(lines) {
        if !in_colour {
            line.spans.iter_mut().for_each(|span| span.style.fg = None);
        }
        let place = Rect { y: row, height: 1, ..area };
        frame.render_widget(line, place);
    }
}

/// The page as plain text, of this width, and as long as it needs to be.
#[must_use]
pub fn text(page: &Page, width: usize) -> String {
    let head = page.head(width, &Line::default());
    let lines = head.into_iter().chain(page.clients(width, None));
    lines.map(|line| format!("{}\n", line.to_string().trim_end())).collect()
}

impl Page<'_> {
    /// How many rows can be highlighted.
    #[must_use]
    pub fn rows(&self) -> usize {
        2 + self.look.clients.len()
    }

    /// All that stands above the clients. `status` stands in the corner.
    fn head(&self, width: usize, status: &Line<'static>) -> Vec<Line<'static>> {
        let mut lines = vec![self.title(width, status), Line::default()];
        let (waiting, is_alarm) = words::waiting(self.look, self.memory);
        let server = words::server(self.look, self.memory);
        lines.extend(layout::wrap(&server, width - 2).map(|text| styled(text, BOLD)));
        let style = if is_alarm { RED } else { PLAIN };
        lines.extend(layout::wrap(&waiting, width - 2).map(|text| styled(text, style)));
        lines.push(Line::default());
        lines
    }

    fn title(&self, width: usize, status: &Line<'static>) -> Line<'static> {
        let Target { name, pid, port, .. } = self.target;
        let addr = match self.look.addr {
            Some(addr) => addr.to_string(),
            None => format!("port {port}, where it does not listen any more"),
        };
        let title = format!(" {name} · pid {pid} · {addr}");
        let gap = width.saturating_sub(title.chars().count() + status.width() + 1);
        let mut line = Line::from(vec![Span::styled(title, DIM), Span::raw(" ".repeat(gap))]);
        line.spans.extend(status.spans.iter().cloned());
        line
    }

    /// The server, its queue and its clients, with a mark at the highlighted row.
    fn clients(&self, width: usize, row: Option<usize>) -> Vec<Line<'static>> {
        let columns = Columns::new(width, self.look);
        let mut lines = vec![
            columns.fact(row == Some(0), "server", self.thread(), self.thread_style()),
            columns.fact(row == Some(1), "accept queue", self.queue(), self.queue_style()),
            columns.fact(false, "CPU", self.cpu(), PLAIN),
            columns.fact(false, "context switches", self.switches(), PLAIN),
            Line::default(),
        ];
        if self.look.clients.is_empty() {
            lines.push(styled("No client is connected.", DIM));
            return lines;
        }
        lines.push(columns.heading());
        for (index, client) in self.look.clients.iter().enumerate() {
            let since = words::how_long(self.memory.client_since(client), self.look.at);
            let program = self.memory.programs.of(client);
            let style = match client.place {
                place if place.is_outside() => RED,
                Place::IsWaitedFor => GREEN,
                _ => PLAIN,
            };
            lines.push(columns.client(row == Some(index + 2), client, program, &since, style));
        }
        lines
    }

    fn thread(&self) -> String {
        let doing = match &self.look.thread {
            Thread::Runs => "awake".to_owned(),
            Thread::Stopped => "stopped".to_owned(),
            Thread::AsleepSomewhere => "asleep; to see where: sudo".to_owned(),
            Thread::Asleep { .. } => format!("asleep in {}", words::place_of_sleep(self.look)),
        };
        let since = words::how_long(self.memory.thread_since(), self.look.at);
        format!("{doing}  {since}")
    }

    fn thread_style(&self) -> Style {
        if matches!(self.look.thread, Thread::Runs) { GREEN } else { PLAIN }
    }

    /// `■□  1 of 2 places taken`
    fn queue(&self) -> String {
        /// More would not be counted at a glance.
        const MOST: u64 = 10;
        let taken = self.look.queue;
        let Some(backlog) = self.memory.backlog else {
            return format!("{taken} in it");
        };
        let places = backlog.saturating_add(1).max(taken);
        let boxes: String = match places {
            0..=MOST => (0..places).map(|place| if place < taken { '■' } else { '□' }).collect(),
            _ => (0..taken.min(MOST)).map(|_| '■').collect(),
        };
        let full = if taken == places { ": FULL" } else { "" };
        let gap = if boxes.is_empty() { "" } else { "  " };
        format!("{boxes}{gap}{taken} of {places} places taken{full}")
    }

    fn queue_style(&self) -> Style {
        if self.look.queue > 0 { RED } else { PLAIN }
    }

    fn cpu(&self) -> String {
        let threads = self.look.threads;
        match self.memory.rates() {
            Some(rates) => format!("{:.0} % of one · {threads} threads", rates.cpu * 100.0),
            None => format!("{threads} threads"),
        }
    }

    fn switches(&self) -> String {
        let Switches { voluntary, involuntary } = self.look.switches;
        match self.memory.rates() {
            Some(rates) => format!(
                "{voluntary} voluntary ({:.0}/s), {involuntary} involuntary ({:.0}/s)",
                rates.voluntary, rates.involuntary
            ),
            None => format!("{voluntary} voluntary, {involuntary} involuntary"),
        }
    }

    /// What the highlighted row means, and its name.
    fn explanation(&self, row: usize) -> (String, String) {
        let port = self.target.port;
        match row.checked_sub(2).and_then(|index| self.look.clients.get(index)) {
            Some(client) => {
                let title = format!("client {}: {}", client.addr, words::place(client.place));
                (title, explain::client(client, self.look, port))
            }
            None if row == 1 => (
                "the accept queue".to_owned(),
                explain::queue(self.look, self.memory.backlog, port),
            ),
            None => ("the server".to_owned(), explain::server(self.look, self.target.pid)),
        }
    }
}

fn styled(text: impl Into<String>, style: Style) -> Line<'static> {
    Line::from(vec![Span::raw(" "), Span::styled(text.into(), style)])
}

#[cfg(test)]
mod tests;
