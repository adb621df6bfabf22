//! Client B beside client A: recorded where strace may, and played otherwise, so that at least the clients'
//! own clocks tell.

use std::io;

use super::measured::Measured;
use super::tools::STRACE;
use super::{Done, Means, Options, recording};
use crate::measure::Subject;
use crate::record::record;
use crate::view::Recorded;
use crate::view::request::Request;
use crate::view::timeline::Timeline;
use harness::labs::Serves;
use harness::scenario::{self, Scenario};
use trace::client_log::{ClientEvent, EventKind};

pub(super) const SCENARIO: &str = "two-clients";

/// Records the scenario, or lets it be played.
pub(super) fn measure(subject: &Subject, means: &Means<'_>, measured: &mut Measured) -> Done {
    let scenario = scenario::find(SCENARIO)?;
    let is_threaded = subject.lab.serves == Serves::WithThreads;
    if subject.is_running() {
        let why = "it ran already, so nobody has recorded its system calls";
        measured.lacks("its timeline, the way of its request, its system calls", why);
    } else if means.tools.has(&STRACE) && is_threaded {
        let why = "a picture shows one thread, and this server has one for each client";
        measured.lacks("its timeline, the way of its request", why);
    } else if means.tools.has(&STRACE) {
        match recorded(subject, scenario.clone(), means.options) {
            Ok(recorded) => {
                take_in(&recorded, measured);
                return Ok(());
            }
            Err(why) => measured.lacks("its timeline, the way of its request", &why.to_string()),
        }
    }
    // Why there is no strace is said once for all.
    let server = subject.start()?;
    set_waits(&scenario::run(&scenario, server.addr, server.protocol), measured);
    Ok(())
}

/// Takes in what a recording tells.
pub(super) fn take_in(recorded: &Recorded, measured: &mut Measured) {
    set_waits(&recorded.events, measured);
    let (timeline, request) = (Timeline::new(recorded), Request::find(recorded, None, 1));
    if let Some(us) = timeline.as_ref().ok().and_then(|it| whole(it.facts.held_while_waiting_us)) {
        measured.set("A held the server", us);
    }
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

fn recorded(subject: &Subject, scenario: Scenario, options: &Options) -> Done<Recorded> {
    let name = &subject.program.name;
    let out = options.out.join("recordings").join(name.replace('/', "-"));
    let recording = record(&recording(subject, scenario, out), &mut io::stderr())?;
    let mut recorded = Recorded::read(&recording.folder)?;
    // A student's own lab is recorded as the lab that it is to become.
    recorded.meta.lab.clone_from(name);
    Ok(recorded)
}

fn set_waits(events: &[ClientEvent], measured: &mut Measured) {
    if let Some((connected, replied)) = waited(events) {
        measured.set("B is connected", connected);
        measured.set("B has its first reply", replied);
    }
}

/// From B's asking for a connection to having one, and to its first reply, by its own clock.
fn waited(events: &[ClientEvent]) -> Option<(f64, f64)> {
    let of_b = |is: fn(&EventKind) -> bool| {
        let event = events.iter().find(|event| event.client == "B" && is(&event.what))?;
        Some(event.at_us)
    };
    let asked = of_b(|what| *what == EventKind::Connecting)?;
    let connected = of_b(|what| *what == EventKind::Connected)?;
    let replied = of_b(|what| matches!(what, EventKind::Received { .. }))?;
    Some((whole(connected.checked_sub(asked)?)?, whole(replied.checked_sub(asked)?)?))
}

/// Microseconds as a figure, if they are an hour at most.
fn whole(us: u64) -> Option<f64> {
    u32::try_from(us).ok().map(f64::from)
}
