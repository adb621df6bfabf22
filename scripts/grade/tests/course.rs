//! The steps of each lab, without a server: whether they are complete, and whether all that they name is there.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use grade::course::Course;
use grade::own::{Exercise, Kit};
use harness::labs;
use harness::misconceptions::Misconceptions;
use harness::scenario::awaited_in_vain;
use harness::text::COLUMNS;
use testkit::{anchors, root};

/// The longest title, in letters: it has to fit on one line of the list.
const LONGEST_TITLE: usize = 62;

/// The labs that have steps, with the text of their sheet.
fn courses() -> Vec<(&'static str, Course, String)> {
    let courses = ["lab1", "lab2", "lab3", "lab4"].into_iter().filter_map(|name| {
        let lab = labs::find(name).unwrap();
        let folder = root().join(lab.of_the_kit().folder());
        let has_steps = folder.join("exercise/steps.toml").exists();
        let sheet = fs::read_to_string(folder.join("README.md")).unwrap();
        has_steps.then(|| (name, Course::read(&root(), lab).unwrap(), sheet))
    });
    let courses: Vec<_> = courses.collect();
    assert_eq!(courses.len(), 4);
    courses
}

/// The labs of which a student writes some functions.
fn exercises() -> Vec<(&'static str, Exercise)> {
    let read = |name| Exercise::read(&Kit::new(root()), labs::find(name).unwrap()).unwrap();
    ["lab1", "lab2", "lab3"].map(|name| (name, read(name))).to_vec()
}

#[test]
fn each_step_can_be_read_in_the_sheet_and_has_three_hints() {
    for (lab, course, sheet) in courses() {
        let your_turn = sheet.find("\n## Your turn").unwrap();
        let anchors = anchors(&sheet[your_turn..]);
        assert!(course.steps.len() >= 12, "{lab}");
        // The steps of another lab are looked at there.
        for step in course.steps.iter().filter(|step| step.read.starts_with('#')) {
            let name = &step.name;
            assert_eq!(awaited_in_vain(&step.clients), None, "{lab} {name}");
            assert!(anchors.contains(&step.read), "{lab} {name}: no heading {}", step.read);
            assert_eq!(step.hints.len(), 3, "{lab} {name}");
            let title = &step.title;
            assert!(title.chars().count() <= LONGEST_TITLE, "{lab} {name}: {title}");
            assert!(!title.ends_with('.'), "{lab} {name}: {title}");
            for text in step.hints.iter().chain(step.causes.iter().map(|cause| &cause.say)) {
                assert!(text.ends_with(['.', '?', '!']), "{lab} {name}: {text}");
            }
        }
    }
}

/// What strace injects, and a word of the rule that says what to do then.
const RULES: [(&str, &str); 6] = [
    ("EMFILE", "too many open files"),
    ("ECONNABORTED", "ECONNABORTED"),
    ("EINTR", "Interrupted`"),
    ("ECONNRESET", "`read` or `write`"),
    ("EAGAIN", "`write`"),
    ("delay_enter", "A call that takes long has not failed"),
];

#[test]
fn the_sheet_says_what_to_do_when_a_call_fails_where_the_step_sends_its_reader() {
    for (lab, course, sheet) in courses() {
        let own = course.steps.iter().filter(|step| step.read.starts_with('#'));
        for step in own.filter(|step| step.is_hostile()) {
            let (name, inject) = (&step.name, step.inject.as_deref().unwrap());
            let has_anchor = |part: &&str| anchors(&format!("### {part}")).contains(&step.read);
            let part = sheet.split("\n### ").find(has_anchor).unwrap();
            let (_, rule) = RULES.iter().find(|(what, _)| inject.contains(what)).unwrap();
            assert!(part.contains(rule), "{lab} {name}: {} does not say {rule:?}", step.read);
        }
    }
}

#[test]
fn each_function_to_write_can_be_read_about_in_the_sheet() {
    for (lab, exercise) in exercises() {
        let (.., sheet) = courses().into_iter().find(|(name, ..)| *name == lab).unwrap();
        for function in exercise.functions {
            let (name, anchor) = (&function.name, &function.anchor);
            assert!(anchors(&sheet).contains(anchor), "{lab} {name}: no heading {anchor}");
        }
    }
}

/// The words of a text that are names: those in backticks that are nothing but letters.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |word: &&str| word.bytes().all(|it| it == b'_' || it.is_ascii_alphabetic());
    text.split('`').skip(1).step_by(2).filter(is_name)
}

#[test]
fn what_the_kit_gives_is_in_the_files_that_the_page_names() {
    for (lab, exercise) in exercises() {
        let (kit, lab) = (Kit::new(root()), labs::find(lab).unwrap());
        assert!(exercise.given.len() >= 5, "{lab:?}");
        for given in &exercise.given {
            let is_labs = given.file.starts_with("src");
            let path = if is_labs { kit.lab(lab) } else { root() }.join(&given.file);
            let source = fs::read_to_string(&path).unwrap();
            let named =
                given.name.split(", ").filter_map(|name| name.split([':', '.']).next_back());
            for name in named.chain(names(&given.does)) {
                assert!(source.contains(name), "{name} is not in {}", path.display());
            }
            assert!(given.does.ends_with('.'), "{}", given.does);
        }
    }
}

#[test]
fn what_the_lab_does_beyond_the_steps_is_in_the_files_of_the_student_and_fits_a_terminal() {
    for (lab, exercise) in exercises() {
        let (kit, lab) = (Kit::new(root()), labs::find(lab).unwrap());
        let read = |file: &Path| fs::read_to_string(kit.lab(lab).join(file)).unwrap();
        let sources: String = exercise.files().into_iter().map(read).collect();
        assert!(exercise.beyond.len() >= 5, "{lab:?}");
        for text in &exercise.beyond {
            let code = text.split('`').nth(1).unwrap();
            let name = code.split('(').next().and_then(|path| path.split([':', '.']).next_back());
            assert!(sources.contains(code) || sources.contains(name.unwrap()), "{lab:?}: {text}");
            assert!(text.ends_with('.'), "{lab:?}: {text}");
        }
        let list = exercise.beyond_as_list();
        assert_eq!(
            list.lines().filter(|line| line.starts_with("- ")).count(),
            exercise.beyond.len()
        );
        assert!(list.lines().all(|line| line.chars().count() <= COLUMNS), "{list}");
    }
}

#[test]
fn each_step_names_a_misconception_that_there_is() {
    let misconceptions = Misconceptions::read(&root()).unwrap();
    for (lab, course, _) in courses() {
        for step in &course.steps {
            let of_causes = step.causes.iter().filter_map(|cause| cause.misconception.as_ref());
            let of_step = step.misconception.as_ref();
            assert!(of_step.is_some(), "{lab} {}: no misconception", step.name);
            for name in of_causes.chain(of_step) {
                let is_there = misconceptions.find(name).is_some();
                assert!(is_there, "{lab} {}: no misconception {name}", step.name);
            }
        }
    }
}

#[test]
fn each_task_has_steps_and_each_step_of_a_task_names_one_that_there_is() {
    let (_, course, sheet) = courses().pop().unwrap();
    assert!(course.tasks.len() >= 5);
    for task in &course.tasks {
        let steps: Vec<_> =
            course.steps.iter().filter(|it| it.task.as_ref() == Some(&task.name)).collect();
        let first = steps.first().unwrap_or_else(|| panic!("{}: no steps", task.name));
        // By one of these it is known whether the task was begun.
        assert!(!task.commands.is_empty() || !first.options.is_empty(), "{}", task.name);
        let named = task.commands.iter().chain(first.options.iter().filter(|it| it.contains("--")));
        for name in named {
            assert!(sheet.contains(name.as_str()), "the sheet does not say {name}");
        }
    }
    for step in course.steps.iter().filter(|step| step.task.is_some()) {
        assert!(course.task(step).is_some(), "{}: no task {:?}", step.name, step.task);
    }
}

#[test]
fn no_two_steps_of_a_lab_have_the_same_name_or_title() {
    for (lab, course, _) in courses() {
        let names: HashSet<_> = course.steps.iter().map(|step| &step.name).collect();
        let titles: HashSet<_> = course.steps.iter().map(|step| &step.title).collect();
        assert_eq!((names.len(), titles.len()), (course.steps.len(), course.steps.len()), "{lab}");
    }
}

#[test]
fn each_mistake_names_a_step_that_there_is() {
    let faults = fs::read_to_string(root().join("scripts/grade/servers/faults.toml")).unwrap();
    let faults: toml::Table = toml::from_str(&faults).unwrap();
    let faults = faults["fault"].as_array().unwrap();
    for (lab, course, _) in courses() {
        for fault in faults.iter().filter(|fault| fault["lab"].as_str() == Some(lab)) {
            let step = fault.get("step").and_then(toml::Value::as_str);
            let is_there = course.steps.iter().any(|it| Some(it.name.as_str()) == step);
            assert!(is_there, "{lab} {:?}: no step {step:?}", fault["name"]);
        }
    }
}

/// strace refuses a name that it does not know, unless a question mark stands before that name.
#[test]
fn a_call_that_arm64_lacks_is_injected_only_where_there_is_such_a_call() {
    for (lab, course, _) in courses() {
        for (step, inject) in course.steps.iter().filter_map(|it| Some((it, it.inject.as_ref()?))) {
            let names = inject.split(':').next().unwrap().split(',');
            let missing = ["epoll_wait", "poll", "select", "epoll_create", "dup2", "pause"];
            for name in names {
                assert!(!missing.contains(&name), "{lab} {}: write ?{name}", step.name);
            }
        }
    }
}
