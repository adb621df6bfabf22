//! Films as a page: one HTML file that needs nothing else.

use crate::film::Film;

/// The page of one film, or of two side by side.
#[must_use]
pub fn html(films: &[Film]) -> String {
    let json = serde_json::to_string(films).unwrap_or_default().replace('<', "\\u003c");
    format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Replay</title>\
         <script type=\"application/json\" id=\"films\">{json}</script>\n"
    )
}
