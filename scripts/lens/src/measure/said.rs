//! What the load generators say: redis-benchmark (`--csv`), and the bench of a lab (`--json`).

use serde::Deserialize;

/// What a load has come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Requests a second, as the generator counts them.
    pub per_second: f64,
    /// The time that half of the requests took at most, in µs, if the generator says it.
    pub p50: Option<f64>,
    /// The time that 99 of 100 took at most, in µs.
    pub p99: Option<f64>,
    /// What a request has cost the server: time on a CPU, in µs. No generator knows it: 0 until it is measured.
    pub cpu: f64,
}

/// What the bench of a lab says.
#[derive(Debug, Deserialize)]
pub(crate) struct BenchReport {
    pub(crate) requests_per_s: Option<f64>,
    /// How long replies took, from the moment when the client wanted something.
    pub(crate) waits: Times,
    /// The same without the first reply of each client.
    #[serde(default)]
    pub(crate) later_replies: Times,
    /// So many microseconds at most, and the part of all replies that took no longer.
    pub(crate) distribution: Vec<(f64, f64)>,
    pub(crate) most_clients_served_at_once: Option<u32>,
    #[serde(default)]
    pub(crate) clients_that_tried_again: u32,
    pub(crate) last_client_waited_s: Option<f64>,
    /// What went wrong, in sentences.
    #[serde(default)]
    pub(crate) problems: Vec<String>,
}

/// How long replies took, in microseconds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Times {
    pub(crate) count: u64,
    pub(crate) p50_us: Option<f64>,
    pub(crate) p99_us: Option<f64>,
    pub(crate) p999_us: Option<f64>,
    pub(crate) max_us: Option<f64>,
}

impl BenchReport {
    /// Reads the last line that it has printed.
    pub(super) fn parse(lines: &[String]) -> Option<Self> {
        serde_json::from_str(lines.last()?).ok()
    }

    pub(super) fn outcome(&self) -> Option<Outcome> {
        let Times { p50_us: p50, p99_us: p99, .. } = self.later_replies;
        Some(Outcome { per_second: self.requests_per_s?, p50, p99, cpu: 0.0 })
    }
}

/// Reads the line of figures by its head: older versions have fewer columns, and no head.
pub(super) fn redis_benchmark(lines: &[String]) -> Option<Outcome> {
    let row = |line: &String| -> Vec<String> {
        line.split("\",\"").map(|word| word.trim_matches('"').to_owned()).collect()
    };
    let figures = row(lines.last()?);
    let head = lines.iter().find(|line| line.starts_with("\"test\"")).map(row);
    let column = |name: &str| -> Option<f64> {
        let place = head.as_ref()?.iter().position(|column| column == name)?;
        figures.get(place)?.parse().ok()
    };
    let per_second = match &head {
        Some(_) => column("rps")?,
        None => figures.get(1)?.parse().ok()?,
    };
    let micros = |name| column(name).map(|millis| millis * 1e3);
    let (p50, p99) = (micros("p50_latency_ms"), micros("p99_latency_ms"));
    Some(Outcome { per_second, p50, p99, cpu: 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_figures_are_read_by_their_head() {
        let said = redis_benchmark(&lines(
            "\"test\",\"rps\",\"avg_latency_ms\",\"p50_latency_ms\",\"p99_latency_ms\"\n\
             \"SET k \"\"v\"\"\",\"86956.52\",\"0.299\",\"0.303\",\"0.407\"",
        ));
        let said = said.unwrap();
        assert!((said.per_second - 86956.52).abs() < 0.01);
        assert!((said.p50.unwrap() - 303.0).abs() < 0.01);
        assert!((said.p99.unwrap() - 407.0).abs() < 0.01);
    }

    #[test]
    fn an_old_version_says_less_and_an_error_nothing() {
        let old = redis_benchmark(&lines("\"GET\",\"88028.16\"")).unwrap();
        assert_eq!((old.p50, old.p99), (None, None));
        assert_eq!(redis_benchmark(&lines("Error from server: ERR no")), None);
        assert_eq!(redis_benchmark(&[]), None);
    }
}
