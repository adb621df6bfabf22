//! The steps in their order, and together what belongs together.

use lens::view::{Did, ServerCall};

use super::Effect;
use super::step::{Step, What};

/// What goes on for so many microseconds without another step between is one step.
const TOGETHER: i64 = 5_000;
/// Calls that change nothing that the film shows. Each is one step with the call behind it.
const QUIET: [&str; 5] = ["fcntl", "ioctl", "setsockopt", "getsockopt", "getpeername"];

/// All steps, in the order of time; of the same time, first the causes, then the server, then the effects.
pub(super) fn ordered(server: Vec<Step>, outside: Vec<Step>, seen: &[&ServerCall]) -> Vec<Step> {
    let mut steps: Vec<Step> = server.into_iter().chain(outside).collect();
    steps.sort_by_key(|step| (step.at, step.rank));
    let mut all: Vec<Step> = Vec::new();
    for mut step in steps {
        let is_quiet = |last: &Step| is_quiet(last, seen);
        if is_of_server(&step)
            && let Some(mut quiet) = all.pop_if(|last| is_quiet(last))
        {
            quiet.does.append(&mut step.does);
            step.does = quiet.does;
        }
        match all.last_mut() {
            Some(last) if belongs(last, &step, seen) => join(last, step),
            _ => all.push(step),
        }
    }
    all
}

fn is_of_server(step: &Step) -> bool {
    matches!(step.what, What::Falls(_) | What::Calls(_) | What::Wakes(_))
}

/// Whether a step is a call that changes nothing.
fn is_quiet(step: &Step, seen: &[&ServerCall]) -> bool {
    let What::Calls(number) = step.what else { return false };
    let is_about_none = |call: &ServerCall| call.says == "not about a client";
    seen.get(number).is_some_and(|call| QUIET.contains(&call.name.as_str()) || is_about_none(call))
}

/// Whether a step belongs to the one before it.
fn belongs(last: &Step, step: &Step, seen: &[&ServerCall]) -> bool {
    let is_same = last.client == step.client && step.at - last.at <= TOGETHER;
    match (&last.what, &step.what) {
        (What::Arrives(..), What::Arrives(_, None)) | (What::Flows, What::Flows) => is_same,
        (What::Calls(_) | What::Wakes(_), What::Flows) => {
            is_same && last.does.iter().any(|effect| matches!(effect, Effect::Written { .. }))
        }
        // What a client's kernel confirms can come with what the client sends.
        (What::Arrives(..) | What::Leaves, What::Flows) => is_same && step.at == last.at,
        (What::Calls(last), What::Calls(next)) => is_in_vain_again(*last, *next, seen),
        _ => false,
    }
}

/// Whether two calls at the same place have both found nothing.
fn is_in_vain_again(last: usize, next: usize, seen: &[&ServerCall]) -> bool {
    let (Some(last), Some(next)) = (seen.get(last), seen.get(next)) else { return false };
    let is_same = last.port == next.port && last.path == next.path && last.name == next.name;
    is_same && last.did == Did::Nothing && next.did == Did::Nothing
}

fn join(last: &mut Step, step: Step) {
    if let (What::Arrives(bytes, _), What::Arrives(more, _)) = (&mut last.what, step.what) {
        *bytes += more;
    }
    for mut effect in step.does {
        let mut known = last.does.iter_mut();
        let is_new = known.try_fold(effect, |effect, known| known.add(effect).ok_or(()));
        if let Ok(new) = is_new {
            effect = new;
            // What leaves a buffer leaves after what has entered.
            let is_first = matches!(effect, Effect::Written { .. });
            let place = if is_first { 0 } else { last.does.len() };
            last.does.insert(place, effect);
        }
    }
}
