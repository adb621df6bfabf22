//! Lab 3: a client that does not read its replies puts nobody to sleep.
//!
//! Broken by a write that sleeps, because its socket is blocking. It holds if no write may sleep, or if the kernel takes
//! only a part of a reply, or nothing, and the server goes on. It cannot see a write that another call makes
//! (`sendfile`, `splice`).

use super::Finding;
use super::acts::{Role, Sleeps};
use super::calls::Calls;
use super::sleeps;

pub(super) fn judge(calls: &Calls<'_>) -> Finding {
    let mut writes = calls.acts.iter().filter(|act| act.role == Role::Write);
    if let Some(act) = writes.clone().find(|act| calls.slept(act)) {
        return sleeps::broken(calls, act);
    }
    if calls.is_busy() {
        Finding::too_busy(calls.pulse)
    } else if writes.clone().all(|act| act.sleeps == Sleeps::Never)
        || writes.any(|act| act.is_short)
    {
        // A server that never offers more than the kernel takes sees no short write.
        Finding::Holds
    } else {
        Finding::Unknown(
            "The kernel took all replies at once: no client was slow enough.".to_owned(),
        )
    }
}
