//! `--help` of each script: it has all sections, fits a terminal, names exactly the options that there are, and has
//! examples that the script takes. And each script stands in scripts/README.md.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SECTIONS: [&str; 8] = [
    "SYNOPSIS",
    "OPTIONS",
    "FIELDS",
    "REQUIREMENTS",
    "OVERHEAD",
    "EXIT CODE",
    "EXAMPLES",
    "SEE ALSO",
];

/// Options that a script knows from the scripts like it, and refuses with a sentence of its own.
const REFUSED: [(&str, &[&str]); 4] = [
    ("ltrace.sh", &["--attach", "--recorded"]),
    ("sockets.sh", &["--recorded", "--out"]),
    ("panes.sh", &["--attach", "--recorded", "--scenario"]),
    ("profile.sh", &["--raw", "--recorded", "--scenario"]),
];

/// These pass their words on to a program.
const PASS_ON: [&str; 2] = ["lens.sh", "check.sh"];

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").canonicalize().unwrap()
}

/// The names of all scripts that a user runs.
fn names() -> Vec<String> {
    let files = fs::read_dir(scripts()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| is_script(name) && !name.starts_with("lib")).collect()
}

fn is_script(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it == "sh")
}

/// Runs a script with a cargo that fails, so that nothing is built or started.
fn script(name: &str, args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/false", folder.path().join("cargo")).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(scripts().join(name));
    // Examples are typed in the top folder.
    command
        .args(args)
        .current_dir(testkit::root())
        .env("PATH", path)
        .env_remove("KIT_LENS")
        .env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::null()).output().unwrap()
}

fn help(name: &str) -> String {
    let output = script(name, &["--help"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{name}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The lines of a section.
fn section(help: &str, name: &str) -> String {
    let lines = help.lines().skip_while(|line| *line != name).skip(1);
    let lines = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The options that start a line of the help, and whether a value follows them.
fn options_of_help(help: &str) -> Vec<(String, bool)> {
    let options = section(help, "OPTIONS");
    let lines = options.lines().filter_map(|line| line.strip_prefix("  "));
    let lines = lines.filter(|line| line.starts_with('-'));
    lines
        .map(|line| {
            let words = line.split_once("  ").map_or(line, |(words, _)| words);
            let (option, value) = words.split_once(' ').unwrap_or((words, ""));
            let option = option.split("[=").next().unwrap();
            (option.to_owned(), !value.is_empty() && !value.starts_with('['))
        })
        .collect()
}

/// The options for which the code of a script has a branch, without those that have got another name.
fn options_of_code(name: &str) -> BTreeSet<String> {
    let mut code = fs::read_to_string(scripts().join(name)).unwrap();
    if code.contains("read_options \"") {
        let shared = fs::read_to_string(scripts().join("lib-observe.sh")).unwrap();
        let from = shared.find("\nread_options() {").unwrap();
        code += shared[from..].split("\n}\n").next().unwrap();
    }
    let branches = code.lines().map(str::trim).filter(|line| line.starts_with('-'));
    let branches = branches.filter(|line| !line.contains("renamed "));
    let patterns = branches.filter_map(|line| Some(line.split_once(')')?.0));
    let words = patterns.flat_map(|pattern| pattern.split('|'));
    let options = words.map(|word| word.trim().split(['=', '*']).next().unwrap());
    let is_option = |word: &&str| {
        let letters = word.strip_prefix("--").unwrap_or_default();
        !letters.is_empty() && letters.bytes().all(|it| it.is_ascii_lowercase() || it == b'-')
    };
    options.filter(is_option).filter(|it| *it != "--help").map(str::to_owned).collect()
}

fn refused(name: &str) -> &'static [&'static str] {
    REFUSED.iter().find(|(script, _)| *script == name).map_or(&[], |(_, options)| options)
}

#[test]
fn the_help_has_all_sections_and_fits_a_terminal() {
    for name in names() {
        let help = help(&name);
        assert_eq!(help, String::from_utf8(script(&name, &["-h"]).stdout).unwrap());
        assert!(help.starts_with(&format!("{name}: ")), "{help}");
        let mut rest = help.as_str();
        for part in SECTIONS {
            let Some(at) = rest.find(&format!("\n\n{part}\n  ")) else {
                panic!("{name} has no {part}, or not in this order:\n{help}")
            };
            rest = &rest[at + 1..];
        }
        let wide = help.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{name}");
    }
}

#[test]
fn each_option_of_a_script_stands_in_its_help() {
    for name in names() {
        let told: BTreeSet<String> =
            options_of_help(&help(&name)).into_iter().map(|(option, _)| option).collect();
        let mut known = options_of_code(&name);
        for option in refused(&name) {
            assert!(known.remove(*option), "{name} does not know {option}");
            let output = script(&name, &["lab1", option, "many"][..]);
            let words = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{name} {option}: {words}");
            assert!(!words.contains("has no option"), "{name} {option}: {words}");
        }
        assert_eq!(told, known, "{name}: the options of its help, and those of its code");
    }
}

#[test]
fn each_option_in_the_help_of_a_script_is_accepted() {
    for name in names() {
        for (option, has_value) in options_of_help(&help(&name)) {
            // The script refuses the last word, and so does nothing.
            let args = [&option, "1", "--no-such-option"];
            let args = if has_value { &args[..] } else { &[args[0], args[2]] };
            let words = String::from_utf8(script(&name, args).stderr).unwrap();
            assert!(!words.is_empty(), "{name} {option}");
            for refusal in [format!("has no option '{option}'"), format!("{option} wants a")] {
                assert!(!words.contains(&refusal), "{name} {option}: {words}");
            }
        }
        let words = String::from_utf8(script(&name, &["--no-such-option"]).stderr).unwrap();
        let is_refused =
            words.contains(&format!("scripts/{name} has no option '--no-such-option'"));
        let passes_on = PASS_ON.contains(&name.as_str());
        assert!(is_refused || passes_on, "{name}: {words}");
    }
}

#[test]
fn each_example_in_the_help_of_a_script_is_accepted() {
    for name in names() {
        let examples = section(&help(&name), "EXAMPLES");
        assert!(examples.contains(&format!("scripts/{name}")), "{name}: {examples}");
        for line in examples.trim_end().lines() {
            let words = shlex::split(line).unwrap_or_else(|| panic!("{name}: {line}"));
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let args = words.strip_prefix(&["sudo"]).unwrap_or(&words);
            assert_eq!(args[0], format!("scripts/{name}"), "{line}");
            // The tests of the programs behind these scripts take their examples.
            if PASS_ON.contains(&name.as_str()) {
                continue;
            }
            // The script refuses this word, and only this one. What follows `--` is for the lab.
            let own = args[1..].split(|word| *word == "--").next().unwrap_or_default();
            let output = script(&name, &[own, &["--no-such-option"]].concat());
            let said = String::from_utf8(output.stderr).unwrap();
            // A script that runs another one passes the word on.
            let scripts = own.iter().copied().filter(|word| word.starts_with("scripts/"));
            let mut scripts = scripts.chain([args[0]]);
            let is_refused = scripts.any(|script| {
                said.contains(&format!("{script} has no option '--no-such-option'."))
            });
            // An own lab may not be here.
            let is_missing = line.contains("work/lab") && said.contains("there is no work/lab");
            assert!(is_refused || is_missing, "{line}: {said}");
        }
    }
}

#[test]
fn each_script_that_a_help_names_is_there() {
    for name in names() {
        let help = help(&name);
        let named: Vec<&str> = help
            .split(|letter: char| letter.is_whitespace() || ",;:()".contains(letter))
            .filter(|word| word.starts_with("scripts/") && is_script(word))
            .collect();
        let all = section(&help, "SEE ALSO");
        assert!(all.contains("scripts/"), "{name}: {all}");
        for script in named {
            assert!(scripts().join("..").join(script).exists(), "{name} names {script}");
        }
    }
}

#[test]
fn each_script_stands_in_the_map_of_the_tools() {
    let map = fs::read_to_string(scripts().join("README.md")).unwrap();
    for name in names() {
        assert!(map.contains(&format!("`scripts/{name}")), "scripts/README.md lacks {name}");
    }
}
