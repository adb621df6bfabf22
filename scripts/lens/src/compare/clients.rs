//! Client B beside client A: recorded where strace may, and played otherwise, so that at least the clients'
//! own clocks tell.

use std::io;

use super::measured::Measured;
use super::stages::{Serves, Subject};
use super::tools::Tool;
use super::{Means, Options};
use crate::labs::Lab;
use crate::record::record;
use crate::scenario::{self, Scenario};
use crate::view::Recorded;
use crate::view::request::Request;
use crate::view::timeline::Timeline;
use trace::client_log::{ClientEvent, EventKind};

pub(super) const SCENARIO: &str = "two-clients";

/// Records the scenario, or lets it be played.
pub(super) fn measure(stage: &Subject, means: &Means<'_>, measured: &mut Measured) {
    let Ok(scenario) = scenario::find(SCENARIO) else { return };
    let is_threaded = stage.serves == Serves::WithThreads;
    match stage.lab.filter(|_| means.tools.has(Tool::Strace) && !is_threaded) {
        Some(lab) => match recorded(stage, lab, scenario.clone(), means.options) {
            Ok(recorded) => {
                take_in(&recorded, measured);
                return;
            }
            Err(why) => measured.lacks("its timeline, the way of its request", &why),
        },
        None if stage.lab.is_none() => {
            let why = "it ran already, so nobody has recorded its system calls";
            measured.lacks("its timeline, the way of its request, its system calls", why);
        }
        None if is_threaded => {
            let why = "a picture shows one thread, and this server has one for each client";
            measured.lacks("its timeline, the way of its request", why);
        }
        // Why there is no strace is said once for all.
        None => {}
    }
    match played(stage, &scenario) {
        Ok(events) => measured.waited = waited(&events),
        Err(why) => measured.lacks("how long client B waits", &why),
    }
}

/// Takes in what a recording tells.
pub(super) fn take_in(recorded: &Recorded, measured: &mut Measured) {
    measured.waited = waited(&recorded.events);
    let (timeline, request) = (Timeline::new(recorded), Request::find(recorded, None, 1));
    measured.held = timeline.as_ref().ok().map(|it| it.facts.held_while_waiting_us);
    if measured.stage.same_as.is_some() {
        return;
    }
    let errors = [timeline.as_ref().err(), request.as_ref().err()];
    for why in errors.into_iter().flatten().map(ToString::to_string) {
        measured.lacks("a picture of its recording", &why);
    }
    measured.stage.timeline = timeline.ok();
    measured.stage.request = request.ok();
    if let Some(why) = recorded.meta.packets.strip_prefix("none: ") {
        measured.lacks("the packets on the way of its request", why);
    }
}

fn recorded(
    stage: &Subject,
    lab: Lab,
    scenario: Scenario,
    options: &Options,
) -> Result<Recorded, String> {
    let out = options.out.join("recordings").join(&stage.name);
    let order = stage.order(lab, scenario, out);
    let recording = record(&order, &mut io::stderr()).map_err(|error| error.to_string())?;
    Recorded::read(&recording.folder).map_err(|error| error.to_string())
}

fn played(stage: &Subject, scenario: &Scenario) -> Result<Vec<ClientEvent>, String> {
    let live = stage.start()?;
    Ok(scenario::run(scenario, live.addr, stage.protocol))
}

/// From B's asking for a connection to having one, and to its first reply, by its own clock.
fn waited(events: &[ClientEvent]) -> Option<(u64, u64)> {
    let of_b = |is: fn(&EventKind) -> bool| {
        let event = events.iter().find(|event| event.client == "B" && is(&event.what))?;
        Some(event.at_us)
    };
    let asked = of_b(|what| *what == EventKind::Connecting)?;
    let connected = of_b(|what| *what == EventKind::Connected)?;
    let replied = of_b(|what| matches!(what, EventKind::Received { .. }))?;
    Some((connected.checked_sub(asked)?, replied.checked_sub(asked)?))
}
