//! The `bench` of a lab: what it is told, and what it says (`--json`).

use std::net::SocketAddr;
use std::process::Command;

use serde_json::Value;

use super::Load;
use super::load::Said;

pub(super) fn command(load: &Load, addr: SocketAddr) -> Command {
    let mut command = Command::new(&load.bench);
    command.args(["bench", "--host", &addr.ip().to_string(), "--port", &addr.port().to_string()]);
    command.args(["--clients", &load.clients.to_string()]);
    command.args(["--requests", &load.requests.to_string()]);
    command.args(["--pipeline", &load.pipeline.to_string(), "--json"]);
    command
}

pub(super) fn parse(lines: &[String]) -> Option<Said> {
    let report: Value = serde_json::from_str(lines.last()?).ok()?;
    let time = |name| report.pointer(&format!("/later_replies/{name}")).and_then(Value::as_f64);
    let per_second = report.get("requests_per_s")?.as_f64()?;
    Some(Said { per_second, p50: time("p50_us"), p99: time("p99_us") })
}
