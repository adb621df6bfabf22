//! redis-benchmark: what it is told, and what it says (`--csv`).

use std::net::SocketAddr;
use std::process::Command;

use super::Load;
use super::load::Said;

pub(super) fn command(load: &Load, addr: SocketAddr) -> Command {
    let mut command = Command::new("redis-benchmark");
    command.args(["-h", &addr.ip().to_string(), "-p", &addr.port().to_string()]);
    command.args(["-c", &load.clients.to_string(), "-n", &load.requests.to_string()]);
    command.args(["-P", &load.pipeline.to_string()]);
    if let Some(keys) = load.keys {
        command.args(["-r", &keys.to_string()]);
    }
    command.arg("--csv").args(&load.command);
    command
}

/// Reads the line of figures by its head: older versions have fewer columns, and no head.
pub(super) fn parse(lines: &[String]) -> Option<Said> {
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
    Some(Said { per_second, p50: micros("p50_latency_ms"), p99: micros("p99_latency_ms") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_figures_are_read_by_their_head() {
        let said = parse(&lines(
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
        let old = parse(&lines("\"GET\",\"88028.16\"")).unwrap();
        assert_eq!((old.p50, old.p99), (None, None));
        assert_eq!(parse(&lines("Error from server: ERR no")), None);
        assert_eq!(parse(&[]), None);
    }
}
