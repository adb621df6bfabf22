//! How often a call of some name is made, by any thread of the server.

use std::fs;

use lens::view::Recorded;
use serde::Deserialize;
use trace::strace::{Joiner, Kind, parse};

use super::{Found, Seen, Value};

/// Which call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    call: String,
}

impl Named {
    pub(super) fn of(&self, run: &Recorded) -> Option<Found> {
        // Where strace was not asked for it, the trace does not tell.
        let asked = run.meta.commands.first()?.split("trace=").nth(1)?;
        let asked = asked.split(['\'', '"', ' ']).next()?;
        if !asked.split(',').any(|name| name == self.call) {
            return None;
        }
        let log = fs::read(run.folder.join("strace.log")).ok()?;
        let (mut joiner, mut all, mut named) = (Joiner::new(), 0, 0_usize);
        for line in log.split(|byte| *byte == b'\n') {
            if let Some(Kind::Call(call)) = joiner.join(parse(line)).map(|line| line.kind) {
                all += 1;
                named += usize::from(call.name == self.call);
            }
        }
        let says = format!(
            "strace was asked for {} among others; {named} of the {all} calls in the trace are one",
            self.call
        );
        Some(Found { value: Value::from(named), seen: vec![Seen::fact("in sum", says)] })
    }
}
