//! The facts about the server, and the table of its clients.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::super::View;
use super::super::status;
use super::{BOLD, DIM, GREEN, PLAIN, RED};
use crate::text::cut;
use harness::snapshot::{Client, ClientState, Thread};

/// The widest a program gets: a name of 15 bytes and a number.
const PROGRAM: usize = 23;
/// A client's state, its two queues and the time.
const REST: usize = 22 + 7 + 7 + 10;

/// What is known of the server: its first two rows can be highlighted.
pub(super) fn facts(view: &View, row: Option<usize>) -> [Line<'static>; 4] {
    let View { snapshot, history, .. } = view;
    let since = status::how_long(history.thread_since(), snapshot.at);
    let server = format!("{}  {since}", status::doing(snapshot));
    let server_style = if snapshot.thread == Thread::Running { GREEN } else { PLAIN };
    let queue_style = if snapshot.queue > 0 { RED } else { PLAIN };
    let rates = history.rates();
    let cpu = format!("{:.0} % of one · {}", rates.cpu * 100.0, snapshot.threads);
    let switches = format!(
        "{} voluntary ({:.0}/s), {} involuntary ({:.0}/s)",
        snapshot.voluntary, rates.voluntary, snapshot.involuntary, rates.involuntary
    );
    [
        fact(row == Some(0), "server", server, server_style),
        fact(row == Some(1), "accept queue", queue(view), queue_style),
        fact(false, "CPU", cpu, PLAIN),
        fact(false, "context switches", switches, PLAIN),
    ]
}

/// The heading of the table, and a row for each client; or that there is none.
pub(super) fn clients(view: &View, row: Option<usize>, width: usize) -> Vec<Line<'static>> {
    let View { snapshot, history, .. } = view;
    let longest = snapshot.clients.iter().map(|client| client.addr.to_string().len()).max();
    let Some(longest) = longest else { return vec![super::styled("No client is connected.", DIM)] };
    // The addresses are shown whole if they can be, and the programs as far as there is space.
    let space = width.saturating_sub(2 + REST);
    let address = (longest.max("127.0.0.1:00000".len()) + 2).min(space);
    let program = (space - address).min(PROGRAM);
    let line = |columns: [&str; 6]| {
        let [client, owner, state, receive, send, since] = columns;
        format!(
            "{client:address$}{owner:program$.program$}{state:22}{receive:>7}{send:>7}{since:>10}"
        )
    };
    let heading = line(["CLIENT", "PROGRAM", "WHERE IT IS", "RECV-Q", "SEND-Q", "FOR"]);
    let rows = snapshot.clients.iter().enumerate().map(|(index, client)| {
        let since = status::how_long(history.client_since(client), snapshot.at);
        let text = line([
            &tail(&client.addr.to_string(), address.saturating_sub(1)),
            &shorten(history.owners.of(client), program.saturating_sub(1)),
            status::of_client(client.state),
            &client.receive_queue.to_string(),
            &client.send_queue.to_string(),
            &since,
        ]);
        Line::from(vec![mark(row == Some(index + 2)), Span::styled(text, style(client))])
    });
    [Line::from(Span::styled(format!("  {heading}"), DIM))].into_iter().chain(rows).collect()
}

fn style(client: &Client) -> Style {
    match client.state {
        state if !state.is_accepted() => RED,
        ClientState::Awaited => GREEN,
        _ => PLAIN,
    }
}

fn fact(is_chosen: bool, name: &str, text: String, style: Style) -> Line<'static> {
    let name = Span::styled(format!("{name:18}"), DIM);
    Line::from(vec![mark(is_chosen), name, Span::styled(text, style)])
}

fn mark(is_chosen: bool) -> Span<'static> {
    if is_chosen { Span::styled("▸ ", BOLD) } else { Span::raw("  ") }
}

/// Cuts the name of a program, and leaves its number whole: `redis-ben… 4242`.
fn shorten(program: &str, width: usize) -> String {
    let Some((name, number)) = program.rsplit_once(' ') else { return program.to_owned() };
    format!("{} {number}", cut(name, width.saturating_sub(number.len() + 1)))
}

/// The end of an address: `…0:370:7348]:40960`. The port tells clients of one machine apart.
fn tail(addr: &str, width: usize) -> String {
    match addr.len().checked_sub(width) {
        None | Some(0) => addr.to_owned(),
        Some(more) => format!("…{}", addr.get(more + 1..).unwrap_or_default()),
    }
}

/// `■□  1 of 2 places taken`
fn queue(View { snapshot, history, .. }: &View) -> String {
    /// More would not be counted at a glance.
    const MOST: u64 = 10;
    let taken = u64::from(snapshot.queue);
    let Some(backlog) = history.backlog else { return format!("{taken} in it") };
    let places = backlog.saturating_add(1).max(taken);
    // A long queue shows no free places.
    let shown = if places <= MOST { places } else { taken.min(MOST) };
    let boxes: String = (0..shown).map(|place| if place < taken { '■' } else { '□' }).collect();
    let gap = if boxes.is_empty() { "" } else { "  " };
    let full = if taken == places { ": FULL" } else { "" };
    format!("{boxes}{gap}{taken} of {places} places taken{full}")
}
