//! What the recordings of the kit tell, on a machine without tools. What they cannot tell is named.

use std::collections::BTreeMap;
use std::path::Path;

use super::measured::{Measured, PIPELINE, WAYS, same_as, sorted};
use super::{clients, source};
use crate::report::model::{CallsPerRequest, Missing};
use crate::view::request::packets;
use crate::view::{Recorded, ServerCall};
use harness::labs::{LABS, Lab, REDIS};
use trace::client_log::{ClientEvent, EventKind};

/// What no recording tells.
const UNTOLD: &str =
    "loads, a quiet client beside a busy one, CPU time, context switches, memory, flame graphs";

/// All stages that there are recordings of.
pub(super) fn all(kit: &Path, missing: &mut Vec<Missing>) -> Vec<Measured> {
    let why = "recordings do not tell: scripts/compare.sh measures it".to_owned();
    missing.push(Missing { stage: None, what: UNTOLD.to_owned(), why });
    let (unrecorded, labs): (Vec<Lab>, Vec<Lab>) =
        LABS.into_iter().partition(|lab| same_as(*lab).is_some());
    for lab in unrecorded {
        let why = "its recordings are not compared: scripts/compare.sh measures it".to_owned();
        let stage = Some(lab.package.to_owned());
        missing.push(Missing { stage, what: "all of it".to_owned(), why });
    }
    let redis = kit.join("scripts/lens/recordings").join(REDIS.package);
    let folder = |lab: Lab| kit.join("labs").join(lab.package).join("recordings");
    let labs = labs.into_iter().map(|lab| (lab, folder(lab)));
    labs.chain([(REDIS, redis)]).map(|(lab, folder)| one(kit, lab, &folder)).collect()
}

fn one(kit: &Path, lab: Lab, folder: &Path) -> Measured {
    let mut measured = Measured::new(lab.package, lab.short, lab);
    if let Some(lines) = source::lines(kit, lab) {
        measured.set("lines of its own code", lines);
    }
    match Recorded::read(&folder.join(clients::SCENARIO)) {
        Ok(recorded) => clients::take_in(&recorded, &mut measured),
        Err(error) => measured.lacks("its timeline, the way of its request", &error.to_string()),
    }
    if let Err(why) = pipelined(&folder.join("pipeline"), &mut measured) {
        measured.lacks("system calls and packets a request", &why);
    }
    measured
}

/// Reads the recording in which A sends 16 requests at a time, and then one.
fn pipelined(folder: &Path, measured: &mut Measured) -> Result<(), String> {
    let recorded = Recorded::read(folder).map_err(|error| error.to_string())?;
    let exchanges = exchanges(&recorded.events);
    let [batch, single] = exchanges.as_slice() else {
        return Err("it is not the scenario 'pipeline'".to_owned());
    };
    let calls = calls(&recorded, batch, single)
        .ok_or_else(|| "its trace does not tell which calls were for which request".to_owned())?;
    measured.set_calls(calls);
    match packets::times(&recorded) {
        Ok(packets) => {
            for (way, (exchange, requests)) in
                WAYS.into_iter().zip([(single, 1), (batch, PIPELINE)])
            {
                let (count, bytes) = on_wire(&packets, exchange, requests);
                measured.set_traffic(way, count, bytes);
            }
        }
        Err(why) => measured.lacks("packets and bytes a request", &why),
    }
    Ok(())
}

/// Something sent, and all that was waited for received.
type Exchange<'a> = (&'a ClientEvent, &'a ClientEvent);

fn exchanges(events: &[ClientEvent]) -> Vec<Exchange<'_>> {
    let (mut sent, mut found) = (None, Vec::new());
    for event in events {
        match event.what {
            EventKind::Sent { .. } => sent = Some(event),
            EventKind::Received { .. } => found.extend(sent.take().map(|sent| (sent, event))),
            _ => {}
        }
    }
    found
}

/// The calls from behind the last answer (or the set-up of the connection) up to the answer.
fn calls(
    recorded: &Recorded,
    batch: &Exchange<'_>,
    single: &Exchange<'_>,
) -> Option<CallsPerRequest> {
    let place = |call: &ServerCall| recorded.calls.iter().position(|other| other == call);
    let is_set_up = |call: &ServerCall| {
        call.name.starts_with("accept")
            || ["epoll_ctl", "fcntl", "setsockopt", "ioctl"].contains(&&*call.name)
    };
    let first = place(recorded.read_of(batch.0)?)?;
    let set_up = recorded.calls.get(..first)?.iter().rposition(is_set_up)?;
    let [middle, end] = [batch, single].map(|it| recorded.answer_to(it.1).and_then(place));
    let (middle, end) = (middle?, end?);
    // An event loop reads once more after its answer, and then it waits.
    let next = place(recorded.read_of(single.0)?)?;
    let after = recorded.calls.get(middle + 1..next)?.iter();
    let behind = after.take_while(|call| !is_wait(&call.name)).count();
    let count = |from: usize, until: usize, requests: f64| {
        let mut counts = BTreeMap::new();
        for call in recorded.calls.get(from + 1..=until).unwrap_or_default() {
            *counts.entry(call.name.clone()).or_insert(0.0) += 1.0 / requests;
        }
        sorted(counts)
    };
    #[expect(clippy::cast_precision_loss, reason = "16")]
    let pipeline = PIPELINE as f64;
    Some(CallsPerRequest {
        alone: count(middle, end, 1.0),
        pipelined: count(set_up, middle + behind, pipeline),
    })
}

/// Whether a call waits for several sockets.
fn is_wait(name: &str) -> bool {
    ["epoll_", "poll", "ppoll", "select", "pselect"].iter().any(|wait| name.starts_with(wait))
}

/// The packets between two moments, shared out among the requests.
#[expect(clippy::cast_precision_loss, reason = "a few")]
fn on_wire(packets: &[(u64, usize)], exchange: &Exchange<'_>, requests: usize) -> (f64, f64) {
    let between = exchange.0.at_us..=exchange.1.at_us;
    let of: Vec<usize> =
        packets.iter().filter(|(at, _)| between.contains(at)).map(|(_, bytes)| *bytes).collect();
    let requests = requests as f64;
    (of.len() as f64 / requests, of.iter().sum::<usize>() as f64 / requests)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // Where a test cannot go on, it fails.
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn packets_are_not_counted_in_a_capture_without_its_end() {
        let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let recording = kit.join("labs/lab2-resp/recordings/pipeline");
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("pipeline");
        fs::create_dir(&folder).unwrap();
        for file in fs::read_dir(recording).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
        let packets = "packets a request, alone";
        assert!(one(&kit, LABS[1], place.path()).figure(packets).is_some());
        let path = folder.join("packets.pcap");
        let whole = fs::read(&path).unwrap();
        fs::write(path, &whole[..300]).unwrap();
        let measured = one(&kit, LABS[1], place.path());
        assert!(measured.figure(packets).is_none());
        let mut told =
            measured.missing.into_iter().map(|missing| missing.what + ": " + &missing.why);
        assert!(told.any(|told| {
            told == "packets and bytes a request: the end of packets.pcap is cut or garbled"
        }));
    }
}
