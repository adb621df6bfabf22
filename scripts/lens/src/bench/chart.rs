//! The chart: CPU a request, of each load and server, as an SVG.
//!
//! A request of a pipeline costs a hundredth of one that stands alone. So each load has a scale of its
//! own, on which redis-server is 1 (without it, the first server), and each bar says what it is in µs.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, TextStyle};

use super::report::{Report, Row, SERVERS, measured};
use super::spread::figure;

const WIDTH: u32 = 960;
/// Where the bars begin; left of it stands what the load is.
const LEFT: i32 = 330;
/// How long a bar of 1 is.
const UNIT: f64 = 300.0;
/// The longest bar: what is more than that is cut, and its figure says so.
const LONGEST: f64 = 1.6;
const TOP: i32 = 96;
const BAR: i32 = 18;
/// Between the bars of two loads.
const GAP: i32 = 18;
/// A bar that is shorter has its figure behind it.
const ROOM: i32 = 90;
/// Plotters counts the size of a font differently: this is 13 pixels, about.
const SMALL: i32 = 16;
const NORMAL: i32 = 17;

/// On a page of its own colour, so that it reads the same on a light and on a dark ground.
const PAGE: RGBColor = RGBColor(0xff, 0xff, 0xff);
const INK: RGBColor = RGBColor(0x1b, 0x1f, 0x24);
const NOTE: RGBColor = RGBColor(0x4d, 0x56, 0x61);
/// The servers, in colours that the colour-blind can tell apart, dark enough for white figures.
const COLOURS: [RGBColor; SERVERS.len()] = [
    RGBColor(0xb8, 0x4f, 0x00),
    RGBColor(0x8a, 0x3f, 0xa0),
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0x2f, 0x6b, 0x3a),
    RGBColor(0x65, 0x6d, 0x76),
];

/// Its name, and the colour of its bars.
type Server = (&'static str, RGBColor);
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Draws the loads of a report.
///
/// # Errors
/// If plotters cannot draw; into memory, it can.
pub fn svg(report: &Report) -> Result<String, DrawingAreaErrorKind<std::io::Error>> {
    let mut text = String::new();
    let rows = i32::try_from(report.cpu.len()).unwrap_or(0);
    let mut servers: Vec<Server> = SERVERS.into_iter().zip(COLOURS).collect();
    let measured = measured(&report.cpu, &SERVERS);
    servers.retain(|(name, _)| measured.contains(name));
    let bars = BAR * i32::try_from(servers.len()).unwrap_or(0);
    let step = bars + GAP;
    let height = u32::try_from(TOP + rows * step + 40).unwrap_or(WIDTH);
    {
        let area = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
        area.fill(&PAGE)?;
        title(&area, report, &servers)?;
        let (one, end) = (LEFT + length(1.0), TOP + rows * step);
        area.draw(&PathElement::new([(one, TOP - 6), (one, end - GAP + 4)], NOTE))?;
        for (row, y) in report.cpu.iter().zip((TOP..).step_by(step.unsigned_abs() as usize)) {
            group(&area, row, y, &servers)?;
        }
        let machine = &report.machine;
        let place = format!("{}, {} cores; {}", machine.cpu, machine.cores, machine.date);
        write(&area, &place, (20, end + 10), SMALL, NOTE)?;
        area.present()?;
    }
    Ok(text)
}

fn title(area: &Area<'_>, report: &Report, servers: &[Server]) -> Drawn {
    write(area, "CPU of the server a request", (20, 30), 27, INK)?;
    let base = if report.machine.redis_server.is_some() { "redis" } else { "lab3" };
    let note = format!(
        "each load on a scale of its own: the line is {base}; the figures are µs, medians of {}",
        report.rounds
    );
    write(area, &note, (20, 58), SMALL, NOTE)?;
    let mut x = LEFT;
    for (name, colour) in servers {
        area.draw(&Rectangle::new([(x, 72), (x + 12, 84)], colour.filled()))?;
        write(area, name, (x + 18, 78), NORMAL, INK)?;
        x += 110;
    }
    Ok(())
}

/// The bars of one load.
fn group(area: &Area<'_>, row: &Row, top: i32, servers: &[Server]) -> Drawn {
    let place = Pos::new(HPos::Right, VPos::Center);
    let style = TextStyle::from(("sans-serif", NORMAL).into_font()).color(&INK).pos(place);
    area.draw(&Text::new(row.about.clone(), (LEFT - 12, top + 2 * BAR - 1), style))?;
    let base = servers.iter().find_map(|(name, _)| row.figure(name));
    let base = base.map_or(1.0, |spread| spread.median);
    for ((name, colour), y) in servers.iter().zip((top..).step_by(BAR.unsigned_abs() as usize)) {
        let Some(spread) = row.figure(name) else { continue };
        let share = spread.median / base.max(f64::MIN_POSITIVE);
        let end = LEFT + length(share);
        area.draw(&Rectangle::new([(LEFT, y), (end, y + BAR - 2)], colour.filled()))?;
        let cut = if share > LONGEST { " (cut)" } else { "" };
        let label = format!("{} µs{cut}", figure(spread.median));
        let (x, colour) = if end - LEFT < ROOM { (end + 6, INK) } else { (LEFT + 8, PAGE) };
        write(area, &label, (x, y + BAR / 2 - 1), SMALL, colour)?;
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "some hundred pixels")]
fn length(share: f64) -> i32 {
    (share.min(LONGEST) * UNIT) as i32
}

fn write(area: &Area<'_>, text: &str, at: (i32, i32), size: i32, colour: RGBColor) -> Drawn {
    let place = Pos::new(HPos::Left, VPos::Center);
    let style = TextStyle::from(("sans-serif", size).into_font()).color(&colour).pos(place);
    area.draw(&Text::new(text.to_owned(), at, style))
}
