//! Recordings on one time axis: the joins, the text, and the picture.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::support::recording::ByHand;
use crate::support::{assert_page, lens, root, said};
use lens::view::timeline::{LaneKind, Span, SpanKind, Timeline, svg, text};
use lens::view::{Form, Recorded, RecordedError};
use roxmltree::{Document, Node};

const RECORDINGS: [&str; 4] = [
    "labs/lab1-blocking/recordings/two-clients",
    "labs/lab2-resp/recordings/two-clients",
    "labs/lab3-multiclient/recordings/two-clients",
    "scripts/lens/recordings/redis-server/two-clients",
];

/// The recordings that come with the kit.
fn timelines() -> Vec<Timeline> {
    let read =
        |folder: &str| Timeline::new(&Recorded::read(&root().join(folder)).unwrap()).unwrap();
    RECORDINGS.map(read).to_vec()
}

fn by_hand() -> Timeline {
    Timeline::new(&Recorded::read(ByHand::blocking().folder()).unwrap()).unwrap()
}

/// Kind, client, start and duration of all spans of a lane.
fn spans(timeline: &Timeline, lane: &str) -> Vec<(SpanKind, Option<String>, i64, u64)> {
    let found = timeline.lanes.iter().find(|of| of.name == lane).unwrap();
    let told = |span: &Span| (span.kind, span.client.clone(), span.start_us, span.duration_us);
    found.spans.iter().map(told).collect()
}

#[test]
fn every_span_of_a_known_run_is_where_it_was() {
    let timeline = by_hand();
    let (a, b) = (Some("A".to_owned()), Some("B".to_owned()));
    assert_eq!(
        spans(&timeline, "client B"),
        [
            (SpanKind::Connect, b.clone(), 0, 150),
            (SpanKind::Idle, b.clone(), 150, 50),
            (SpanKind::Waiting, b.clone(), 200, 300_410),
            (SpanKind::Served, b.clone(), 300_610, 390),
            (SpanKind::Idle, b.clone(), 301_000, 10),
        ]
    );
    assert_eq!(
        spans(&timeline, "accept queue"),
        [
            (SpanKind::Unaccepted, a.clone(), -199_900, 200),
            (SpanKind::Unaccepted, b.clone(), 150, 300_170)
        ]
    );
    assert_eq!(
        spans(&timeline, "receive buffer"),
        [(SpanKind::Unread, a.clone(), -199_800, 410), (SpanKind::Unread, b.clone(), 200, 300_410)]
    );
    assert_eq!(
        spans(&timeline, "server thread"),
        [
            (SpanKind::Asleep, None, -210_000, 10_300),
            (SpanKind::Awake, a.clone(), -199_700, 500),
            (SpanKind::Asleep, a.clone(), -199_200, 499_300),
            (SpanKind::Awake, a, 300_100, 200),
            (SpanKind::Awake, b, 300_300, 930),
        ]
    );
    assert_eq!(spans(&timeline, "its calls").len(), 8, "all but the two that slept");
}

#[test]
fn the_figures_of_a_known_run_are_those_that_were_written_into_it() {
    let facts = by_hand().facts;
    assert_eq!((facts.first.as_str(), facts.second.as_str()), ("A", "B"));
    assert_eq!((facts.connect_us, facts.first_reply_us), (Some(150), Some(301_000)));
    assert_eq!(facts.accepted_us, Some(300_320));
    assert_eq!(facts.held_us, 10 + 50 + 499_300 + 40);
    assert_eq!(facts.held_while_waiting_us, 300_100 + 40);
    let slept: Vec<_> = facts.slept.iter().map(|slept| (slept.call.as_str(), slept.us)).collect();
    assert_eq!(slept, [("recvfrom", 300_100)]);
    assert_eq!(facts.slept.first().unwrap().client.as_deref(), Some("A"));
}

#[test]
fn a_client_that_has_sent_a_piece_of_a_request_is_not_being_served() {
    use SpanKind::{Connect, Idle, Served, Waiting};
    let folder = root().join("labs/lab3-multiclient/recordings/split");
    let timeline = Timeline::new(&Recorded::read(&folder).unwrap()).unwrap();
    let kinds: Vec<SpanKind> =
        spans(&timeline, "client A").into_iter().map(|(kind, ..)| kind).collect();
    let pieces = [Waiting, Idle, Waiting, Idle, Waiting, Served];
    let all = [&[Connect, Idle][..], &pieces, &[Idle, Waiting, Served, Idle]].concat();
    assert_eq!(kinds, all);
}

#[test]
fn an_effect_that_was_noted_before_its_cause_is_counted() {
    let made = ByHand::blocking();
    assert_eq!(Recorded::read(made.folder()).unwrap().clocks().worst_us, 0);
    // B notes its request 25 µs after the server has read it.
    made.write("clients.jsonl", &made.read("clients.jsonl").replace("200200,", "500635,"));
    let clocks = Recorded::read(made.folder()).unwrap().clocks();
    assert_eq!((clocks.compared, clocks.worst_us), (8, 25));
}

#[test]
fn on_labs_1_and_2_b_waits_at_least_as_long_as_a_holds_the_server() {
    for timeline in &timelines()[..2] {
        let facts = &timeline.facts;
        let waited = facts.first_reply_us.unwrap();
        assert!(waited >= facts.held_while_waiting_us, "{facts:?}");
        assert!(facts.held_while_waiting_us > 700_000, "{facts:?}");
        let slept = facts.slept.first().unwrap();
        assert_eq!((slept.call.as_str(), slept.client.as_deref()), ("recvfrom", Some("A")));
    }
}

#[test]
fn on_lab_3_and_redis_b_is_served_while_a_is_connected() {
    for timeline in &timelines()[2..] {
        let facts = &timeline.facts;
        assert!(facts.first_reply_us.unwrap() < 50_000, "{facts:?}");
        assert!(facts.first_left_us.unwrap() > 700_000, "{facts:?}");
        assert!(facts.slept.iter().all(|slept| slept.client.is_none()), "{facts:?}");
    }
}

#[test]
fn the_thread_is_asleep_or_awake_and_never_both() {
    for timeline in timelines() {
        let lane = timeline.lanes.iter().find(|lane| lane.kind == LaneKind::Server).unwrap();
        for pair in lane.spans.windows(2) {
            let gap = pair[1].start_us - pair[0].end_us();
            assert!((0..100).contains(&gap), "{}: {gap} µs between {pair:#?}", timeline.server);
        }
    }
}

#[test]
fn the_text_of_the_recordings_is_as_it_was() {
    let shown = text::show(&timelines(), false);
    let wide: Vec<&str> = shown.lines().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(wide, Vec::<&str>::new());
    assert_page("timeline.txt", &shown);
}

#[test]
fn without_colour_the_text_has_no_escapes_and_with_it_says_the_same() {
    let timelines = timelines();
    colored::control::set_override(true);
    let coloured = text::show(&timelines, true);
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    for part in coloured.split('\u{1b}') {
        let is_escape = part.starts_with('[');
        plain.push_str(if is_escape {
            part.split_once('m').map_or("", |(_, rest)| rest)
        } else {
            part
        });
    }
    assert_eq!(plain, text::show(&timelines, false));
}

/// All spans of a picture.
fn drawn<'a>(picture: &'a Document<'a>) -> Vec<Node<'a, 'a>> {
    let is_span = |node: &Node<'_, '_>| {
        node.attribute("class").is_some_and(|class| class.split(' ').any(|word| word == "span"))
    };
    picture.descendants().filter(is_span).collect()
}

#[test]
fn each_span_is_in_the_picture_once_with_its_facts_and_can_be_reached() {
    let timelines = timelines();
    let picture = svg::draw(&timelines, Form::Inline);
    let picture = Document::parse(&picture).unwrap();
    let mut left: HashMap<String, usize> = HashMap::new();
    for timeline in &timelines {
        for (lane, span) in timeline.spans() {
            let (server, lane, kind) = (&timeline.server, lane.kind.as_ref(), span.kind.as_ref());
            let client = span.client.as_deref().unwrap_or_default();
            let (start, duration, bytes) = (span.start_us, span.duration_us, span.bytes);
            let key =
                format!("{server} {lane} {client} {kind} {start} {duration} {bytes} {}", span.call);
            *left.entry(key).or_default() += 1;
        }
    }
    let count = drawn(&picture).len();
    assert_eq!(count, timelines.iter().map(|timeline| timeline.spans().count()).sum::<usize>());
    for node in drawn(&picture) {
        let of = |name: &str| node.attribute(name).unwrap_or_else(|| panic!("no {name}: {node:?}"));
        let names =
            ["server", "lane", "client", "kind", "start-us", "duration-us", "bytes", "call"];
        let key = names.map(|name| of(&format!("data-{name}")).to_owned()).join(" ");
        let entry = left.get_mut(&key).unwrap_or_else(|| panic!("not in the timeline: {key}"));
        *entry = entry.checked_sub(1).unwrap_or_else(|| panic!("twice: {key}"));
        assert_eq!((of("tabindex"), of("role")), ("0", "img"));
        assert!(of("aria-label").len() > 20, "{key}");
        assert!(
            node.children()
                .any(|child| child.has_tag_name(("http://www.w3.org/2000/svg", "title")))
        );
        assert!(
            node.children().any(|child| child.has_tag_name(("http://www.w3.org/2000/svg", "rect")))
        );
    }
}

#[test]
fn the_name_of_a_server_does_not_run_into_what_is_said_beside_it() {
    // A bold letter of 16 px takes up to so many pixels, whatever the font.
    const LETTER: f64 = 11.0;
    let picture = svg::draw(&timelines(), Form::File);
    let picture = Document::parse(&picture).unwrap();
    for stage in picture.descendants().filter(|node| node.attribute("class") == Some("stage")) {
        let texts: Vec<_> = stage.children().filter(|node| node.has_tag_name("text")).collect();
        let at = |text: &Node<'_, '_>| text.attribute("x").unwrap().parse::<f64>().unwrap();
        let name = texts[0].text().unwrap();
        let end = f64::from(u32::try_from(name.len()).unwrap()).mul_add(LETTER, at(&texts[0]));
        assert!(end <= at(&texts[1]), "{name} ends at {end}");
    }
}

#[test]
fn what_is_drawn_wider_than_it_is_says_so() {
    let picture = svg::draw(&timelines(), Form::File);
    let picture = Document::parse(&picture).unwrap();
    let rects = drawn(&picture).into_iter().flat_map(|span| span.children());
    let wider = rects.filter(|rect| rect.attribute("data-drawn-wider").is_some());
    let widths: Vec<f64> =
        wider.map(|rect| rect.attribute("width").unwrap().parse().unwrap()).collect();
    assert!(!widths.is_empty() && widths.iter().all(|width| *width <= 3.0), "{widths:?}");
}

#[test]
fn the_image_of_the_readme_is_what_the_tool_makes_of_the_recordings() {
    let image = fs::read_to_string(root().join("images/two-clients.svg")).unwrap();
    let made = svg::draw(&timelines(), Form::File);
    assert!(
        image == made,
        "make it again: scripts/lens.sh timeline {} --svg images/two-clients.svg",
        RECORDINGS.join(" ")
    );
}

#[test]
fn the_command_prints_the_text_the_data_or_the_picture() {
    let made = ByHand::blocking();
    let folder = made.folder().to_str().unwrap();
    let printed = said(&lens(&["timeline", folder]));
    assert!(
        printed.starts_with("by-hand: B is connected after 150 µs and has its reply after 301 ms."),
        "{printed}"
    );
    let data: serde_json::Value =
        serde_json::from_str(&said(&lens(&["timeline", folder, "--json"]))).unwrap();
    assert_eq!(
        data.pointer("/0/facts/first_reply_us").and_then(serde_json::Value::as_u64),
        Some(301_000)
    );
    let file = made.folder().join("picture.svg");
    assert!(lens(&["timeline", folder, "--svg", file.to_str().unwrap()]).status.success());
    assert!(Document::parse(&fs::read_to_string(file).unwrap()).is_ok());
}

#[test]
fn a_folder_that_is_no_whole_recording_is_refused_in_a_sentence() {
    let refused = |folder: PathBuf, sentence: &str| {
        let output = lens(&["timeline", folder.to_str().unwrap()]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("lens: ") && said.lines().count() == 1, "{said}");
        assert!(said.contains(sentence), "{said}");
    };
    refused(root().join("images"), "is no recording");
    refused(
        root().join("labs/lab3-multiclient/recordings/many"),
        "50 clients; a timeline shows up to",
    );
    let empty = ByHand::blocking();
    empty.write("clients.jsonl", "garbled\n{}\n");
    refused(empty.folder().to_owned(), "no client has connected");
    let other = ByHand::blocking();
    other.write("strace.log", "77 1800000000.000000 close(3) = 0 <0.000001>\n");
    refused(other.folder().to_owned(), "no call is about a client");
    let lost = ByHand::blocking();
    fs::remove_file(lost.folder().join("strace.log")).unwrap();
    refused(lost.folder().to_owned(), "strace.log: No such file");
    let old = ByHand::blocking();
    old.write(
        "clients.jsonl",
        &old.read("clients.jsonl").replace("1800000000501010", "1900000000501010"),
    );
    refused(old.folder().to_owned(), "it goes on for 100000000 s");
}

#[test]
fn a_trace_that_ends_early_shows_b_waiting_to_the_end() {
    let made = ByHand::blocking();
    let trace = made.read("strace.log");
    let sleep = trace
        .lines()
        .take(3)
        .chain([&*trace
            .lines()
            .nth(3)
            .unwrap()
            .replace(", \"\", 16384, 0, NULL, NULL) = 0 <0.499300>", ",  <unfinished ...>")])
        .collect::<Vec<_>>()
        .join("\n");
    made.write("strace.log", &(sleep + "\n"));
    let timeline = Timeline::new(&Recorded::read(made.folder()).unwrap()).unwrap();
    assert_eq!(timeline.facts.accepted_us, None);
    let queue = spans(&timeline, "accept queue");
    assert_eq!(
        queue.last().unwrap().2 + i64::try_from(queue.last().unwrap().3).unwrap(),
        timeline.window.1
    );
}

#[test]
fn wherever_a_recording_is_cut_or_garbled_nothing_panics() {
    let made = ByHand::blocking();
    for file in ["strace.log", "clients.jsonl"] {
        let whole = made.read(file);
        for at in (0..whole.len()).step_by(23) {
            let (start, end) = whole.split_at(at);
            for text in [
                start.to_owned(),
                format!("{start}9{end}"),
                format!("{start}{}", end.get(7..).unwrap_or("")),
            ] {
                made.write(file, &text);
                let timeline =
                    Recorded::read(made.folder()).and_then(|recorded| Timeline::new(&recorded));
                match timeline {
                    Ok(timeline) => {
                        let all = [timeline];
                        _ = text::show(&all, false);
                        assert!(Document::parse(&svg::draw(&all, Form::Inline)).is_ok());
                    }
                    Err(error @ RecordedError::File { .. }) => panic!("{error}"),
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
        }
        made.write(file, &whole);
    }
}
