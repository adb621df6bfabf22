//! The lines of the server's log. They have no times: each comes with the call after which it was written.

mod reader;
mod size;

use std::fs;

use codec::printable;
use lens::text::cut;
use lens::view::{Recorded, ServerCall};

use super::Effect;
use super::serving::Server;
use reader::Reader;

/// What the log says of a key that has expired.
const EXPIRED: &str = "Key expired and removed: ";
/// One call shows so many lines at most.
const MOST: usize = 40;
/// A line is shown up to so many letters.
const LONGEST: usize = 120;

/// Adds the lines of the log to the calls. Returns the keys that have expired, and by which call.
pub(super) fn place(
    recorded: &Recorded,
    seen: &[&ServerCall],
    server: &mut Server,
) -> Vec<(usize, String)> {
    let log = fs::read(recorded.folder.join("server.log")).unwrap_or_default();
    let mut reader = Reader::new(seen);
    let mut lines: Vec<Vec<String>> = vec![Vec::new(); seen.len()];
    let (mut before, mut waiting, mut expired) = (Vec::new(), Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(&log).lines() {
        let call = reader.call_of(line);
        before.push(cut(&printable::one_line(line), LONGEST));
        waiting.extend(line.strip_prefix(EXPIRED).map(str::to_owned));
        if let Some((call, lines)) = call.and_then(|call| Some((call, lines.get_mut(call)?))) {
            lines.append(&mut before);
            expired.extend(waiting.drain(..).map(|key| (call, key)));
        }
    }
    for (call, lines) in lines.into_iter().enumerate() {
        server.known_at(call, shortened(lines).into_iter().map(|text| Effect::Log { text }));
    }
    expired
}

/// The first lines and the last ones, if there are too many.
fn shortened(mut lines: Vec<String>) -> Vec<String> {
    if let Some(left_out) = lines.len().checked_sub(MOST).filter(|count| *count > 0) {
        let middle = MOST / 2;
        lines.splice(middle..=middle + left_out, [format!("… {} more lines …", left_out + 1)]);
    }
    lines
}
