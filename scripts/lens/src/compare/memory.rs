//! What a key takes: a fresh server is filled, and its memory is read before and after.

use std::io;
use std::net::SocketAddr;

use trace::protocol::Protocol;

use super::Means;
use super::caller::Caller;
use super::measured::Measured;
use super::stages::Subject;

/// How many keys.
pub(super) const KEYS: usize = 100_000;
/// How many are set at a time.
const BATCH: usize = 500;
/// 16 bytes each.
const SET: &str = "SET # sixteen-letters.";

/// Fills a server that was started here: another one is not ours to fill.
pub(super) fn measure(stage: &Subject, means: &Means<'_>, measured: &mut Measured) {
    if stage.lab.is_none() {
        let why = "it ran already, and 100,000 keys of ours have no place there";
        return measured.lacks("memory a key", why);
    }
    let keys = if means.options.is_quick { KEYS / 2 } else { KEYS };
    let grown = stage.start().and_then(|live| {
        let before = live.usage().ok().map(|usage| usage.rss);
        fill(live.addr, stage.protocol, keys).map_err(|error| error.to_string())?;
        let after = live.usage().ok().map(|usage| usage.rss);
        Ok(after.zip(before).map(|(after, before)| after.saturating_sub(before)))
    });
    #[expect(clippy::cast_precision_loss, reason = "some MB")]
    match grown {
        Ok(grown) => measured.key = grown.map(|grown| grown as f64 / keys as f64),
        Err(why) => measured.lacks("memory a key", &why),
    }
}

fn fill(addr: SocketAddr, protocol: Protocol, keys: usize) -> io::Result<()> {
    let mut caller = Caller::connect(addr, protocol)?;
    // 16 digits each.
    let first = 1_000_000_000_000_000;
    for start in (first..first + keys).step_by(BATCH) {
        caller.ask_numbered(SET, start..start + BATCH)?;
    }
    Ok(())
}
