//! The page of a comparison, in a real browser.
#![allow(clippy::unwrap_used, clippy::panic)] // Where a test cannot go on, it fails.

use lens::compare::page;
use support::browser::{Browser, Look};
use support::comparison;

mod support;

#[test]
fn in_chromium_the_page_makes_no_error_and_asks_nobody() {
    let browser = Browser::new();
    for look in [Look::LIGHT, Look::DARK, Look::PHONE] {
        let tab = browser.open(&page::html(&comparison::whole()), look);
        assert_eq!(tab.complaints(), Vec::<String>::new());
        assert_eq!(tab.asked_for(), Vec::<String>::new());
    }
}
