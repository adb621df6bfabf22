//! What a client that asks now and then gets, while another asks all the time.

use plotters::element::PathElement;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::labels::{decade, decades, list, time};
use super::{Area, Chart, Drawn, Failed, Ink, Scale, mark, picture, px, short, write};
use crate::report::model::{Latencies, Stage};

/// The left and the right end of the axis.
const EDGES: (f64, f64) = (150.0, 396.0);
const TOP: i32 = 42;
const ROW: usize = 44;

/// The chart, or nothing if no quiet client was measured.
pub(crate) fn chart(stages: &[Stage]) -> Option<Result<Chart, Failed>> {
    let found: Vec<(&Stage, &Latencies)> =
        stages.iter().filter_map(|stage| Some((stage, stage.quiet.as_ref()?))).collect();
    let notice = notice(&found)?;
    let row = |(stage, of): &(&Stage, &Latencies)| {
        let times = [of.p50_us, of.p99_us, of.p999_us, of.max_us].map(time);
        [vec![stage.name.clone()], times.to_vec()].concat()
    };
    let says =
        format!("Latencies of a quiet client beside a busy one, on a logarithmic axis. {notice}");
    let ends = found.iter().flat_map(|(_, of)| [of.p50_us, of.max_us]);
    let decades = decades(ends);
    let range = (f64::from(decades.0), f64::from(decades.1));
    let scale = Scale { range, edges: EDGES };
    let height = u32::try_from(stages.len() * ROW).unwrap_or(0) + 84;
    let drawn = picture(height, &says, |area| draw(area, stages, (&scale, decades)));
    let absent = stages.iter().filter(|stage| stage.quiet.is_none());
    Some(drawn.map(|svg| {
        Chart {
            title: "A quiet client beside a busy one".to_owned(),
            svg,
            notice,
            head: ["p50", "p99", "p99.9", "longest"].map(str::to_owned).to_vec(),
            rows: found.iter().map(row).collect(),
            absent: absent
                .map(|stage| {
                    format!("{}: its quiet client got no reply that was measured.", stage.name)
                })
                .collect(),
        }
    }))
}

fn draw(area: &Area<'_>, stages: &[Stage], (scale, (from, until)): (&Scale, (i32, i32))) -> Drawn {
    let bottom = TOP + i32::try_from(ROW * stages.len()).unwrap_or(0);
    write(
        area,
        "from the middle one (p50) over p99 and p99.9 to the longest",
        (4, 12),
        HPos::Left,
        Ink::Note,
    )?;
    let step = if until - from > 4 { 2 } else { 1 };
    for exponent in from..=until {
        let x = scale.at(f64::from(exponent));
        area.draw(&PathElement::new([(x, TOP - 10), (x, bottom)], Ink::Grid.colour()))?;
        if (exponent - from) % step == 0 {
            write(area, &decade(exponent), (x, bottom + 12), HPos::Center, Ink::Text)?;
        }
    }
    write(area, "time to the reply", (px(EDGES.1), bottom + 32), HPos::Right, Ink::Note)?;
    for ((number, stage), top) in stages.iter().enumerate().zip((TOP..).step_by(ROW)) {
        let y = top + 18;
        write(area, &short(stage), (4, y), HPos::Left, Ink::Stage(number))?;
        match &stage.quiet {
            Some(of) => row(area, number, (of, scale), y)?,
            None => write(area, "no reply measured", (px(EDGES.0) + 8, y), HPos::Left, Ink::Note)?,
        }
    }
    Ok(())
}

/// One stage: a line from the middle reply to the longest, and four marks on it.
fn row(area: &Area<'_>, stage: usize, (of, scale): (&Latencies, &Scale), y: i32) -> Drawn {
    let x = |us: f64| scale.at(us.max(f64::MIN_POSITIVE).log10());
    let (left, right) = (x(of.p50_us), x(of.max_us));
    area.draw(&PathElement::new(
        [(left, y), (right, y)],
        Ink::Stage(stage).colour().stroke_width(2),
    ))?;
    for (us, size) in [(of.p50_us, 6), (of.p99_us, 4), (of.p999_us, 4), (of.max_us, 4)] {
        mark(area, stage, (x(us), y), size)?;
    }
    if left < right {
        write(area, &time(of.p50_us), (left - 12, y), HPos::Right, Ink::Text)?;
    }
    write(area, &time(of.max_us), (right + 12, y), HPos::Left, Ink::Text)
}

fn notice(found: &[(&Stage, &Latencies)]) -> Option<String> {
    let told =
        |(stage, of): &(&Stage, &Latencies)| format!("{} on {}", time(of.max_us), stage.name);
    let all: Vec<String> = found.iter().map(told).collect();
    if all.is_empty() {
        return None;
    }
    Some(format!("The longest that the quiet client waited for a reply: {}.", list(&all)))
}
