//! The questions about the recordings of the repository.

use std::fs;
use std::path::Path;

use harness::labs::{LABS, Lab};
use harness::text::{COLUMNS, letters};
use lens::view::ServerCall;
use predict::mine::choices::{Asked, LeftOut, ask};
use predict::mine::runs::{Runs, SCENARIOS};
use predict::mine::source::{Line, Source};
use predict::mine::{measure, questions};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{recorded, recordings, subject};

/// What the line of each key says: the only line of the lab that makes such a call.
const KEYS: [(&str, [&str; 2]); 9] = [
    ("own-waited", ["stream.read(", ""]),
    ("own-slept", ["", "poll.poll("]),
    ("own-accepted", ["listener.accept()", "listener.accept()"]),
    ("own-replied", ["stream.write_all(", "self.stream.write("]),
    ("own-third-piece", ["stream.read(", "self.stream.read("]),
    ("own-left", ["", "self.stream.read("]),
    ("own-waited-for-slow-reader", ["stream.write_all(", ""]),
    ("own-send-buffer-full", ["", "self.stream.write("]),
    ("own-closed", ["", "drop(connection)"]),
];

/// All questions that can be asked, however many.
fn all(runs: &Runs, source: &Source) -> Vec<Result<Asked, LeftOut>> {
    let is_many = runs.lab == LABS[2];
    let measures = measure::of(is_many).iter();
    measures.map(|measure| measure(runs).and_then(|found| ask(&found, source))).collect()
}

fn source_text(lab: Lab) -> String {
    let mut text = String::new();
    for file in ["src/server.rs", "src/server/accept.rs", "src/server/connection.rs"] {
        text += &fs::read_to_string(crate::kit().lab(lab).join(file)).unwrap_or_default();
    }
    text
}

#[test]
fn each_key_is_the_only_line_of_the_source_that_makes_such_a_call() {
    for lab in &LABS[..3] {
        let source = subject(*lab).source;
        let asked: Vec<Asked> = all(&recorded(*lab), &source).into_iter().flatten().collect();
        assert!(
            asked.len() + 1 >= measure::of(*lab == LABS[2]).len(),
            "{}: {} questions",
            lab.short,
            asked.len()
        );
        for Asked { question, key, .. } in asked {
            let (_, patterns) = KEYS.iter().find(|(name, _)| *name == question.name).unwrap();
            let right = question.choices.iter().find(|choice| choice.is == key.is).unwrap();
            let pattern = patterns[usize::from(*lab == LABS[2])];
            if pattern.is_empty() {
                assert_eq!(question.name, "own-closed", "{}", lab.short);
                assert_eq!(right.text, "}  (in the function handle)");
                continue;
            }
            assert!(right.text.contains(pattern), "{} {}: {right:?}", lab.short, question.name);
            let text = source_text(*lab);
            // The line that refuses a client writes as well, but not for `self`.
            assert_eq!(text.matches(pattern).count(), 1, "{} {pattern}", lab.short);
        }
    }
}

#[test]
fn five_questions_are_asked_and_each_has_one_key_among_four_different_lines() {
    for lab in &LABS[..3] {
        let subject = subject(*lab);
        let (asked, _) = questions(&recorded(*lab), &subject.source);
        assert_eq!(asked.len(), 5, "{}", lab.short);
        for Asked { question, key, .. } in &asked {
            let mut lines: Vec<&str> = question.choices.iter().map(|it| it.is.as_str()).collect();
            lines.sort_unstable();
            lines.dedup();
            assert_eq!(lines.len(), 4, "{question:?}");
            let right: Vec<_> = question.choices.iter().filter(|it| it.is == key.is).collect();
            assert!(matches!(right.as_slice(), [right] if right.because.is_none()), "{question:?}");
            let wrong = question.choices.iter().filter(|it| it.is != key.is);
            assert!(wrong.into_iter().all(|it| it.because.is_some()), "{question:?}");
            assert!(key.evidence.iter().any(|line| line.contains(&key.is)), "{key:?}");
            assert!(key.evidence.iter().all(|line| letters(line) + 2 <= COLUMNS), "{key:?}");
        }
    }
}

#[test]
fn a_wrong_line_carries_a_misconception_where_its_call_tells_one() {
    let (asked, _) = questions(&recorded(LABS[2]), &subject(LABS[2]).source);
    let slept = asked.iter().find(|asked| asked.question.name == "own-slept").unwrap();
    for choice in &slept.question.choices {
        let is_call = choice.because.as_ref().is_some_and(|why| why.starts_with("called "));
        let expected = is_call.then_some("non-blocking-calls-sleep");
        assert_eq!(choice.misconception.as_deref(), expected, "{choice:?}");
    }
    let (asked, _) = questions(&recorded(LABS[0]), &subject(LABS[0]).source);
    let slow = asked.iter().find(|it| it.question.name == "own-waited-for-slow-reader").unwrap();
    for choice in &slow.question.choices {
        let expected = choice.because.as_ref().map(|_| "write-never-sleeps");
        assert_eq!(choice.misconception.as_deref(), expected, "{choice:?}");
    }
}

#[test]
fn the_heading_of_each_question_is_in_the_sheet_of_its_lab() {
    for lab in &LABS[..3] {
        let sheet = fs::read_to_string(crate::kit().lab(*lab).join("README.md")).unwrap();
        let anchors: Vec<String> = sheet
            .lines()
            .filter_map(|line| Some(line.trim_start_matches('#')).filter(|it| *it != line))
            .map(|heading| format!("#{}", heading.trim().to_lowercase().replace(' ', "-")))
            .collect();
        for asked in all(&recorded(*lab), &subject(*lab).source).into_iter().flatten() {
            let anchor = asked.question.read.unwrap();
            assert!(anchors.contains(&anchor), "{}: no {anchor}", lab.short);
        }
    }
}

#[test]
fn no_wrong_line_leads_to_the_right_one() {
    let runs = recorded(LABS[2]);
    let source = subject(LABS[2]).source;
    for measure in measure::of(true) {
        let Ok(found) = measure(&runs) else { continue };
        let Ok(Asked { question, key, .. }) = ask(&found, &source) else { continue };
        let path = |call: &&ServerCall| source.path(call);
        let leading: Vec<String> =
            found.calls.iter().flat_map(path).map(|line| source.name(&line)).collect();
        assert!(leading.contains(&key.is) && leading.len() > found.calls.len(), "{leading:?}");
        for choice in question.choices.iter().filter(|choice| choice.is != key.is) {
            assert!(!leading.contains(&choice.is), "{choice:?}");
        }
    }
}

/// A copy of the recordings of a lab, whose lines are changed.
fn with_lines(lab: Lab, change: impl Fn(&mut Value)) -> (TempDir, Runs) {
    let folder = TempDir::new().unwrap();
    for scenario in SCENARIOS {
        let (from, to) = (recordings(lab).join(scenario), folder.path().join(scenario));
        fs::create_dir(&to).unwrap();
        for file in ["meta.json", "clients.jsonl", "strace.log"] {
            fs::copy(from.join(file), to.join(file)).unwrap();
        }
        let mut lines =
            serde_json::from_slice(&fs::read(from.join("lines.json")).unwrap()).unwrap();
        change(&mut lines);
        fs::write(to.join("lines.json"), lines.to_string()).unwrap();
    }
    let runs = Runs::read(lab, folder.path()).unwrap();
    (folder, runs)
}

#[test]
fn without_lines_there_is_no_question() {
    for lab in &LABS[..3] {
        let (_folder, runs) = with_lines(*lab, |lines| *lines = json!({}));
        let source = subject(*lab).source;
        let left_out: Vec<LeftOut> =
            all(&runs, &source).into_iter().map(|it| it.err().unwrap()).collect();
        assert!(left_out.contains(&LeftOut::NoLine), "{left_out:?}");
        let (asked, left) = questions(&runs, &source);
        assert_eq!((asked.len(), left.len()), (0, left_out.len()), "{}", lab.short);
    }
}

#[test]
fn where_the_line_of_one_call_is_missing_only_its_questions_are_left_out() {
    let (_folder, runs) = with_lines(LABS[0], |lines| forget(lines, "listener.accept()"));
    let asked = all(&runs, &subject(LABS[0]).source);
    for question in asked.iter().flatten() {
        assert_ne!(question.question.name, "own-accepted");
    }
    assert_eq!(asked[1], Err(LeftOut::NoLine));
    assert_eq!(asked.iter().flatten().count(), 5);
}

/// Forgets all paths that end in a line with this text.
fn forget(lines: &mut Value, text: &str) {
    let frames = lines["frames"].as_array().unwrap().clone();
    let paths = lines["paths"].as_array().unwrap().clone();
    let index = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    for call in lines["calls"].as_array_mut().unwrap() {
        let Some(path) = (!call.is_null()).then(|| &paths[index(call)]) else { continue };
        let last = &frames[index(path.as_array().unwrap().last().unwrap())];
        if last["text"].as_str().unwrap().contains(text) {
            *call = Value::Null;
        }
    }
}

#[test]
fn where_several_lines_made_the_calls_there_is_no_question() {
    // The server sleeps in two places: the second sleep while A is silent comes from another line.
    let (_folder, runs) = with_lines(LABS[2], |lines| {
        let frames = lines["frames"].as_array_mut().unwrap();
        let mut other = frames
            .iter()
            .find(|frame| frame["text"].as_str().unwrap().contains("poll.poll("))
            .unwrap()
            .clone();
        other["line"] = json!(54);
        other["text"] = json!("server.tick();");
        frames.push(other);
        let frame = frames.len() - 1;
        let paths = lines["paths"].as_array_mut().unwrap();
        paths.push(json!([frame]));
        let path = paths.len() - 1;
        let calls = lines["calls"].as_array_mut().unwrap();
        // Number 41 of two-clients is the sleep that ends when A leaves; in other recordings it does not matter.
        if let Some(call) = long_sleep(calls.len()) {
            calls[call] = json!(path);
        }
    });
    let asked = all(&runs, &subject(LABS[2]).source);
    assert_eq!(asked[0], Err(LeftOut::SeveralLines));
}

/// The place of the longest `epoll_wait` of two-clients of lab 3 among its calls, if these are so many.
fn long_sleep(calls: usize) -> Option<usize> {
    let log = fs::read_to_string(recordings(LABS[2]).join("two-clients/strace.log")).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    let whole = lines.iter().filter(|line| !line.contains("+++") && !line.contains("---"));
    let took = |line: &str| line.rsplit_once('<')?.1.trim_end_matches('>').parse::<f64>().ok();
    let sleeps = whole.enumerate().filter(|(_, line)| line.contains("epoll_wait("));
    let longest = sleeps.max_by(|(_, a), (_, b)| took(a).partial_cmp(&took(b)).unwrap())?.0;
    let same = serde_json::from_slice::<Value>(
        &fs::read(recordings(LABS[2]).join("two-clients/lines.json")).unwrap(),
    );
    (same.unwrap()["calls"].as_array().unwrap().len() == calls).then_some(longest)
}

#[test]
fn where_the_source_has_changed_since_no_line_is_known() {
    let (source, runs) = (subject(LABS[0]).source, recorded(LABS[0]));
    let accepted = measure::of(false)[1](&runs).unwrap();
    let line = source.line(accepted.calls[0]).unwrap();
    assert_eq!(line, Line { file: "server.rs".to_owned(), number: line.number });
    // The same source, but for one line above it.
    let folder = TempDir::new().unwrap();
    let copy = folder.path().join("labs/lab1-blocking/src");
    fs::create_dir_all(&copy).unwrap();
    let text = fs::read_to_string(crate::kit().lab(LABS[0]).join("src/server.rs")).unwrap();
    fs::write(copy.join("server.rs"), format!("// new\n{text}")).unwrap();
    let changed = Source::read(folder.path(), "labs/lab1-blocking/src").unwrap();
    assert_eq!(changed.line(accepted.calls[0]), None);
    assert_eq!(ask(&accepted, &changed).unwrap_err(), LeftOut::NoLine);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    assert!(Source::read(Path::new("/no/such"), "src").is_err());
}
