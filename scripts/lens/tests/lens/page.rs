//! The page of a comparison, in a real browser.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

use crate::support::browser::{Browser, Look, Page};
use crate::support::{root, sample};
use lens::report::model::{Comparison, Stage};
use lens::report::page;
use serde_json::Value;
use trace::duration::Human;

const LOOKS: [Look; 4] =
    [Look::LIGHT, Look::DARK, Look::PHONE, Look { scheme: "dark", ..Look::PHONE }];
#[test]
#[ignore = "needs chromium"]
fn in_chromium_the_page_makes_no_error_and_asks_nobody_for_anything() {
    let browser = Browser::new();
    let pages = [sample::whole(), sample::bare(), sample::nothing()];
    for html in pages.iter().map(page::html) {
        for look in LOOKS {
            let page = browser.open(&html, look);
            assert_eq!(page.complaints(), Vec::<String>::new(), "{look:?}");
            assert_eq!(page.asked_for(), Vec::<String>::new(), "{look:?}");
            let ids = page.strings("all('[id]').map((one) => one.id)");
            assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len(), "{ids:?}");
            // What is asked for only when it is shown, or only when it is pressed, is not asked for either.
            page.value("all('details').map((one) => one.open = true)");
            assert_eq!(page.count("all('img').filter((one) => !one.naturalWidth).length"), 0);
            assert_eq!(page.asked_for(), Vec::<String>::new(), "{look:?}");
        }
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_a_page_that_fetches_and_fails_is_noticed() {
    let browser = Browser::new();
    let page =
        browser.open("<img src='http://127.0.0.1:9/x.png'><script>nothing()</script>", Look::LIGHT);
    assert_eq!(page.asked_for(), ["http://127.0.0.1:9/x.png"]);
    assert!(
        page.complaints().iter().any(|of| of.contains("nothing is not defined")),
        "{:?}",
        page.complaints()
    );
}

/// How long B waited for its first reply, and for how much of that the server slept for A alone, by what
/// is drawn.
fn drawn(page: &Page, server: &str) -> (i64, i64) {
    let spans =
        format!("all('.stage[data-server=\"{server}\"] .span').map((one) => ({{...one.dataset}}))");
    let spans = page.value(&spans);
    let text = |span: &Value, key: &str| span[key].as_str().unwrap().to_owned();
    let time = |span: &Value, key: &str| text(span, key).parse::<i64>().unwrap();
    let of = |lane: &str, client: &str, kind: &str| -> Vec<(i64, i64)> {
        let spans = spans.as_array().unwrap().iter().filter(|span| {
            text(span, "lane") == lane
                && text(span, "client") == client
                && text(span, "kind") == kind
        });
        spans
            .map(|span| (time(span, "startUs"), time(span, "startUs") + time(span, "durationUs")))
            .collect()
    };
    let reply = of("client", "B", "served").first().unwrap().1;
    let held = of("server", "A", "asleep")
        .into_iter()
        .map(|(from, until)| (until.min(reply) - from.max(0)).max(0));
    (reply, held.sum())
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_the_timeline_says_who_made_b_wait() {
    let whole = sample::whole();
    let browser = Browser::new();
    let page = browser.open(&page::html(&whole), Look::LIGHT);
    for stage in whole.stages.iter().filter(|stage| stage.timeline.is_some()) {
        let facts = &stage.timeline.as_ref().unwrap().facts;
        let (waited, held) = drawn(&page, &stage.name);
        assert_eq!(u64::try_from(waited).ok(), facts.first_reply_us, "{}", stage.name);
        match stage.name.as_str() {
            "lab1-blocking" | "lab2-resp" => {
                assert!(waited >= i64::try_from(facts.held_while_waiting_us).unwrap(), "{facts:?}");
                assert!(waited >= held && held > 700_000, "{waited} {held}");
            }
            _ => assert!(waited < 50_000 && held == 0, "{}: {waited} {held}", stage.name),
        }
    }
    let said = page.value("document.querySelector('#timeline .notice').textContent");
    let said = said.as_str().unwrap();
    let [lab1, lab2, lab3] = [0, 1, 2].map(|stage: usize| first_reply(&whole.stages[stage]));
    let waits = format!("On lab1-blocking and lab2-resp, B's first reply takes {lab1} and {lab2}");
    assert!(said.starts_with(&waits), "{said}");
    let served = format!("On lab3-multiclient and redis-server, B's first reply takes {lab3}");
    assert!(said.contains(&served), "{said}");
}

/// How long B's first reply took, by the recording.
fn first_reply(stage: &Stage) -> String {
    let took = stage.timeline.as_ref().unwrap().facts.first_reply_us.unwrap();
    Human(Duration::from_micros(took)).to_string()
}

#[test]
fn what_the_page_says_follows_the_data() {
    let mut whole = sample::whole();
    let [lab1, lab2, lab3] = [0, 1, 2].map(|stage: usize| first_reply(&whole.stages[stage]));
    let swapped = whole.stages[2].timeline.take();
    whole.stages[2].timeline = whole.stages[0].timeline.take();
    whole.stages[0].timeline = swapped;
    let html = page::html(&whole);
    let waits = format!("On lab2-resp and lab1-blocking, B's first reply takes {lab2} and {lab1}");
    assert!(html.contains(&waits));
    whole.stages.truncate(1);
    let served =
        format!("On lab3-multiclient, B's first reply takes {lab3}, while A is still connected.");
    assert!(page::html(&whole).contains(&served));
}

/// How many marks a chart has for a stage, by its data.
fn marks(stage: &Stage) -> [(&'static str, usize); 4] {
    let at_50 = stage.loads.iter().find(|load| load.clients == 50);
    let calls = stage.calls.as_ref();
    [
        ("latency", 3 * usize::from(at_50.is_some_and(|load| load.latencies.is_some()))),
        ("throughput", stage.loads.iter().filter(|load| load.per_second.is_some()).count()),
        ("quiet", 4 * usize::from(stage.quiet.is_some())),
        ("calls", calls.map_or(0, |calls| calls.alone.len() + calls.pipelined.len())),
    ]
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_every_chart_is_drawn_with_its_data() {
    let whole = sample::whole();
    let browser = Browser::new();
    let page = browser.open(&page::html(&whole), Look::LIGHT);
    for (number_of, stage) in whole.stages.iter().enumerate() {
        for (chart, expected) in marks(stage) {
            let marks = format!(
                "all('#chart-{chart} svg .s{number_of} :is(circle,rect,polygon).ink').map((one) => one.getBBox())
                 .filter((box) => box.width > 0 && box.height > 0 && box.x >= 0 && box.x + box.width <= 460).length"
            );
            assert_eq!(page.count(&marks), expected, "{chart}, {}", stage.name);
        }
        // More requests a second are higher up.
        let heights = format!(
            "all('#chart-throughput svg .s{number_of} :is(circle,polygon).ink').map((one) => {{ const box = one.getBBox(); return box.y + box.height / 2 }})"
        );
        let heights: Vec<f64> = serde_json::from_value(page.value(&heights)).unwrap();
        let rates: Vec<f64> = stage.loads.iter().filter_map(|load| load.per_second).collect();
        for (rate, height) in rates.windows(2).zip(heights.windows(2)) {
            assert!(
                (rate[1] > rate[0]) == (height[1] < height[0]),
                "{}: {rates:?} {heights:?}",
                stage.name
            );
        }
    }
    let ways = "all('#chart-latency svg polyline.curve').map((one) => one.points.length)";
    let ways: Vec<u32> = serde_json::from_value(page.value(ways)).unwrap();
    assert!(ways.len() == 5 && ways.iter().all(|points| *points > 100), "{ways:?}");
}

#[test]
fn every_step_that_the_page_links_to_is_in_the_readme_of_its_lab() {
    let html = page::html(&sample::whole());
    let links: HashSet<&str> =
        html.split("href=\"../").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(links.len() >= 10, "{links:?}");
    for link in links {
        let (file, anchor) =
            link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
        let text =
            fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{link}: {error}"));
        let headings = text.lines().filter_map(|line| line.strip_prefix('#')).map(slug);
        assert!(
            anchor.is_none_or(|anchor| headings.into_iter().any(|heading| heading == anchor)),
            "{link}"
        );
    }
}

/// A heading as a link has it.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|letter| letter.is_alphanumeric() || " -".contains(*letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_what_is_missing_is_said_in_its_place() {
    let browser = Browser::new();
    let open = |comparison: &Comparison| browser.open(&page::html(comparison), Look::LIGHT);
    for (comparison, at_least) in [(sample::nothing(), 9), (sample::bare(), 16)] {
        let page = open(&comparison);
        assert_eq!(page.count("all('figure, .lens .span, table, img, pre').length"), 0);
        let sentences = page.strings("all('.absent').map((one) => one.textContent)");
        assert!(sentences.len() >= at_least, "{sentences:#?}");
        assert!(sentences.iter().all(|text| text.len() > 40), "{sentences:?}");
        let empty = "all('main > section').filter((one) => one.id !== 'missing' && !one.querySelector('.absent')).length";
        assert_eq!(page.count(empty), 0);
        let missing = page.value("document.querySelector('#missing').textContent");
        assert!(missing.as_str().unwrap().contains("all: no lab could be built."), "{missing}");
    }
    let whole = open(&sample::whole());
    let sentences = whole.strings("all('.absent, .fate').map((one) => one.textContent)");
    let says = |text: &str| sentences.iter().any(|sentence| sentence.contains(text));
    assert!(
        says("redis-server has no flame graph of the time on a processor here."),
        "{sentences:?}"
    );
    assert!(
        says("lab4-fair has no timeline here: it looks like that of lab3-multiclient."),
        "{sentences:?}"
    );
    assert!(says("lab2-resp: its quiet client got no reply that was measured."), "{sentences:?}");
    assert!(says("lab1-blocking, 500 clients: they took turns"), "{sentences:?}");
}

#[test]
fn names_from_outside_are_shown_as_they_are_and_run_nothing() {
    let mut whole = sample::whole();
    let name = "<script>x</script>\"&";
    name.clone_into(&mut whole.stages[4].name);
    name.clone_into(&mut whole.missing[0].why);
    let html = page::html(&whole);
    assert!(!html.contains("<script>x"), "it stands in the page as it is");
    assert!(html.contains("&lt;script&gt;x&lt;/script&gt;&quot;&amp;"));
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_the_rows_that_few_need_are_folded_and_all_stand_below_a_heading() {
    let browser = Browser::new();
    let whole = sample::whole();
    let page = browser.open(&page::html(&whole), Look::LIGHT);
    let seen = "all('#table tbody th[scope=row] summary').filter((one) => one.checkVisibility()).map((one) => one.firstChild.textContent.trim())";
    let main: Vec<&str> =
        whole.rows.iter().filter(|row| !row.is_detail).map(|row| row.name.as_str()).collect();
    assert_eq!(page.strings(seen), main);
    assert_eq!(
        page.value("document.querySelector('#table .more summary').textContent"),
        "1 more row"
    );
    page.value("document.querySelector('#table .more').open = true");
    assert_eq!(page.strings(seen).len(), whole.rows.len());
    let headings = page
        .strings("all('#table tr:first-child > th[scope=rowgroup]').map((one) => one.textContent)");
    assert_eq!(headings, ["Two clients", "Load and code", "Load and code"]);
}
