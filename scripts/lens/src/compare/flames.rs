//! Flame graphs, as `scripts/profile.sh` makes them: where a server runs under a load (perf), and where it
//! waits for two clients, one of them silent (strace with stacks).

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use codec::printable::one_line;
use harness::group::Group;
use harness::labs::Serves;
use harness::scenario;

use super::measured::Measured;
use super::{Done, Means, clients, scratch, start_traced};
use crate::flame::{self, Kind};
use crate::measure::{Subject, progress};
use crate::record::Trace;
use crate::report::model::Flame;
use crate::sys::typed::typed;

/// How long perf looks, in seconds, and how often in a second: enough for a few hundred stacks.
const SECONDS: &str = "1";
const OFTEN: &str = "299";
/// No perf takes so long to end.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many clients keep the server busy meanwhile.
const CLIENTS: u32 = 8;

/// Draws where it runs while clients keep it busy.
pub(super) fn running(subject: &Subject, means: &Means<'_>, measured: &mut Measured) -> Done {
    let server = subject.start()?;
    let pid = server.pid.ok_or("its process is not ours to look at")?.to_string();
    let folder = scratch()?;
    let [data, stacks] = ["perf.data", "perf.txt"].map(|name| folder.path().join(name));
    let file = data.display().to_string();
    let busy = subject.load(CLIENTS, 1_000_000_000).start(&server)?;
    let words = ["record", "-q", "-F", OFTEN, "-e", "cpu-clock", "--call-graph", "dwarf,8192"];
    let words = [&words[..], &["-p", &pid, "-o", &file, "--", "sleep", SECONDS]].concat();
    perf(&words, Stdio::null())?;
    drop(busy);
    let words = ["script", "--no-inline", "--fields", "comm,tid,ip,sym,dso", "-i", &file];
    perf(&words, File::create(&stacks)?.into())?;
    let note = format!("{CLIENTS} clients, {SECONDS} s");
    draw(subject, means, measured, (Kind::Cpu, stacks, note))
}

/// Draws where it waits for two clients.
pub(super) fn waiting(subject: &Subject, means: &Means<'_>, measured: &mut Measured) -> Done {
    if subject.lab.serves == Serves::WithThreads {
        return Err("strace follows its first thread only, which waits for the next client".into());
    }
    let folder = scratch()?;
    let log = folder.path().join("wall.log");
    let scenario = scenario::find(clients::SCENARIO)?;
    let server = start_traced(subject, Trace::Stacks, &log)?;
    // What the clients see is measured elsewhere, without the cost of stacks.
    _ = scenario::run(&scenario, server.addr, server.protocol);
    server.stop()?;
    let note = "two clients, A silent for a second".to_owned();
    draw(subject, means, measured, (Kind::Wall, log, note))
}

fn draw(
    subject: &Subject,
    means: &Means<'_>,
    measured: &mut Measured,
    (kind, input, note): (Kind, PathBuf, String),
) -> Done {
    let is_wall = kind == Kind::Wall;
    let (verb, end) = if is_wall { ("waits", "wall") } else { ("runs", "cpu") };
    let name = &subject.program.name;
    let folder = means.options.out.join("flames");
    fs::create_dir_all(&folder)?;
    let output = folder.join(format!("{}-{end}.svg", name.replace('/', "-")));
    let title = format!("{name}: where it {verb}");
    let options = flame::Options { kind, input, output, title, note };
    flame::run(&options)?;
    measured.stage.flames.push(Flame { is_wall, svg: fs::read_to_string(&options.output)? });
    Ok(())
}

/// Runs perf to its end.
fn perf(words: &[&str], stdout: Stdio) -> Done {
    progress::command(&typed("perf", words));
    let mut command = Command::new("perf");
    let mut group = Group::start(command.args(words).stdout(stdout).stderr(Stdio::piped()))?;
    match group.wait(PATIENCE)? {
        Some(status) if status.success() => Ok(()),
        Some(_) => {
            let said = group.stderr.rest();
            let why = said.last().map_or("it says nothing", String::as_str);
            Err(format!("perf fails: {}", one_line(why)).into())
        }
        None => Err("perf fails: it did not end".into()),
    }
}
