//! Judges a server, and remembers what came of it.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, SystemTime};

use grade::check::{self, Details};
use grade::course::{Course, Step};
use grade::judge::{Judge, Outcome};
use grade::own::{self, Exercise, Kit};
use grade::progress::Progress;
use grade::report::{self, About, Known};
use grade::results::{Run, Verdict};
use grade::sandbox;
use grade::server::{Start, has_strace};
use harness::descendants;
use harness::labs::Lab;
use harness::text::wrapped;

use super::cli::Check;
use super::files::Files;
use super::{Ended, verbs};

/// How often we look whether a file has changed.
const LOOK: Duration = Duration::from_millis(200);

pub(super) fn run(kit: &Kit, asked: &Check) -> Ended {
    let Some(lab) = asked.lab else { return Err("which lab? Say scripts/check.sh lab1".into()) };
    let course = Course::read(&kit.root, lab)?;
    let step = asked.step.as_ref().map(|name| find(&course, lab, name)).transpose()?;
    if asked.hint && asked.hostile && step.is_none() {
        let short = lab.short;
        return Err(
            format!("of which step? Say scripts/check.sh {short} --step STEP --hint").into()
        );
    }
    if asked.hint {
        return verbs::hint(kit, lab, (&course, step));
    }
    if asked.watch {
        return watch(kit, lab, &course, asked);
    }
    judge(kit, lab, &course, asked)
}

fn judge(kit: &Kit, lab: Lab, course: &Course, asked: &Check) -> Ended {
    let files = Files::open(&asked.files)?;
    let mut out: Box<dyn Write> = if files.use_stdout() {
        Box::new(io::stderr().lock())
    } else {
        Box::new(io::stdout().lock())
    };
    let (start, what) = start(kit, lab, asked, &mut out)?;
    let seed = asked.seed.unwrap_or_else(|| u64::from(fastrand::u16(..)));
    let prepared = sandbox::prepare(start, asked.same_user);
    let (start, user) = (prepared.start.clone(), prepared.user);
    let judge = Judge { lab, start, seed, traces: !asked.no_trace && has_strace(), user };
    let is_new = !asked.is_own() || Progress::read(&kit.work).of(lab.short).passed.is_empty();
    let about = About { lab, course, is_new };
    writeln!(out, "{}\n", wrapped(&format!("{}: {what}, seed {seed}", lab.short)))?;
    if let Some(note) = prepared.note.as_ref().filter(|_| files.are_asked()) {
        writeln!(out, "{}\n", wrapped(note))?;
    }
    // What is counted must not depend on the steps before it.
    let details = if asked.all || files.are_asked() { Details::All } else { Details::First };
    let is_asked = |index: usize, step: &Step| match &asked.step {
        Some(name) => is_called(name, index, step),
        None => asked.hostile == step.is_hostile(),
    };
    let known = check::run(&judge, about, (details, is_asked), &mut out)?;
    if asked.step.is_none() && asked.is_own() && !asked.hostile {
        remember(kit, lab, &known)?;
    }
    let unwritten = if asked.is_own() { unwritten(kit, lab, &known)? } else { String::new() };
    write!(out, "{unwritten}{}", report::summary(&known, about))?;
    out.flush()?;
    let answers = asked.is_own().then(|| kit.work.join("answers.json"));
    let run = Run { about, server: &what, seed, student: None, answers: answers.as_deref() };
    let graded = run.graded(kit, &known);
    // What has escaped from a server must not run when the results are written.
    descendants::end_all();
    files.write(&graded, kit)?;
    Ok(match graded.verdict {
        Verdict::Passed => ExitCode::SUCCESS,
        Verdict::Failed => ExitCode::FAILURE,
        Verdict::Unknown => ExitCode::from(2),
    })
}

/// Which functions are still as in the starter, if the first step fails.
fn unwritten(kit: &Kit, lab: Lab, known: &[(&Step, Known)]) -> Result<String, own::OwnError> {
    let fails = matches!(known.first(), Some((_, Known::Judged(Outcome::Failed(_)))));
    if !fails || !Exercise::is_there(kit, lab) {
        return Ok(String::new());
    }
    let exercise = Exercise::read(kit, lab)?;
    Ok(report::unwritten(&exercise.unwritten(&kit.own(lab))?))
}

/// How the server is started that is to be judged, and what it is.
fn start(
    kit: &Kit,
    lab: Lab,
    asked: &Check,
    out: &mut impl Write,
) -> Result<(Start, String), Box<dyn std::error::Error>> {
    if let Some(command) = &asked.cmd {
        return Ok((Start::Shell(command.clone()), command.clone()));
    }
    if let Some(program) = &asked.binary {
        return Ok((Start::Lab(program.clone()), program.display().to_string()));
    }
    if !Exercise::is_there(kit, lab) {
        // Its tasks are done in the kit itself.
        let what = format!("labs/{}, as it stands here", lab.package);
        return Ok((Start::Lab(own::build_kits(kit, lab)?), what));
    }
    let renewed = own::renew(kit, lab)?;
    write!(out, "{renewed}")?;
    let program = own::build(kit, lab)?;
    Ok((Start::Lab(program), format!("work/{}", lab.short)))
}

/// The step of this name or of this number, or the first one of this task.
fn find<'a>(course: &'a Course, lab: Lab, name: &str) -> Result<&'a Step, String> {
    let mut steps = course.steps.iter().enumerate();
    let found = steps.find(|(index, step)| is_called(name, *index, step));
    found.map(|(_, step)| step).ok_or_else(|| {
        let names: Vec<&str> = course.steps.iter().map(|step| step.name.as_str()).collect();
        let tasks: Vec<&str> = course.tasks.iter().map(|task| task.name.as_str()).collect();
        let tasks =
            if tasks.is_empty() { String::new() } else { format!(". Tasks: {}", tasks.join(", ")) };
        format!("{} has no step '{name}'. There are: {}{tasks}", lab.short, names.join(", "))
    })
}

/// Whether a step is meant by its name, by its number, or by the name of its task.
fn is_called(name: &str, index: usize, step: &Step) -> bool {
    name == step.name || name == (index + 1).to_string() || step.task.as_deref() == Some(name)
}

fn remember(kit: &Kit, lab: Lab, known: &[(&Step, Known)]) -> io::Result<()> {
    let mut progress = Progress::read(&kit.work);
    let of_lab = progress.of(lab.short);
    let name = |(step, _): &(&Step, Known)| step.name.clone();
    of_lab.passed = known.iter().filter(|(_, known)| known.works()).map(name).collect();
    let failing =
        known.iter().find(|(_, known)| !known.works() && !matches!(known, Known::NotBegun));
    of_lab.failing = failing.map(name);
    of_lab.cause = failing.and_then(|(step, known)| match known {
        Known::Judged(Outcome::Failed(wrong)) => report::cause(step, wrong, lab.protocol),
        _ => None,
    });
    if of_lab.failing.is_none() {
        // A student who is done may look at the solution; who begins again is asked again.
        of_lab.asked_for_solution = false;
    }
    progress.write()
}

/// Judges again each time one of the student's files has changed, until Ctrl-C.
fn watch(kit: &Kit, lab: Lab, course: &Course, asked: &Check) -> Ended {
    loop {
        let before = changed(kit, lab)?;
        if let Err(error) = judge(kit, lab, course, asked) {
            // What does not build now may build after the next change.
            println!("{error}");
        }
        println!("\nWaiting for a change of your files. Ctrl-C ends this.");
        while changed(kit, lab)? == before {
            thread::sleep(LOOK);
        }
        print!("\x1b[2J\x1b[H");
    }
}

/// When each of the student's files was changed.
fn changed(kit: &Kit, lab: Lab) -> Result<Vec<(PathBuf, Option<SystemTime>)>, own::OwnError> {
    let exercise = Exercise::read(kit, lab)?;
    let files = exercise.files().into_iter().map(|file| kit.own(lab).join(file));
    let time = |path: &PathBuf| fs::metadata(path).and_then(|about| about.modified()).ok();
    Ok(files.map(|path| (path.clone(), time(&path))).collect())
}
