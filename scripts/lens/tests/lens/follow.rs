//! One request on its way, joined from the notes of the clients, the packets, and the calls.

use std::fs;
use std::path::Path;

use crate::support::recording::ByHand;
use crate::support::{assert_page, lens, root, said};
use lens::view::request::{Request, svg, text};
use lens::view::{Form, Recorded};
use roxmltree::Document;

fn request(folder: &Path, client: Option<&str>, number: usize) -> Request {
    Request::find(&Recorded::read(folder).unwrap(), client, number).unwrap()
}

fn times(request: &Request) -> Vec<(&'static str, Option<i64>)> {
    request.steps.iter().map(|step| (step.what, step.at_us)).collect()
}

#[test]
fn every_step_of_a_known_request_is_when_it_was() {
    let made = ByHand::blocking();
    made.capture();
    let request = request(made.folder(), None, 1);
    assert_eq!((request.client.as_str(), request.text.as_str()), ("B", "PING"));
    assert_eq!(
        times(&request),
        [
            ("the client sends", Some(0)),
            ("packet on the wire", Some(30)),
            ("the server accepts", Some(300_120)),
            ("the server has read it", Some(300_410)),
            ("parsed and carried out", None),
            ("the server answers", Some(300_700)),
            ("packet on the wire", Some(300_730)),
            ("the client has the reply", Some(300_800)),
        ]
    );
    let gaps: Vec<i64> = request.gaps().into_iter().flatten().collect();
    assert_eq!(gaps, [30, 300_090, 290, 290, 30, 70]);
}

#[test]
fn a_step_that_nobody_has_recorded_is_named_as_missing() {
    let made = ByHand::blocking();
    // A sentence may go on in the next line.
    let show = |client| {
        let shown = text::show(&request(made.folder(), client, 1), false);
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let shown = show(Some("A"));
    assert!(shown.contains("missing: not captured (no rights)"), "{shown}");
    made.capture();
    let shown = show(Some("A"));
    assert!(shown.contains("missing: packets.pcap has no such packet"), "{shown}");
    fs::write(made.folder().join("packets.pcap"), "garbled").unwrap();
    let shown = show(None);
    assert!(shown.contains("missing: packets.pcap cannot be read"), "{shown}");
}

#[test]
fn packets_of_ipv6_are_read() {
    let made = ByHand::blocking();
    made.capture_v6();
    let request = request(made.folder(), None, 1);
    let packets = request.steps.iter().filter(|step| step.what == "packet on the wire");
    let packets: Vec<_> = packets.map(|step| (step.at_us, step.detail.as_str())).collect();
    assert_eq!(packets, [(Some(30), "14 bytes of TCP"), (Some(300_730), "7 bytes of TCP")]);
}

#[test]
fn the_whole_packets_of_a_capture_without_its_end_are_read() {
    let made = ByHand::blocking();
    made.capture();
    let path = made.folder().join("packets.pcap");
    let whole = fs::read(&path).unwrap();
    fs::write(path, &whole[..whole.len() - 1]).unwrap();
    let request = request(made.folder(), None, 1);
    let packets = request.steps.iter().filter(|step| step.what == "packet on the wire");
    let packets: Vec<_> = packets.map(|step| (step.at_us, step.detail.as_str())).collect();
    let lost = "missing: the end of packets.pcap is cut or garbled";
    assert_eq!(packets, [(Some(30), "14 bytes of TCP"), (None, lost)]);
}

#[test]
fn the_request_of_b_has_all_steps_in_the_order_of_time_on_every_server() {
    for folder in [
        "labs/lab1-blocking/recordings/two-clients",
        "labs/lab2-resp/recordings/two-clients",
        "labs/lab3-multiclient/recordings/two-clients",
        "scripts/lens/recordings/redis-server/two-clients",
        "labs/lab2-resp/recordings/pipeline",
        "labs/lab3-multiclient/recordings/split",
    ] {
        let request = request(&root().join(folder), None, 1);
        let times: Vec<i64> = request.steps.iter().filter_map(|step| step.at_us).collect();
        assert!(times.is_sorted(), "{folder}: {request:#?}");
        assert_eq!(request.steps.len() - times.len(), 1, "{folder}: {request:#?}");
    }
}

#[test]
fn the_text_of_a_request_is_as_it_was() {
    let request = request(&root().join("labs/lab1-blocking/recordings/two-clients"), Some("B"), 1);
    let shown = text::show(&request, false);
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    assert_page("follow-lab1.txt", &shown);
}

#[test]
fn the_picture_has_each_step_and_its_time() {
    let made = ByHand::blocking();
    made.capture();
    let request = request(made.folder(), None, 1);
    let picture = svg::draw(&request, Form::Inline);
    let picture = Document::parse(&picture).unwrap();
    let of = |name| picture.descendants().filter_map(move |node| node.attribute(name));
    assert_eq!(of("data-source").count(), request.steps.len());
    let times: Vec<String> = of("data-at-us").map(str::to_owned).collect();
    let known = request.steps.iter().filter_map(|step| step.at_us);
    assert_eq!(times, known.map(|at| at.to_string()).collect::<Vec<_>>());
}

#[test]
fn a_client_or_a_request_that_is_not_there_is_refused_in_a_sentence() {
    let made = ByHand::blocking();
    let folder = made.folder().to_str().unwrap();
    for (words, sentence) in [
        (["--client", "C", "--request", "1"], "there is no client 'C': take one of A, B"),
        (["--client", "A", "--request", "2"], "client A has sent 1 requests, and no 2."),
        (["--client", "A", "--request", "0"], "client A has sent 1 requests, and no 0."),
    ] {
        let output = lens(&[&["follow", folder][..], &words].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(sentence), "{}", said(&output));
    }
}

#[test]
fn control_characters_of_a_recording_reach_neither_a_terminal_nor_a_picture() {
    let made = ByHand::blocking();
    let notes = made.read("clients.jsonl").replace("PING", "PI\\u001b[2JNG");
    made.write("clients.jsonl", &notes.replace("\"B\"", "\"B\\u0007\""));
    let folder = made.folder().to_str().unwrap();
    for task in ["follow", "timeline"] {
        let shown = said(&lens(&[task, folder]));
        assert!(shown.contains(r"B\u{7}"), "{shown}");
        let is_forbidden = |letter: char| letter.is_control() && letter != '\n';
        assert!(!shown.contains(is_forbidden), "{shown:?}");
        let file = made.folder().join("picture.svg");
        assert!(lens(&[task, folder, "--svg", file.to_str().unwrap()]).status.success());
        let picture = fs::read_to_string(file).unwrap();
        assert!(Document::parse(&picture).is_ok() && !picture.contains(is_forbidden));
    }
}
