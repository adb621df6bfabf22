//! The page of a film for everybody: with the keyboard alone, in the light and in the dark, on a phone, on paper, and
//! without a script.

use std::fs;
use std::slice;

use headless_chrome::protocol::cdp::Emulation;

use crate::browser::{Browser, Look, Page, TOO_PALE};
use crate::chromium::{go, lab1, lab3, open, text, wait};
use replay::film::Effect;
use replay::page;

#[test]
#[ignore = "needs chromium"]
fn in_chromium_the_film_makes_no_error_and_asks_nobody_for_anything() {
    let browser = Browser::new();
    let mut hostile = lab1();
    let text =
        "</script><script>nothing()</script><img src='http://127.0.0.1:9/x.png'>\u{1b}[2J\u{202e}"
            .to_owned();
    hostile.moments[0].says.clone_from(&text);
    hostile.server.clone_from(&text);
    hostile.moments[0].does = vec![
        Effect::Log { text: text.clone() },
        Effect::Key { key: text.clone(), value: Some(text.clone()) },
        Effect::Screen { client: "A".to_owned(), text, typed: true },
    ];
    let mut empty = lab1();
    (empty.moments, empty.calls, empty.frames) = (vec![], vec![], vec![]);
    (empty.clients, empty.questions, empty.notes) = (vec![], vec![], vec![]);
    let dark_phone = Look { scheme: "dark", ..Look::PHONE };
    for films in [vec![lab1(), lab3()], vec![hostile], vec![empty], vec![]] {
        for look in [Look::LIGHT, dark_phone] {
            let page = open(&browser, &films, look);
            for key in ["ArrowRight", "End", "ArrowLeft", " ", " ", "Home"] {
                page.press(key);
            }
            page.value("all('#moments').map((one) => one.open = true)");
            assert_eq!(page.complaints(), Vec::<String>::new(), "{look:?}");
            assert_eq!(page.asked_for(), Vec::<String>::new(), "{look:?}");
            assert_eq!(page.count("all('img').length"), 0);
        }
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_no_screen_is_too_small_or_too_large_for_the_film() {
    let browser = Browser::new();
    let lab1 = lab1();
    let html = page::html(&[lab1.clone(), lab3()]);
    for width in [320, 360, 768, 1280, 3840] {
        let page = browser.open(&html, Look { width, ..Look::PHONE });
        for says in ["B's 9 bytes arrive", "B has its reply"] {
            go(&page, &lab1, says);
            // A phone would show a page that is too wide in a smaller size.
            assert_eq!(page.count("innerWidth"), width as usize);
            assert_eq!(page.value("document.documentElement.scrollWidth <= innerWidth"), true);
            let too_wide = "all('body *').filter((one) => !one.closest('.code, #marks, .choices label span, svg') && one.getBoundingClientRect().right > innerWidth + .5).map((one) => one.outerHTML.slice(0, 90))";
            assert_eq!(page.strings(too_wide), Vec::<String>::new(), "{width}");
        }
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_all_text_of_the_film_stands_out_from_its_ground() {
    let browser = Browser::new();
    let films = [lab1(), lab3()];
    for look in [Look::LIGHT, Look::DARK] {
        let page = open(&browser, &films, look);
        page.value("all('#moments').map((one) => one.open = true)");
        for says in ["The server wakes up and accepts A", "B's 9 bytes arrive", "B has its reply"] {
            go(&page, &films[0], says);
            page.value("document.getAnimations().forEach((one) => one.finish())");
            assert_eq!(page.strings(TOO_PALE), Vec::<String>::new(), "{look:?}, {says}");
        }
    }
}

fn emulate(page: &Page, media: Option<&str>, feature: Option<(&str, &str)>) {
    let feature = feature.map(|(name, value)| Emulation::MediaFeature {
        name: name.to_owned(),
        value: value.to_owned(),
    });
    let emulated = Emulation::SetEmulatedMedia {
        media: media.map(str::to_owned),
        features: Some(feature.into_iter().collect()),
    };
    page.tab.call_method(emulated).unwrap();
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_nothing_moves_for_a_person_who_wants_no_motion() {
    let browser = Browser::new();
    let film = lab1();
    let page = open(&browser, slice::from_ref(&film), Look::LIGHT);
    go(&page, &film, "B's 9 bytes arrive");
    assert_ne!(page.count("document.getAnimations().length"), 0, "else the test sees nothing");
    page.press("Home");
    emulate(&page, None, Some(("prefers-reduced-motion", "reduce")));
    go(&page, &film, "B's 9 bytes arrive");
    assert_eq!(page.count("document.getAnimations().length"), 0);
    // While the film plays, it stands at each moment.
    page.value(
        "(window.shown = new Set(), requestAnimationFrame(function note() {
          shown.add(all('#time')[0].textContent + all('.status')[0].textContent); requestAnimationFrame(note) }))"
            .replace("all(", "document.querySelectorAll(")
            .as_str(),
    );
    let number = || text(&page, "#count").split_once(' ').unwrap().0.parse::<usize>().unwrap();
    let first = number();
    page.press(" ");
    wait(&page, "shown.size > 2");
    page.press(" ");
    assert_eq!(page.count("shown.size"), number() - first + 1);
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_paper_has_all_moments_in_words() {
    let browser = Browser::new();
    let film = lab1();
    let page = open(&browser, slice::from_ref(&film), Look::DARK);
    emulate(&page, Some("print"), None);
    page.value("dispatchEvent(new Event('beforeprint'))");
    let visible = page.strings(
        "all('#moments li').filter((one) => one.checkVisibility()).map((one) => one.textContent)",
    );
    assert_eq!(visible.len(), film.moments.len());
    for (line, moment) in visible.iter().zip(&film.moments) {
        assert!(line.ends_with(&moment.says), "{line}");
    }
    assert_eq!(page.value("all('main, footer').some((one) => one.checkVisibility())"), false);
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_without_a_script_the_moments_can_be_read() {
    let browser = Browser::new();
    let page = browser.open("<p>first</p>", Look::LIGHT);
    let disable = Emulation::SetScriptExecutionDisabled { value: true };
    page.tab.call_method(disable).unwrap();
    let html = page::html(&[lab1()]);
    let file = tempfile::Builder::new().suffix(".html").tempfile().unwrap();
    fs::write(file.path(), html).unwrap();
    let address = format!("file://{}", file.path().display());
    page.tab.navigate_to(&address).unwrap().wait_until_navigated().unwrap();
    let lines = "all('#moments li').filter((one) => one.checkVisibility()).length";
    assert_eq!(page.count(lines), lab1().moments.len());
    assert_eq!(page.value("all('main, footer').some((one) => one.checkVisibility())"), false);
    assert!(text(&page, "header .notice").contains("The film needs JavaScript."));
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_a_link_leads_to_a_moment_and_the_tab_key_reaches_every_control() {
    let browser = Browser::new();
    let page = open(&browser, &[lab1()], Look::LIGHT);
    page.value("all('#moments')[0].open = true, all('#moments a')[5].click()");
    wait(&page, "all('#moments li')[5].textContent.endsWith(all('.says')[0].textContent)");
    page.value("all('#moments')[0].open = false, document.activeElement.blur()");
    let controls = page.count(
        "all('footer :is(button, select, input)').filter((one) => one.checkVisibility()).length",
    );
    assert!(controls >= 8, "{controls}");
    page.value("(window.reached = new Set()) && document.addEventListener('focusin', (event) => reached.add(event.target.id))");
    for _ in 0..controls + 8 {
        page.press("Tab");
    }
    let missed = "all('footer :is(button, select, input)').filter((one) => one.checkVisibility() && !reached.has(one.id)).map((one) => one.id)";
    assert_eq!(page.strings(missed), Vec::<String>::new());
}
