//! All that is shown of recordings and of measurements fits a terminal of 80 columns.

use std::fs;
use std::path::PathBuf;

use crate::support::{lens, root, said};
use lens::bench::{self, Judged, Report, Row};
use lens::measure::{Machine, Spread};
use lens::sys::Clock;
use lens::view::request::{self, Request};
use lens::view::timeline::{self, Timeline};
use lens::view::{Recorded, RecordedError};
use tempfile::TempDir;

/// The lines that do not fit.
fn wide(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.chars().count() > 80).collect()
}

/// All recordings that come with the kit.
fn recordings() -> Vec<PathBuf> {
    let folders = |path: PathBuf| {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir())
    };
    let labs = folders(root().join("labs")).map(|lab| lab.join("recordings"));
    let labs = labs.filter(|path| path.exists());
    let all = labs.chain(folders(root().join("scripts/lens/recordings")));
    all.flat_map(folders).collect()
}

#[test]
fn the_text_of_each_recording_fits_a_terminal() {
    let recordings = recordings();
    assert!(recordings.len() >= 20, "{recordings:?}");
    for folder in recordings {
        let recorded = Recorded::read(&folder).unwrap();
        match Timeline::new(&recorded) {
            Ok(timeline) => {
                let text = timeline::text::show(&[timeline], false);
                assert_eq!(wide(&text), Vec::<&str>::new(), "{folder:?}");
            }
            Err(error) => assert!(matches!(error, RecordedError::TooMany { .. }), "{error}"),
        }
        for client in recorded.clients() {
            let requests =
                (1..).map_while(|number| Request::find(&recorded, Some(client), number).ok());
            let mut count = 0;
            for request in requests {
                let text = request::text::show(&request, false);
                assert_eq!(wide(&text), Vec::<&str>::new(), "{folder:?}");
                count += 1;
            }
            assert!(count > 0, "{folder:?}: {client} has sent nothing");
        }
    }
}

#[test]
fn what_compare_prints_fits_a_terminal() {
    let place = TempDir::new().unwrap();
    let out = place.path().to_str().unwrap();
    for words in [
        &["compare", "--recorded", "--out", out][..],
        &["compare", "--recorded", "--all", "--out", out],
    ] {
        let text = said(&lens(words));
        assert!(text.contains("B has its first reply"), "{text}");
        let text: String = text
            .lines()
            .filter(|line| !line.starts_with("Written: "))
            .map(|line| line.to_owned() + "\n")
            .collect();
        assert_eq!(wide(&text), Vec::<&str>::new());
    }
}

/// A report with long figures in all rows and columns.
fn report() -> Report {
    let spread = Spread::of(&[12_345.6, 123_456.0, 12_345.6]);
    let judged = |what: &str| Judged {
        what: what.to_owned(),
        spread: Spread::of(&[12.34, 56.78, 90.12]),
        at_most: Some(0.88),
        at_least: None,
        is_met: Some(false),
    };
    let row = |(name, about): (String, String)| {
        let mut row = Row::new(&name, &about, "CPU µs");
        for server in ["redis", "lab3", "lab4", "other", "baseline"] {
            row.figures.insert(server.to_owned(), spread.clone());
        }
        let ratios = ["lab4 ÷ redis", "lab4 ÷ baseline", "lab3 ÷ redis", "other ÷ redis"];
        row.judged = ratios.map(judged).to_vec();
        row
    };
    let rows: Vec<Row> = bench::list().unwrap().into_iter().map(row).collect();
    Report {
        machine: Machine::this(),
        clock: Clock::best(),
        rounds: 5,
        is_quick: true,
        cpu: rows.clone(),
        throughput: rows.clone(),
        p50: rows.clone(),
        p99: rows.clone(),
        others: rows,
        missing: vec!["a sentence that is long ".repeat(10)],
    }
}

#[test]
fn the_tables_of_a_bench_fit_a_terminal() {
    let text = bench::text(&report());
    assert!(text.contains("GET, 50 clients") && text.contains("12,346–123,456"), "{text}");
    assert_eq!(wide(&text), Vec::<&str>::new());
}

#[test]
fn the_chart_of_a_bench_has_a_bar_for_each_server_and_load() {
    let report = report();
    let svg = bench::svg(&report);
    let drawn = roxmltree::Document::parse(&svg).unwrap();
    let of = |name: &str, class: &str| {
        let is_it = |node: &roxmltree::Node<'_, '_>| {
            node.has_tag_name(name) && node.attribute("class").is_some_and(|it| it.contains(class))
        };
        drawn.descendants().filter(is_it).count()
    };
    assert_eq!(of("rect", "solid"), 5 * report.cpu.len() + 5, "a bar each, and the legend");
    assert_eq!(of("text", "end"), report.cpu.len());
}
