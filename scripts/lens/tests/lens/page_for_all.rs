//! The page of a comparison for everybody: with the keyboard, with a finger, on a phone, on paper, in the
//! light and in the dark.

use crate::support::browser::{Browser, Look, Page, TOO_PALE};
use crate::support::sample;
use lens::report::page;
use lens::view::timeline::{Span, SpanKind};

/// Notes what is shown when a span gets the focus.
const NOTE: &str = "(window.noted = new Map()) && all('.lens .span').forEach((one) =>
  one.addEventListener('focus', () => noted.set(one, {
    call: one.dataset.call ?? '',
    label: one.getAttribute('aria-label'),
    edge: getComputedStyle(one.querySelector('rect')).strokeWidth,
    panel: document.getElementById('panel').hidden ? '' : document.getElementById('panel').textContent,
  }))) || 0";

/// All spans have had the focus, and each was shown then.
fn all_were_shown(page: &Page) {
    let noted = page.value("[...noted.values()]");
    assert_eq!(noted.as_array().unwrap().len(), page.count("all('.lens .span').length"));
    for at in noted.as_array().unwrap() {
        let text = |key: &str| at[key].as_str().unwrap();
        let (label, shown) = (text("label"), text("panel"));
        assert!(label.split(": ").all(|part| shown.contains(part)), "{label}\n{shown}");
        assert!(shown.contains(text("call")), "{shown}");
        assert_eq!(text("edge"), "2px", "{label}");
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_the_tab_key_reaches_every_span_and_the_panel_says_what_it_is() {
    let mut lab1 = sample::whole();
    lab1.stages.truncate(1);
    let browser = Browser::new();
    let page = browser.open(&page::html(&lab1), Look::LIGHT);
    page.value(NOTE);
    let spans = page.count("all('.lens .span').length");
    assert!(spans > 30, "{spans}");
    page.value("all('#timeline .wide')[0].focus()");
    // Between the timeline and the request are links and what can be opened.
    let others = page.count("all('a, summary, [tabindex=\"0\"], button').length");
    for _ in 0..others {
        page.press("Tab");
        if page.value("noted.size") == spans {
            break;
        }
    }
    all_were_shown(&page);
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_every_span_of_all_stages_is_shown_when_it_has_the_focus() {
    let browser = Browser::new();
    let page = browser.open(&page::html(&sample::whole()), Look::DARK);
    page.value(NOTE);
    page.value("all('.lens .span[tabindex=\"0\"]').forEach((one) => one.focus())");
    all_were_shown(&page);
    page.press("ArrowLeft");
    page.press("ArrowLeft");
    page.press("ArrowRight");
    let place = "all('.lens .span').length - all('.lens .span').indexOf(document.activeElement)";
    assert_eq!(page.count(place), 2, "the last but one");
    page.press("Escape");
    assert_eq!(page.value("document.getElementById('panel').hidden"), true);
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_a_pointer_shows_a_span_and_a_press_keeps_it() {
    let browser = Browser::new();
    let whole = sample::whole();
    let page = browser.open(&page::html(&whole), Look::PHONE);
    let mut spans = whole.stages[0].timeline.as_ref().unwrap().spans();
    let is_waiting =
        |span: &Span| span.kind == SpanKind::Waiting && span.client.as_deref() == Some("B");
    let (_, waiting) = spans.find(|(_, span)| is_waiting(span)).unwrap();
    let tenths = (waiting.duration_us + 50) / 100;
    let took = format!("{}.{} ms", tenths / 10, tenths % 10);
    let span = ".span[data-kind=waiting][data-client=B]";
    page.value(&format!("all('{span}')[0].scrollIntoView({{ block: 'center' }})"));
    let place = format!(
        "(() => {{ const box = all('{span} rect')[0].getBoundingClientRect(); return [box.x + 20, box.y + 5] }})()"
    );
    let place: (f64, f64) = serde_json::from_value(page.value(&place)).unwrap();
    let shown = || {
        page.value("document.getElementById('panel').hidden ? '' : document.getElementById('panel').textContent",
        )
    };
    page.point(place);
    assert!(shown().as_str().unwrap().contains("nobody reads its GET name"), "{}", shown());
    page.point((2.0, 2.0));
    assert_eq!(shown(), "", "it goes with the pointer");
    page.click(place);
    page.point((2.0, 2.0));
    let kept = shown();
    assert!(
        kept.as_str().unwrap().contains(&took) && kept.as_str().unwrap().contains("Bytes9"),
        "{kept}"
    );
    page.value("document.querySelector('#panel button').click()");
    assert_eq!(shown(), "");
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_a_phone_needs_no_sideways_scroll() {
    let browser = Browser::new();
    for html in [sample::whole(), sample::bare(), sample::nothing()].iter().map(page::html) {
        for width in [320, 390, 768] {
            let page = browser.open(&html, Look { width, ..Look::PHONE });
            page.value("all('details').map((one) => one.open = true)");
            assert!(page.count("innerWidth") <= usize::try_from(width).unwrap());
            let too_wide = "all('body *').filter((one) => !one.closest('.wide, .skip, svg, pre') && one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 90))";
            assert_eq!(page.strings(too_wide), Vec::<String>::new());
            assert_eq!(page.value("document.documentElement.scrollWidth <= innerWidth"), true);
        }
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_all_text_stands_out_from_its_ground() {
    let browser = Browser::new();
    for look in [Look::LIGHT, Look::DARK] {
        let page = browser.open(&page::html(&sample::whole()), look);
        page.value("all('details').map((one) => one.open = true)");
        assert_eq!(page.strings(TOO_PALE), Vec::<String>::new(), "{look:?}");
        let ground = page.value("getComputedStyle(document.body).backgroundColor");
        assert_eq!(ground == "rgb(255, 255, 255)", look.scheme == "light", "{ground}");
    }
}

#[test]
#[ignore = "needs chromium"]
fn in_chromium_all_is_open_on_paper_and_shut_again_afterwards() {
    let browser = Browser::new();
    let page = browser.open(&page::html(&sample::whole()), Look::DARK);
    let shut = page.count("all('details:not([open])').length");
    assert!(shut > 5);
    assert_eq!(
        page.count("dispatchEvent(new Event('beforeprint')) && all('details:not([open])').length"),
        0
    );
    assert_eq!(
        page.count("dispatchEvent(new Event('afterprint')) && all('details:not([open])').length"),
        shut
    );
}
