//! The page of a film in a real browser: what it shows at each moment, and how a person moves through it.

use std::collections::BTreeSet;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::browser::{Browser, Look, Page};
use crate::support::state::State;
use crate::support::{film, root};
use predict::answers::{Answer, Answers};
use replay::film::{Choice, Film, Question};
use replay::page;

/// The film of the two clients, of the recording in the repository.
pub fn two_clients(lab: &str) -> Film {
    film(&root().join("labs").join(lab).join("recordings/two-clients"))
}

pub fn lab1() -> Film {
    two_clients("lab1-blocking")
}

pub fn lab3() -> Film {
    two_clients("lab3-multiclient")
}

/// When the moment is whose sentence begins so.
fn when(film: &Film, says: &str) -> i64 {
    let moment = film.moments.iter().find(|moment| moment.says.starts_with(says));
    moment.unwrap_or_else(|| panic!("no moment says {says:?}")).at
}

/// Follows a link to a moment.
pub fn go(page: &Page, film: &Film, says: &str) {
    let at = when(film, says);
    // The browser tells it, too, but only some time later.
    page.value(&format!("(location.hash = '#at={at}', dispatchEvent(new Event('hashchange')))"));
}

pub fn open(browser: &Browser, films: &[Film], look: Look) -> Page {
    browser.open(&page::html(films), look)
}

/// Waits until an expression is true.
pub fn wait(page: &Page, expression: &str) {
    let begun = Instant::now();
    while page.value(expression) != true {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came: {expression}");
    }
}

/// Presses a key so many times. Each press waits for 0.2 seconds, so several wait at the same time.
fn press_often(page: &Page, key: &str, count: usize) {
    thread::scope(|scope| {
        for part in 0..8 {
            scope.spawn(move || (part..count).step_by(8).for_each(|_| page.press(key)));
        }
    });
}

/// The text of the first element.
pub fn text(page: &Page, selector: &str) -> String {
    let text = page.value(&format!("document.querySelector({selector:?})?.textContent ?? 'none'"));
    text.as_str().unwrap().to_owned()
}

/// Chooses a moment in the list of those that have a name.
pub fn jump(page: &Page, name: &str) {
    let option = format!("all('#jump option').find((one) => one.textContent.startsWith({name:?}))");
    page.value(&format!(
        "(() => {{ const list = all('#jump')[0]; list.value = {option}.value; return list.dispatchEvent(new Event('change')) }})()"
    ));
}

/// The times of all moments, in order, each once.
fn times(films: &[Film]) -> Vec<i64> {
    let moments = films.iter().flat_map(|film| film.moments.iter().map(|moment| moment.at));
    let ends = films.iter().flat_map(|film| [film.window.0, film.window.1]);
    moments.chain(ends).collect::<BTreeSet<i64>>().into_iter().collect()
}

/// What must be seen of a film at a time.
#[derive(Debug, Default, PartialEq, Deserialize)]
struct Seen {
    says: String,
    queue: Vec<String>,
    /// Bytes in the receive buffer of B.
    unread: usize,
    /// The line of the present call, if there is one.
    line: Option<u32>,
    log: Vec<String>,
    keys: usize,
    screens: Vec<String>,
}

fn expected(film: &Film, time: i64) -> Seen {
    let state = State::at(film, time);
    let last = film.moments.iter().rev().find(|moment| moment.at <= time);
    let says = last.map_or("The recording begins.", |moment| moment.says.as_str());
    let frame = state.inside.and_then(|call| film.calls[call].path.last());
    Seen {
        says: says.to_owned(),
        unread: State::bytes(&state.receive, "B"),
        line: frame.map(|frame| film.frames[*frame].line),
        queue: state.queue,
        log: state.log,
        keys: state.keys.len(),
        screens: state.screens.into_values().flatten().collect(),
    }
}

/// What is seen of each film, by the page.
const SEEN: &str = "all('.film').map((film) => {
  const texts = (selector) => [...film.querySelectorAll(selector)].map((one) => one.textContent);
  const line = film.querySelector('.line.now[aria-current=true] .number');
  const size = film.querySelector('.connection[data-client=B] [data-buffer=\"receive buffer\"] .size');
  return {
    says: texts('.says')[0],
    queue: texts('.queue .chip'),
    unread: parseInt(size?.textContent) || 0,
    line: line && +line.textContent,
    log: texts('.log li:not(.none)'),
    keys: film.querySelectorAll('.keys li:not(.none)').length,
    screens: texts('.terminal pre span').filter((text) => text !== '> '),
  };
})";

#[test]
#[ignore = "needs chromium"]
fn in_chromium_the_arrow_keys_reach_every_moment_of_both_films_and_show_its_state() {
    let browser = Browser::new();
    let films = [lab1(), lab3()];
    let page = open(&browser, &films, Look::LIGHT);
    let times = times(&films);
    // The page itself notes what is seen after each key: else this takes a minute.
    page.value(&format!(
        "(window.all = (selector) => [...document.querySelectorAll(selector)],
          window.noted = [{SEEN}], addEventListener('keydown', () => noted.push({SEEN})))"
    ));
    press_often(&page, "ArrowRight", times.len() - 1);
    press_often(&page, "ArrowLeft", times.len() - 1);
    page.press("End");
    page.press("Home");
    let (first, last) = (times[0], *times.last().unwrap());
    let back = times.iter().rev().skip(1);
    let stations: Vec<i64> = times.iter().chain(back).copied().chain([last, first]).collect();
    let noted: Vec<Vec<Seen>> = serde_json::from_value(page.value("noted")).unwrap();
    assert_eq!(noted.len(), stations.len());
    for (seen, time) in noted.iter().zip(stations) {
        let expected: Vec<Seen> = films.iter().map(|film| expected(film, time)).collect();
        assert_eq!(*seen, expected, "at {time}");
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_a_click_into_a_silence_shows_who_sleeps_in_it() {
    let browser = Browser::new();
    let film = lab1();
    let (arrived, left) = (when(&film, "B's 9 bytes arrive"), when(&film, "A closes"));
    let page = open(&browser, &[film], Look::LIGHT);
    let silence = "(() => { const box = all('.silence').find((one) => one.title.startsWith('800 ms')).getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2] })()";
    page.click(serde_json::from_value(page.value(silence)).unwrap());
    let middle = format!("+{} ms", (arrived + left) / 2000);
    assert_eq!(text(&page, "#time"), middle);
    assert!(text(&page, ".says").starts_with("B's 9 bytes arrive"));
    assert!(text(&page, ".status").starts_with("asleep in recvfrom, for A alone, for 60"));
    let size = text(&page, ".connection[data-client=B] .size");
    assert!(size.starts_with("9 bytes, unread for ") && size.ends_with("00 ms"), "{size}");
    // The keys go on from there.
    page.press("ArrowRight");
    let spoken = page.value("all('#axis')[0].getAttribute('aria-valuetext')");
    assert!(spoken.as_str().unwrap().contains("A closes its connection."), "{spoken}");
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_the_film_of_lab_1_shows_which_line_keeps_b_waiting_and_where_its_bytes_are() {
    let browser = Browser::new();
    let film = lab1();
    let page = open(&browser, std::slice::from_ref(&film), Look::LIGHT);
    go(&page, &film, "B's 9 bytes arrive");
    assert!(text(&page, ".line.now").contains("match stream.read(input.spare_mut())"));
    assert_eq!(text(&page, ".path"), "main › serve › run › serve › handle › recvfrom");
    assert!(text(&page, ".status").starts_with("asleep in recvfrom, for A alone, for 20"));
    assert_eq!(text(&page, ".queue"), "B");
    let card = text(&page, ".connection[data-client=B]");
    assert!(card.contains("connected, in the accept queue"), "{card}");
    assert!(card.contains("9 bytes, just now") && card.contains("GET name\\n"), "{card}");
    // The line is in view, without a scroll.
    let in_view = "(() => { const [line, code] = ['.line.now', '.code'].map((one) => all(one)[0].getBoundingClientRect());
      return line.top >= code.top && line.bottom <= code.bottom && code.bottom < innerHeight })()";
    assert_eq!(page.value(in_view), true);
    jump(&page, "B has its reply");
    assert_eq!(text(&page, ".terminal:last-child pre .shown"), "Alice");
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_the_arrow_keys_go_through_the_list_of_named_moments() {
    let browser = Browser::new();
    let film = lab1();
    let page = open(&browser, std::slice::from_ref(&film), Look::LIGHT);
    page.value("all('#jump')[0].focus() ?? 0");
    for moment in film.moments.iter().filter(|moment| moment.jump.is_some()) {
        page.press("ArrowDown");
        assert_eq!(text(&page, ".says"), moment.says);
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_between_two_calls_the_page_shows_both_lines_and_no_guess() {
    let browser = Browser::new();
    let film = lab1();
    let accepts = film.calls.iter().position(|call| call.name == "accept4").unwrap();
    let line = |call: usize| film.frames[*film.calls[call].path.last().unwrap()].line;
    let (from, to) = (line(accepts), line(accepts + 1));
    let next = film.calls[accepts + 1].name.clone();
    let page = open(&browser, &[film], Look::LIGHT);
    jump(&page, "B is accepted");
    assert_eq!(page.count("all('.line.now').length"), 0);
    let edges = page.strings("all('.line.edge .number').map((one) => one.textContent)");
    assert_eq!(edges, [from.to_string(), to.to_string()]);
    assert_eq!(page.count("all('.line.between').length"), to.abs_diff(from) as usize + 1);
    let path = format!("after accept4 (server.rs:{from}), before {next} (server.rs:{to})");
    assert_eq!(text(&page, ".path"), path);
    assert!(text(&page, ".status").contains("between two system calls"));
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_a_film_without_lines_shows_the_calls_and_says_so() {
    let browser = Browser::new();
    let mut bare = lab1();
    (bare.has_lines, bare.has_packets) = (false, false);
    bare.sources.clear();
    bare.calls.iter_mut().for_each(|call| call.path.clear());
    let mut other = lab1();
    other.sources.remove("labs/lab1-blocking/src/server.rs");
    for (film, says, path) in [
        (bare, "The lines of this server are not known.", "recvfrom"),
        (
            other,
            "This film has no source of server.rs.",
            "main › serve › run › serve › handle › recvfrom",
        ),
    ] {
        let page = open(&browser, std::slice::from_ref(&film), Look::LIGHT);
        go(&page, &film, "B's 9 bytes arrive");
        assert!(text(&page, ".caption").contains(says), "{}", text(&page, ".caption"));
        assert!(text(&page, ".line.now").starts_with("recvfrom(5"), "{says}");
        assert_eq!(text(&page, ".path"), path);
        let said = text(&page, ".title").contains("No packets were recorded.");
        assert_eq!(said, !film.has_packets);
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_space_plays_the_film_to_its_end_and_stops_it() {
    let browser = Browser::new();
    let page = open(&browser, &[lab1()], Look::LIGHT);
    page.press(" ");
    assert_eq!(page.value("all('#play')[0].getAttribute('aria-label')"), "Pause");
    page.press(" ");
    assert_eq!(page.value("all('#play')[0].getAttribute('aria-label')"), "Play");
    let speed = "all('#speed')[0].value = '1', all('#speed')[0].dispatchEvent(new Event('change'))";
    page.value(&format!("({speed})"));
    page.press("Home");
    page.press(" ");
    assert_eq!(page.value("all('.says')[0].getAttribute('aria-live')"), "off");
    wait(&page, "all('#play')[0].getAttribute('aria-label') === 'Play'");
    let count = text(&page, "#count");
    let (shown, all) = count.split_once(" of ").unwrap();
    assert_eq!(shown, all);
    assert_eq!(page.value("all('.says')[0].getAttribute('aria-live')"), "polite");
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_predictions_stop_the_film_wrong_ones_are_explained_and_check_predict_can_read_them()
{
    let browser = Browser::new();
    let film = lab1();
    let page = open(&browser, std::slice::from_ref(&film), Look::LIGHT);
    page.value("all('#predict')[0].click() ?? 0");
    for question in &film.questions {
        // No key leads past a question.
        page.press("End");
        assert_eq!(text(&page, "#question h2"), question.text);
        assert_eq!(page.value("+all('#axis')[0].dataset.at"), question.at);
        assert_eq!(page.value("document.activeElement.tagName"), "H2");
        page.press("Tab");
        page.press("Enter");
        let said = text(&page, "#question");
        let (first, right) = (&question.choices[0], question.choices.iter().find(|one| one.right));
        let belief = first.says.iter().map(|says| format!("Many believe this: {says}"));
        let shows = format!("The recording shows: {}", right.unwrap().text);
        let wrong = belief.chain(["Not so.".to_owned(), shows]);
        let parts: Vec<String> =
            if first.right { vec!["Right.".to_owned()] } else { wrong.collect() };
        for part in parts.iter().chain([&question.read]) {
            assert!(said.contains(part), "{said}");
        }
        // The button that goes on has the focus.
        page.press("Enter");
    }
    assert_eq!(page.value("all('#question')[0].hidden"), true);
    page.press("End");
    assert_eq!(page.value("+all('#axis')[0].dataset.at"), film.window.1);
    page.value("(HTMLAnchorElement.prototype.click = function () { window.saved = [this.download, this.href] }) && all('#save')[0].click()");
    let work = tempfile::tempdir().unwrap();
    let [name, address]: [String; 2] = serde_json::from_value(page.value("saved")).unwrap();
    let saved = page.value(&format!("decodeURIComponent({address:?}.split(',')[1])"));
    fs::write(work.path().join(name), saved.as_str().unwrap()).unwrap();
    let answers = Answers::read(work.path()).unwrap();
    for Question { name, choices, .. } in &film.questions {
        let Choice { is, right, misconception, .. } = choices[0].clone();
        let expected = Answer { choice: is, right: Some(right), misconception };
        assert_eq!(answers.of("lab1", name), Some(expected));
    }
}
