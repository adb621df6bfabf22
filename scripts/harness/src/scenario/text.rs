//! What the clients of a scenario did and saw, one line each: the other half of what a trace shows.

use std::io::{self, Write};
use std::time::Duration;

use colored::Colorize;

use trace::client_log::{ClientEvent, EventKind};

/// A reply that takes longer than this has been waited for.
const LONG: Duration = Duration::from_millis(100);
/// So many lines are read; of more, the ends are shown.
const LINES: usize = 40;

/// Writes the events, with the time since the first of them.
///
/// # Errors
/// If `out` takes no more.
pub fn write(events: &[ClientEvent], out: &mut impl Write, colour: bool) -> io::Result<()> {
    let Some(first) = events.first() else { return Ok(()) };
    let left_out = if events.len() > LINES { LINES / 2..events.len() - LINES / 2 } else { 0..0 };
    for (index, event) in events.iter().enumerate() {
        if left_out.contains(&index) {
            if index == left_out.start {
                writeln!(out, "    …        {} more like these", left_out.len())?;
            }
            continue;
        }
        let at = event.at().saturating_sub(first.at()).as_secs_f64();
        writeln!(
            out,
            "{at:>9.3} s  {:<3} {}{}",
            event.client,
            sentence(event),
            wait(event, colour)
        )?;
    }
    Ok(())
}

fn sentence(event: &ClientEvent) -> String {
    match &event.what {
        EventKind::Connecting => format!("asks for a connection, from port {}", event.port),
        EventKind::Connected => "is connected".to_owned(),
        EventKind::Sent { bytes, text } => format!("says {text} ({bytes} bytes)"),
        EventKind::Received { replies: 1, text, .. } => format!("hears {text}"),
        EventKind::Received { bytes, replies, .. } => {
            format!("hears {replies} replies ({bytes} bytes)")
        }
        EventKind::Unexpected { expected, got } => {
            format!("hears {got}, and should have heard {expected}")
        }
        EventKind::GaveUp { step, why } => format!("gives up ({step}): {why}"),
        EventKind::Closed => "leaves".to_owned(),
    }
}

/// How long it has waited, if that was long.
fn wait(event: &ClientEvent, colour: bool) -> String {
    let EventKind::Received { waited_us, .. } = event.what else { return String::new() };
    let waited = Duration::from_micros(waited_us);
    if waited < LONG {
        return String::new();
    }
    let text = format!("   <- waited {} ms", waited.as_millis());
    if colour { text.red().bold().to_string() } else { text }
}
