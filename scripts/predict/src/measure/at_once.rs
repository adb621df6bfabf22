//! How many clients are served at the same time.

use lens::view::{Did, Recorded};

use super::{Found, Seen, Value};

/// Whoever is accepted and not closed is being served. The value is the largest number.
pub(super) fn of(run: &Recorded) -> Option<Found> {
    let is_change = |did| matches!(did, Did::Accepted | Did::Closed);
    let changes: Vec<_> =
        run.calls.iter().filter(|call| call.port.is_some() && is_change(call.did)).collect();
    let (mut served, mut most) = (0_usize, 0);
    for call in &changes {
        match call.did {
            Did::Accepted => served += 1,
            _ => served = served.saturating_sub(1),
        }
        most = most.max(served);
    }
    let mut seen: Vec<Seen> = changes.into_iter().map(|call| Seen::call(run, call)).collect();
    seen.push(Seen::fact("in sum", format!("{most} at the same time, at most")));
    (most > 0).then(|| Found { value: Value::from(most), seen })
}
