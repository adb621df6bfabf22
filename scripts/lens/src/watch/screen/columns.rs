//! The columns of the table of clients.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::super::look::{Client, Look};
use super::super::words;
use super::{BOLD, DIM};

/// The widest a program gets: a name of 15 bytes and a number.
const PROGRAM: usize = 23;
/// The place of a client, the two queues and the time.
const REST: usize = 22 + 7 + 7 + 10;

/// How wide the columns are.
#[derive(Debug)]
pub(super) struct Columns {
    client: usize,
    program: usize,
}

impl Columns {
    /// For a screen of this width: the addresses are shown whole, the programs as far as there is room.
    pub(super) fn new(width: usize, look: &Look) -> Self {
        let longest = look.clients.iter().map(|client| client.addr.to_string().len()).max();
        let client = longest.unwrap_or(0).max("127.0.0.1:00000".len()) + 2;
        let program = width.saturating_sub(2 + client + REST).min(PROGRAM);
        Self { client, program }
    }

    pub(super) fn heading(&self) -> Line<'static> {
        let text = self.row("CLIENT", "PROGRAM", "WHERE IT IS", ["RECV-Q", "SEND-Q"], "FOR");
        Line::from(Span::styled(format!("  {text}"), DIM))
    }

    pub(super) fn client(
        &self,
        is_chosen: bool,
        client: &Client,
        program: &str,
        since: &str,
        style: Style,
    ) -> Line<'static> {
        let program = shorten(program, self.program.saturating_sub(1));
        let queues = [client.receive_queue.to_string(), client.send_queue.to_string()];
        let queues = queues.each_ref().map(String::as_str);
        let place = words::place(client.place);
        let text = self.row(&client.addr.to_string(), &program, place, queues, since);
        Line::from(vec![mark(is_chosen), Span::styled(text, style)])
    }

    fn row(
        &self,
        client: &str,
        program: &str,
        place: &str,
        queues: [&str; 2],
        since: &str,
    ) -> String {
        let Self { client: wide, program: less } = self;
        let [receive, send] = queues;
        format!("{client:wide$}{program:less$}{place:22}{receive:>7}{send:>7}{since:>10}")
    }

    /// A row about the server itself.
    #[expect(clippy::unused_self, reason = "it belongs to the table")]
    pub(super) fn fact(
        &self,
        is_chosen: bool,
        name: &str,
        text: String,
        style: Style,
    ) -> Line<'static> {
        let name = Span::styled(format!("{name:18}"), DIM);
        Line::from(vec![mark(is_chosen), name, Span::styled(text, style)])
    }
}

fn mark(is_chosen: bool) -> Span<'static> {
    if is_chosen { Span::styled("▸ ", BOLD) } else { Span::raw("  ") }
}

/// Cuts the name of a program, and leaves its number whole: `redis-ben… 4242`.
fn shorten(program: &str, width: usize) -> String {
    if program.chars().count() <= width {
        return program.to_owned();
    }
    let (name, number) = program.rsplit_once(' ').unwrap_or((program, ""));
    let room = width.saturating_sub(number.len() + 2);
    format!("{}… {number}", name.chars().take(room).collect::<String>())
}
