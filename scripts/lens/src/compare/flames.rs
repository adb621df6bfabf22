//! Flame graphs, as `scripts/profile.sh` makes them: where a server runs under a load (perf), and where it
//! waits for two clients of whom one is silent (strace with stacks).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::measured::Measured;
use super::stages::{Serves, Subject};
use super::tools;
use super::{Means, clients, scratch, start_traced, tell};
use crate::flame::{self, Kind};
use crate::labs::Lab;
use crate::measure::{Load, Tool};
use crate::record::Trace;
use crate::report::model::Flame;
use crate::scenario;
use crate::sys::group::Group;

/// How long perf looks, in seconds, and how often in a second: enough for a few hundred stacks.
const SECONDS: &str = "1";
const OFTEN: &str = "299";
/// No perf takes so long to end.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many clients keep the server busy meanwhile.
const CLIENTS: u32 = 8;

/// Draws both.
pub(super) fn measure(stage: &Subject, means: &Means<'_>, measured: &mut Measured) {
    let place =
        |kind: &str| means.options.out.join("flames").join(format!("{}-{kind}.svg", stage.name));
    if means.tools.has(tools::Tool::Perf) {
        match running(stage, place("cpu")) {
            Ok(flame) => measured.stage.flames.push(flame),
            Err(why) => measured.lacks("its flame graph of running", &why),
        }
    }
    let Some(lab) = stage.lab.filter(|_| means.tools.has(tools::Tool::Stacks)) else { return };
    if stage.serves == Serves::WithThreads {
        let why = "strace follows its first thread only, which waits for the next client";
        return measured.lacks("its flame graph of waiting", why);
    }
    match waiting(stage, lab, place("wall")) {
        Ok(flame) => measured.stage.flames.push(flame),
        Err(why) => measured.lacks("its flame graph of waiting", &why),
    }
}

fn running(stage: &Subject, output: PathBuf) -> Result<Flame, String> {
    let live = stage.start()?;
    let pid = live.pid.ok_or("its process is not ours to look at")?;
    let load = Load {
        tool: Tool::OurBench,
        command: Vec::new(),
        clients: CLIENTS,
        requests: 1_000_000_000,
        pipeline: 1,
        keys: None,
        bench: stage.bench.clone(),
    };
    let folder = scratch()?;
    let (data, stacks) = (folder.path().join("perf.data"), folder.path().join("perf.txt"));
    let busy = load.start(live.addr).map_err(|error| error.to_string())?;
    let pid = pid.as_raw_pid().to_string();
    let words = ["record", "-q", "-F", OFTEN, "-e", "cpu-clock", "--call-graph", "dwarf,8192"];
    perf(
        &[&words[..], &["-p", &pid, "-o", &path(&data), "--", "sleep", SECONDS]].concat(),
        Stdio::null(),
    )?;
    drop(busy);
    let words = ["script", "--no-inline", "--fields", "comm,tid,ip,sym,dso", "-i", &path(&data)];
    let written = File::create(&stacks).map_err(|error| error.to_string())?;
    perf(&words, written.into())?;
    let note = format!("{CLIENTS} clients, {SECONDS} s");
    draw(stage, Kind::Cpu, stacks, output, note)
}

fn waiting(stage: &Subject, lab: Lab, output: PathBuf) -> Result<Flame, String> {
    let folder = scratch()?;
    let log = folder.path().join("wall.log");
    let scenario = scenario::find(clients::SCENARIO).map_err(|error| error.to_string())?;
    let server = start_traced(stage, lab, Trace::Stacks, &log)?;
    // What the clients see is measured elsewhere, without the cost of stacks.
    _ = scenario::run(&scenario, server.addr, stage.protocol);
    server.stop().map_err(|error| error.to_string())?;
    let note = "two clients, A silent for a second".to_owned();
    draw(stage, Kind::Wall, log, output, note)
}

fn draw(
    stage: &Subject,
    kind: Kind,
    input: PathBuf,
    output: PathBuf,
    note: String,
) -> Result<Flame, String> {
    let is_wall = kind == Kind::Wall;
    let title = format!("{}: where it {}", stage.name, if is_wall { "waits" } else { "runs" });
    let options = flame::Options { kind, input, output, title, note };
    let made = fs::create_dir_all(options.output.parent().unwrap_or(Path::new(".")));
    made.map_err(|error| error.to_string())?;
    flame::run(&options).map_err(|error| error.to_string())?;
    let svg = fs::read_to_string(&options.output).map_err(|error| error.to_string())?;
    Ok(Flame { is_wall, svg })
}

/// Runs perf to its end.
fn perf(words: &[&str], stdout: Stdio) -> Result<(), String> {
    tell::command(&format!("perf {}", words.join(" ")));
    let mut command = Command::new("perf");
    command.args(words).stdout(stdout).stderr(Stdio::piped());
    let failed = |why: &str| format!("perf fails: {why}");
    let mut group = Group::start(&mut command).map_err(|error| failed(&error.to_string()))?;
    match group.wait(PATIENCE).map_err(|error| failed(&error.to_string()))? {
        Some(status) if status.success() => Ok(()),
        Some(_) => {
            Err(failed(group.stderr.rest().last().map_or("it says nothing", String::as_str)))
        }
        None => Err(failed("it did not end")),
    }
}

fn path(path: &Path) -> String {
    path.display().to_string()
}
