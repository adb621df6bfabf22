//! The run that decides: the lab of the kit, played now under strace, or else the recording that the kit has of it.

use std::io;
use std::path::Path;

use harness::cleanup;
use harness::labs::Lab;
use harness::scenario;
use lens::record::{self, Options, Runs};
use lens::view::{Recorded, RecordedError};
use tempfile::TempDir;

/// A run that was read.
#[derive(Debug)]
pub struct Run {
    /// What was recorded.
    pub recorded: Recorded,
    /// The folder, where it is not the kit's.
    _place: Option<TempDir>,
}

/// The recording that the kit has of a scenario of a lab.
///
/// # Errors
/// If it has none.
pub fn of_the_kit(kit: &Path, lab: Lab, scenario: &str) -> Result<Run, RecordedError> {
    let folder = kit.join(lab.folder()).join("recordings").join(scenario);
    Ok(Run { recorded: Recorded::read(&folder)?, _place: None })
}

/// Plays a scenario on a lab now.
///
/// # Errors
/// If it cannot be traced; says why.
pub fn play(lab: Lab, scenario: &str) -> Result<Run, Box<dyn std::error::Error>> {
    let place = tempfile::tempdir()?;
    cleanup::remove_on_signal(place.path());
    let options = Options {
        lab,
        scenario: scenario::find(scenario)?,
        out: place.path().join("run"),
        port: 0,
        binary: None,
        options: Vec::new(),
        runs: Runs::Times,
    };
    // The commands that are run are for those who record.
    let recording = record::record(&options, &mut io::sink())?;
    Ok(Run { recorded: Recorded::read(&recording.folder)?, _place: Some(place) })
}
