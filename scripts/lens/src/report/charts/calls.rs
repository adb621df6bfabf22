//! What a request costs in system calls: alone, and as one of sixteen that come together.

use plotters::element::Rectangle;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::labels::list;
use super::{Area, Chart, Drawn, Failed, Ink, picture, px, short, write};
use crate::bench::figure;
use crate::report::model::{CallsPerRequest, Stage};
use crate::text::cut;

/// The left and the right end of the longest bar.
const EDGES: (f64, f64) = (104.0, 400.0);
const TOP: i32 = 6;
const ROW: usize = 96;
const BAR: i32 = 13;
/// So many letters have room below a bar.
const LETTERS: usize = 50;

/// The chart, or nothing if no calls were counted.
pub(crate) fn chart(stages: &[Stage]) -> Option<Result<Chart, Failed>> {
    let found: Vec<(&Stage, &CallsPerRequest)> =
        stages.iter().filter_map(|stage| Some((stage, stage.calls.as_ref()?))).collect();
    if found.is_empty() {
        return None;
    }
    let notice = notice(&found);
    let says = format!("System calls a request, by call. {notice}");
    let height = u32::try_from(stages.len() * ROW).unwrap_or(0) + TOP.unsigned_abs() + 4;
    let longest = found.iter().flat_map(|(_, of)| [sum(&of.alone), sum(&of.pipelined)]);
    let longest = longest.fold(f64::MIN_POSITIVE, f64::max);
    let drawn = picture(height, &says, |area| draw(area, stages, longest));
    let row = |(stage, of): &(&Stage, &CallsPerRequest)| {
        vec![stage.name.clone(), told(&of.alone), told(&of.pipelined)]
    };
    let absent = stages.iter().filter(|stage| stage.calls.is_none());
    Some(drawn.map(|svg| Chart {
        title: "System calls a request".to_owned(),
        svg,
        notice,
        head: ["alone", "one of 16"].map(str::to_owned).to_vec(),
        rows: found.iter().map(row).collect(),
        absent:
            absent.map(|stage| format!("{}: its calls were not counted.", stage.name)).collect(),
    }))
}

fn sum(calls: &[(String, f64)]) -> f64 {
    calls.iter().map(|(_, count)| count).sum()
}

/// `recvfrom 1, sendto 1`, or what fits into the picture.
fn told(calls: &[(String, f64)]) -> String {
    let each = calls.iter().map(|(name, count)| format!("{name} {}", count_of(*count)));
    each.collect::<Vec<_>>().join(", ")
}

/// `1` for 1.00: a whole number has no digits behind it.
fn count_of(count: f64) -> String {
    let text = figure(count);
    let Some((whole, rest)) = text.split_once('.') else { return text };
    if rest.bytes().all(|digit| digit == b'0') { whole.to_owned() } else { text }
}

fn draw(area: &Area<'_>, stages: &[Stage], longest: f64) -> Drawn {
    for ((number, stage), top) in stages.iter().enumerate().zip((TOP..).step_by(ROW)) {
        write(area, &short(stage), (4, top + 8), HPos::Left, Ink::Stage(number))?;
        let Some(calls) = &stage.calls else {
            write(area, "not counted", (px(EDGES.0), top + 8), HPos::Left, Ink::Note)?;
            continue;
        };
        bar(area, number, (&calls.alone, longest), top)?;
        write(area, "one of 16", (4, top + 50), HPos::Left, Ink::Note)?;
        bar(area, number, (&calls.pipelined, longest), top + 42)?;
    }
    Ok(())
}

/// One bar, a part for each call, one paler than the other; its sum behind it, and its calls below.
fn bar(
    area: &Area<'_>,
    stage: usize,
    (calls, longest): (&[(String, f64)], f64),
    top: i32,
) -> Drawn {
    let x = |count: f64| EDGES.0 + (EDGES.1 - EDGES.0) * count / longest;
    let mut before = 0.0;
    let shades = [1.0, 0.62, 0.34, 0.18];
    for ((_, count), shade) in calls.iter().zip(shades.into_iter().chain(std::iter::repeat(0.18))) {
        let (left, right) = (px(x(before)), px(x(before + count)));
        let style = Ink::Stage(stage).colour().mix(shade).filled();
        area.draw(&Rectangle::new([(left, top), ((right - 1).max(left + 1), top + BAR)], style))?;
        before += count;
    }
    let end = px(x(before)) + 6;
    write(area, &count_of(before), (end, top + 7), HPos::Left, Ink::Text)?;
    write(area, &cut(&told(calls), LETTERS), (px(EDGES.0), top + 26), HPos::Left, Ink::Note)
}

fn notice(found: &[(&Stage, &CallsPerRequest)]) -> String {
    let told = |(stage, of): &(&Stage, &CallsPerRequest)| {
        let (alone, pipelined) = (sum(&of.alone), sum(&of.pipelined));
        format!("{} to {} on {}", count_of(alone), count_of(pipelined), stage.name)
    };
    let all: Vec<String> = found.iter().map(told).collect();
    format!(
        "From one request alone to sixteen that come together, the calls for each go from {}.",
        list(&all)
    )
}
