//! All recordings of the kit: no film shows what cannot be.

use std::collections::BTreeMap;
use std::fs;

use harness::labs;
use lens::view::timeline::Axis;
use lens::view::{Recorded, ServerCall};
use predict::predictions;
use replay::film::Effect;
use replay::page;
use testkit::anchors;
use trace::client_log::EventKind;

use crate::support::state::State;
use crate::support::{film, recordings, root};

/// A page with two films is at most so large, in bytes.
const LARGEST: usize = 1_000_000;

#[test]
fn moments_are_in_the_order_of_time_and_no_buffer_holds_less_than_nothing() {
    for folder in recordings() {
        let film = film(&folder);
        let times: Vec<i64> = film.moments.iter().map(|moment| moment.at).collect();
        assert!(times.is_sorted(), "{}: {times:?}", folder.display());
        let (first, last) = (times[0], times[times.len() - 1]);
        assert!(film.window.0 <= first && last <= film.window.1, "{}", folder.display());
        for calls in film.calls.windows(2) {
            assert!(calls[0].until <= calls[1].from, "{}: {calls:?}", folder.display());
        }
        let end = State::end(&film);
        assert_eq!(end.queue, [""; 0], "{}", folder.display());
        assert!(end.receive.is_empty() && end.send.is_empty(), "{}: {end:?}", folder.display());
    }
}

#[test]
fn each_terminal_shows_what_its_client_has_noted() {
    for folder in recordings() {
        let recorded = Recorded::read(&folder).unwrap();
        let mut noted: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in &recorded.events {
            let line = match &event.what {
                EventKind::Sent { text, .. } => format!("> {text}"),
                EventKind::Received { text, replies: 1, .. } => text.clone(),
                EventKind::Received { text, replies, .. } => {
                    format!("{text} … ({replies} replies)")
                }
                EventKind::GaveUp { step, why } => format!("{step}: {why}"),
                _ => continue,
            };
            noted.entry(event.client.clone()).or_default().push(line);
        }
        assert_eq!(State::end(&film(&folder)).screens, noted, "{}", folder.display());
    }
}

#[test]
fn a_question_is_asked_before_the_run_tells_and_has_one_right_answer() {
    let mut asked = 0;
    for folder in recordings() {
        let recorded = Recorded::read(&folder).unwrap();
        let film = film(&folder);
        let Ok(lab) = labs::find(&film.server) else { continue };
        let all = predictions::read(&root(), lab).unwrap();
        let zero = recorded.events.first().unwrap().at_us;
        let axis = Axis::new(&recorded);
        for question in &film.questions {
            let name = &question.name;
            let right = question.choices.iter().filter(|choice| choice.right);
            assert_eq!(right.count(), 1, "{name} of {}", folder.display());
            for choice in question.choices.iter().filter(|choice| !choice.right) {
                let is_told = choice.because.is_some() && choice.says.is_some();
                assert!(is_told, "{name}: {choice:?}");
            }
            assert!(film.moments.iter().any(|moment| moment.at == question.at), "{name}");
            let prediction = all.iter().find(|it| it.question.name == *name).unwrap();
            // A call tells when it returns.
            let seen = prediction.measure.of(&recorded).unwrap().seen;
            let told = |at: u64| {
                let call = recorded.calls.iter().find(|call| call.start_us == at);
                call.map_or(at, ServerCall::end_us)
            };
            let last = seen.iter().filter_map(|seen| seen.at_us).map(told).max();
            let last = axis.at(last.unwrap_or(zero));
            assert!(question.at < last, "{name} of {}: {} {last}", folder.display(), question.at);
            let (page, heading) = question.read.split_once('#').unwrap();
            let sheet = fs::read_to_string(root().join(page)).unwrap();
            assert!(anchors(&sheet).contains(&format!("#{heading}")), "{}", question.read);
            asked += 1;
        }
    }
    let stops = harness::labs::LABS.map(|lab| {
        let all = predictions::read(&root(), lab).unwrap();
        all.iter().filter(|prediction| prediction.stop.is_some()).count()
    });
    assert_eq!(asked, stops.iter().sum::<usize>(), "each stop is in the recording of the kit");
}

#[test]
fn the_log_is_that_of_the_server_line_by_line() {
    for folder in recordings() {
        let film = film(&folder);
        let log = fs::read_to_string(folder.join("server.log")).unwrap();
        let lines: Vec<&str> = log.lines().collect();
        let shown = State::end(&film).log;
        if film.server == "redis-server" {
            assert_eq!(shown, [""; 0], "Redis logs nothing of its clients");
            continue;
        }
        let is_cut = |line: &&String| line.ends_with(" more lines …");
        if !shown.iter().any(|line| is_cut(&line)) {
            let cut = |line: &&str| harness::text::cut(line, 120);
            assert_eq!(shown, lines.iter().map(cut).collect::<Vec<_>>(), "{}", folder.display());
        }
        let number = |line: &String| line.split(' ').nth(1)?.parse::<usize>().ok();
        let left_out = shown.iter().filter(is_cut).filter_map(number);
        let all = shown.iter().filter(|line| !is_cut(line)).count() + left_out.sum::<usize>();
        assert_eq!(all, lines.len(), "{}", folder.display());
    }
}

#[test]
fn lines_of_a_trace_that_is_cut_come_with_the_calls_that_read_the_requests() {
    for lab in ["lab3-multiclient", "lab4-fair"] {
        let film = film(&root().join("labs").join(lab).join("recordings/greedy"));
        let is = |effect: &Effect, part: &str| matches!(effect, Effect::Log { text } if text.contains(part));
        let reads = film.moments.iter().filter(|moment| {
            moment.does.iter().any(|it| matches!(it, Effect::Read { client, .. } if client == "A"))
        });
        let (reads, logged): (Vec<_>, Vec<_>) = (
            reads.clone().collect(),
            reads.filter(|moment| moment.does.iter().any(|it| is(it, "INCR"))).collect(),
        );
        assert_eq!(reads.len(), logged.len(), "{lab}: each call has read some requests");
        let asks = film.moments.iter().find(|it| it.does.iter().any(|it| is(it, "GET"))).unwrap();
        assert_eq!(asks.client.as_deref(), Some("B"), "{lab}");
    }
}

#[test]
fn each_call_has_the_path_of_the_recording() {
    let mut known = 0;
    for folder in recordings() {
        let film = film(&folder);
        let recorded = Recorded::read(&folder).unwrap();
        let axis = Axis::new(&recorded);
        let is_first = |call: &ServerCall| axis.at(call.start_us) == film.calls[0].from;
        let place = recorded.calls.iter().position(is_first).unwrap();
        for (call, seen) in film.calls.iter().zip(&recorded.calls[place..]) {
            let times = [call.from, call.until];
            assert_eq!(times, [seen.start_us, seen.end_us()].map(|us| axis.at(us)));
            assert_eq!((&call.name, &call.shown), (&seen.name, &seen.shown));
            let path = call.path.iter().map(|frame| &film.frames[*frame]);
            let path: Vec<(&str, u32)> = path.map(|it| (it.file.as_str(), it.line)).collect();
            let told = seen.path.iter().map(|it| (it.file.as_str(), it.line));
            assert_eq!(path, told.collect::<Vec<_>>(), "{}", folder.display());
            known += usize::from(!path.is_empty());
        }
        let line = |path: &[usize]| {
            path.iter().map(|frame| &film.frames[*frame]).all(|frame| {
                let lines = film.sources.get(&frame.file);
                lines.is_none_or(|lines| lines.len() >= frame.line as usize)
            })
        };
        assert!(film.calls.iter().all(|call| line(&call.path)));
    }
    assert!(known > 300, "{known}");
}

#[test]
fn a_sentence_is_short_and_says_what_happens() {
    for folder in recordings() {
        let film = film(&folder);
        for moment in &film.moments {
            let words = moment.says.split_whitespace().count();
            assert!(
                (1..=25).contains(&words),
                "{}: {words} words: {}",
                folder.display(),
                moment.says
            );
            assert!(
                moment.says.ends_with(['.', '…']) && !moment.says.contains(['\n', '\x1b']),
                "{}",
                moment.says
            );
        }
    }
}

#[test]
fn the_arrow_keys_need_no_more_than_40_stops_for_two_clients() {
    for folder in recordings().iter().filter(|folder| folder.ends_with("two-clients")) {
        let film = film(folder);
        let stops = film.moments.len();
        // Redis wakes up ten times a second.
        let most = if film.server == "redis-server" { 60 } else { 40 };
        assert!((15..=most).contains(&stops), "{}: {stops}", folder.display());
    }
}

#[test]
fn a_page_with_two_films_can_be_mailed() {
    for folder in recordings() {
        let film = film(&folder);
        let size = page::html(&[film.clone(), film]).len();
        assert!(size <= LARGEST, "{}: {size} bytes", folder.display());
    }
}

#[test]
fn a_key_that_expires_is_gone_when_the_recording_tells() {
    for folder in recordings().iter().filter(|folder| folder.ends_with("expiry")) {
        let film = film(folder);
        let moment =
            film.moments.iter().find(|it| it.jump.as_deref() == Some("the key name expires"));
        let moment = moment.unwrap_or_else(|| panic!("{}", folder.display()));
        assert!(
            moment.does.contains(&Effect::Key { key: "name".to_owned(), value: None }),
            "{moment:?}"
        );
        assert!(
            moment.says.contains("The key name has expired, now or before."),
            "{}",
            moment.says
        );
        let before = State::at(&film, moment.at - 1);
        assert_eq!(before.keys["name"], "Alice", "{}", folder.display());
        assert!(moment.at >= 1_000_000, "{}: {}", folder.display(), moment.at);
    }
}

#[test]
fn the_film_that_comes_with_the_kit_is_that_of_the_recordings() {
    let kept = fs::read_to_string(root().join("images/two-clients.html")).unwrap();
    let made = ["lab1-blocking", "lab3-multiclient"]
        .map(|lab| film(&root().join("labs").join(lab).join("recordings/two-clients")));
    assert!(
        kept == page::html(&made),
        "make it again: scripts/replay.sh lab1 lab3 --recorded --out images/two-clients.html"
    );
}
