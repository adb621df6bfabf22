//! The charts, each with what to notice and with its figures as a table.

use maud::{Markup, PreEscaped, html};

use super::parts::{absent, head, notice, part, wide};
use super::steps::{self, Step};
use crate::report::charts::{Chart, calls, latency, quiet, throughput};
use crate::report::model::Stage;

pub(super) fn section(stages: &[Stage]) -> Markup {
    let without_quiet = "No quiet client was measured beside a busy one.";
    let charts = html! {
        div class="charts" {
            (figure("latency", latency(stages), "No latency was measured.", &steps::LATENCY))
            (figure("throughput", throughput(stages), "No throughput was measured.", &steps::THROUGHPUT))
            (figure("quiet", quiet(stages), without_quiet, &steps::QUIET))
            (figure("calls", calls(stages), "No system calls were counted.", &steps::CALLS))
        }
    };
    part("charts", "Under load", &charts)
}

fn figure(id: &str, chart: Option<Chart>, without: &str, steps: &[Step]) -> Markup {
    let Some(chart) = chart else { return absent(without) };
    html! {
        figure id={ "chart-" (id) } {
            h3 { (chart.title) }
            (PreEscaped(&chart.svg))
            figcaption {
                (notice(&chart.notice, steps))
                @for sentence in &chart.absent { p class="fate" { (sentence) } }
                details {
                    summary { "The figures" }
                    (wide(&format!("{}, as a table", chart.title), &table(&chart)))
                }
            }
        }
    }
}

fn table(chart: &Chart) -> Markup {
    let titles = ["stage"].into_iter().chain(chart.head.iter().map(String::as_str));
    html! {
        table {
            (head(titles.map(|title| html! { (title) })))
            tbody {
                @for row in &chart.rows {
                    tr {
                        @if let [name, figures @ ..] = &row[..] {
                            th scope="row" { (name) }
                            @for figure in figures { td { (figure) } }
                        }
                    }
                }
            }
        }
    }
}
