//! The charts, each with what to notice and with its figures as a table.

use maud::{Markup, PreEscaped, html};

use super::parts::{absent, notice, part, wide};
use super::steps::{self, Step};
use crate::report::charts::{Chart, calls, latency, quiet, throughput};
use crate::report::model::Stage;

pub(super) fn section(stages: &[Stage]) -> Markup {
    let latency = latency::chart(stages);
    let throughput = throughput::chart(stages);
    let (quiet, calls) = (quiet::chart(stages), calls::chart(stages));
    part(
        "charts",
        "Under load",
        &html! {
            div class="charts" {
                (shown("latency", latency.map(|of| of.map_err(|e| e.to_string())), "No latency was measured.", &steps::LATENCY))
                (shown("throughput", throughput.map(|of| of.map_err(|e| e.to_string())), "No throughput was measured.", &steps::THROUGHPUT))
                (shown("quiet", quiet.map(|of| of.map_err(|e| e.to_string())), "No quiet client was measured beside a busy one.", &steps::QUIET))
                (shown("calls", calls.map(|of| of.map_err(|e| e.to_string())), "No system calls were counted.", &steps::CALLS))
            }
        },
    )
}

fn shown(id: &str, chart: Option<Result<Chart, String>>, without: &str, steps: &[Step]) -> Markup {
    match chart {
        Some(Ok(chart)) => figure(id, &chart, steps),
        Some(Err(why)) => absent(&format!("This chart could not be drawn: {why}.")),
        None => absent(without),
    }
}

fn figure(id: &str, chart: &Chart, steps: &[Step]) -> Markup {
    html! {
        figure id={ "chart-" (id) } {
            h3 { (chart.title) }
            (PreEscaped(&chart.svg))
            figcaption {
                (notice(&chart.notice, steps))
                @for sentence in &chart.absent { p class="fate" { (sentence) } }
                details {
                    summary { "The figures" }
                    (wide(&format!("{}, as a table", chart.title), &table(chart)))
                }
            }
        }
    }
}

fn table(chart: &Chart) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "stage" } @for name in &chart.head { th scope="col" { (name) } } } }
            tbody {
                @for row in &chart.rows {
                    tr {
                        @for (number, cell) in row.iter().enumerate() {
                            @if number == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                        }
                    }
                }
            }
        }
    }
}
