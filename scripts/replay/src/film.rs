//! A recording as a film.
use serde::Serialize;

/// A recording as a film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Film {}
