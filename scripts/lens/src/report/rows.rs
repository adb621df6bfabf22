//! What stands in the table of a comparison, and below it: the same for a terminal, Markdown and the page.

use super::model::{Cell, Comparison, Loaded, Missing, Row, Stage};
use crate::measure::Machine;

/// A longer cell is a sentence. It stands below the table, where it has room.
const LONGEST: usize = 24;

impl Comparison {
    /// The rows below their headings: those that are no details, or the details, or both if it is `None`.
    pub(super) fn groups(&self, is_detail: Option<bool>) -> Vec<(&str, Vec<&Row>)> {
        let mut groups: Vec<(&str, Vec<&Row>)> = Vec::new();
        for row in self.rows.iter().filter(|row| is_detail.is_none_or(|is| is == row.is_detail)) {
            match groups.last_mut() {
                Some((group, rows)) if *group == row.group => rows.push(row),
                _ => groups.push((&row.group, vec![row])),
            }
        }
        groups
    }

    /// How many rows are folded.
    pub(super) fn details(&self) -> usize {
        self.rows.iter().filter(|row| row.is_detail).count()
    }

    /// When and where it was made, and whether others were at work there, in sentences.
    pub(super) fn made(&self) -> Vec<String> {
        let date = &self.date;
        let made = match &self.machine {
            Some(machine) => format!("Measured {date} on {}.", machine.about()),
            None => format!("Made {date} from recordings: nothing was measured on this machine."),
        };
        let noise = self.machine.as_ref().and_then(Machine::noise);
        [made].into_iter().chain(noise).collect()
    }

    /// What the heads of columns mean that are no names.
    pub(super) fn explained(&self) -> impl Iterator<Item = String> {
        let is_short = |stage: &&Stage| !stage.name.starts_with(&stage.short);
        let told = |stage: &Stage| format!("{}: the server at {}", stage.short, stage.name);
        self.stages.iter().filter(is_short).map(told)
    }

    /// What became of clients, in sentences.
    pub(super) fn fates(&self) -> impl Iterator<Item = String> {
        self.stages.iter().flat_map(|stage| {
            let of = |load: &Loaded| {
                Some(format!("{}, {} clients: {}", stage.short, load.clients, load.fate.as_ref()?))
            };
            let quiet = stage.quiet.as_ref().filter(|quiet| quiet.is_alone()).map(|_| {
                format!("{}: the quiet client had no reply until the busy one left", stage.short)
            });
            stage.loads.iter().filter_map(of).chain(quiet).collect::<Vec<_>>()
        })
    }
}

impl Cell {
    /// What stands in the table. A star says that there is a sentence below.
    pub(super) fn shown(&self) -> String {
        let is_long = crate::text::letters(&self.text) > LONGEST;
        match self.value {
            _ if self.is_by_turns => format!("{}*", self.text),
            Some(value) if is_long => format!("{value:.0}*"),
            None if is_long => "*".to_owned(),
            _ => self.text.clone(),
        }
    }
}

impl Missing {
    /// In a sentence.
    pub(super) fn sentence(&self) -> String {
        let Self { stage, what, why } = self;
        let whose = stage.as_ref().map_or_else(String::new, |stage| format!("{stage}: "));
        format!("{whose}{what}: {why}")
    }
}
