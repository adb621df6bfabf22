//! The page of a class, in a real browser.

#[path = "../../../lens/tests/lens/support/browser.rs"]
#[allow(dead_code, reason = "this page needs less of it")]
mod browser;

use browser::{Browser, Look};

use crate::made_up::Place;

/// The contrast of the text of each element that has some, with what is behind it, and the text, where it is less than 4.5.
const FAINT: &str = "(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => parts(color).slice(0, 3).map((it) => it / 255)
    .map((it) => it <= 0.03928 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
    .reduce((sum, it, index) => sum + it * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (parts(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const has_text = (element) => [...element.childNodes].some((it) => it.nodeType === 3 && it.data.trim());
  const contrast = (element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  return all('body *').filter(has_text).filter((it) => contrast(it) < 4.5).map((it) => it.outerHTML);
})()";

#[test]
#[ignore = "needs chromium"]
fn in_chromium_a_class_is_readable_in_light_and_dark_and_asks_nobody_for_anything() {
    let place = Place::with_results();
    place.class(&[]);
    let html = place.read("results/class.html");
    let browser = Browser::new();
    let mut backgrounds = Vec::new();
    for look in [Look::LIGHT, Look::DARK, Look::PHONE] {
        let page = browser.open(&html, look);
        assert_eq!(page.complaints(), [""; 0]);
        assert_eq!(page.asked_for(), [""; 0]);
        assert_eq!(page.strings(FAINT), [""; 0], "{look:?}");
        // Only the tables may be wider than the screen.
        let wider = "document.documentElement.scrollWidth - innerWidth";
        assert!(page.value(wider).as_i64().unwrap() <= 0, "{look:?}");
        assert_eq!(page.count("all('.matrix tbody tr').length"), 40);
        backgrounds.push(page.value("getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(backgrounds[0], backgrounds[1]);
}

/// Without its colours, and read aloud, each mark says what it is.
#[test]
#[ignore = "needs chromium"]
fn in_chromium_a_mark_differs_in_shape_and_has_a_text() {
    let place = Place::with_results();
    place.class(&[]);
    let page = Browser::new().open(&place.read("results/class.html"), Look::LIGHT);
    let seen = "[...new Set(all('td.mark').filter((it) => it.closest('tbody')).map((it) => it.textContent))].sort()";
    assert_eq!(page.strings(seen), ["?unknown", "–not tried", "✓passed", "✗failed"]);
    let spoken = "all('.matrix tbody td.mark > [aria-hidden]').length - all('.matrix tbody td.mark > .alt').length";
    assert_eq!(page.value(spoken), 0);
}
