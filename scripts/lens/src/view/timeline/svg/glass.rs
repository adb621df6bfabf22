//! The magnifying glass: a few milliseconds around the reply to the second client, where the whole run
//! has no room to show them.

use maud::{Markup, html};

use super::super::super::picture::{float, px};
use super::super::{Timeline, ticks};
use super::{GLASS, RUN, Scale};
use crate::text::human;

/// Nothing that is shorter is looked at, in microseconds.
const LEAST_US: i64 = 500;

/// The glass: as many microseconds wide for all servers, so that they can be compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glass {
    length_us: i64,
}

impl Glass {
    pub(super) fn new(timelines: &[Timeline]) -> Self {
        let longest = timelines.iter().map(|timeline| {
            let (from, until) = moment(timeline);
            until - from
        });
        let longest = longest.max().unwrap_or(0).max(LEAST_US);
        Self { length_us: longest * 118 / 100 }
    }

    pub(super) fn length_us(self) -> i64 {
        self.length_us
    }

    pub(super) fn us_per_px(self) -> f64 {
        float(self.length_us) / (GLASS.1 - GLASS.0)
    }

    /// Where the glass is for this server.
    pub(super) fn scale(self, timeline: &Timeline) -> Scale {
        let from_us = moment(timeline).0 - self.length_us * 6 / 100;
        Scale { from_us, until_us: from_us + self.length_us, edges: GLASS, least: 1.5 }
    }
}

/// From when the server could have turned to the second client until it has its reply: since it asks for
/// its connection, or since the first has left.
fn moment(timeline: &Timeline) -> (i64, i64) {
    let facts = &timeline.facts;
    let us = |us: Option<u64>| us.and_then(|us| i64::try_from(us).ok());
    let Some(reply) = us(facts.first_reply_us) else { return (0, LEAST_US) };
    let left = us(facts.host_left_us).filter(|left| *left < reply);
    (left.unwrap_or(0), reply)
}

/// The frame of the glass, its axis, and the place in the whole run that it shows.
pub(super) fn panel(run: &Scale, glass: &Scale, (top, bottom): (f64, f64)) -> Markup {
    let (left, right) = (run.x(glass.from_us), run.x(glass.until_us));
    let middle = f64::midpoint(left, right);
    let (top, bottom) = (top - 3.0, bottom - 1.0);
    let lead = format!("M{} {}V{}H{}", px(middle), px(top), px(top - 5.0), px(GLASS.0));
    html! {
        rect class="panel" x=(px(GLASS.0 - 3.0)) y=(px(top)) width=(px(GLASS.1 - GLASS.0 + 6.0)) height=(px(bottom - top)) rx="3" {}
        rect class="panel" x=(px(middle - 3.0)) y=(px(top)) width="6" height=(px(bottom - top)) rx="2" {}
        path class="lead" d=(lead) {}
        path class="lead" d={ "M" (px(GLASS.0)) " " (px(top - 5.0)) "V" (px(top)) } {}
        line class="grid" x1=(px(RUN.0)) x2=(px(RUN.1)) y1=(px(bottom)) y2=(px(bottom)) {}
        @for tick in ticks(glass.from_us, glass.until_us) {
            line class="grid" x1=(px(glass.x(tick))) x2=(px(glass.x(tick))) y1=(px(top)) y2=(px(bottom)) {}
            @if glass.x(tick) < GLASS.1 - 20.0 {
                text class="small middle" x=(px(glass.x(tick))) y=(px(bottom + 14.0)) { (label(tick)) }
            }
        }
    }
}

/// `800.5 ms`: near by, tenths of a millisecond matter.
fn label(us: i64) -> String {
    if us == 0 {
        "0".to_owned()
    } else if us.abs() < 1_000 {
        human(us)
    } else {
        format!("{} ms", float(us) / 1_000.0)
    }
}
