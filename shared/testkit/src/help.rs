//! `--help` of a program: it fits a terminal, it has examples and exit codes, and the program takes each example.

use std::fs;

use clap::Command;
use clap::error::ErrorKind;

use crate::root;

/// A terminal has so many columns.
const COLUMNS: usize = 80;

/// Fails unless this holds for the help of a program and of each of its subcommands that is not hidden: no line is longer
/// than 80 columns, and there are the sections `Examples:` and `Exit code:`. At least one example is of this very
/// subcommand, and [`check_examples`] holds for all.
///
/// `typed` is what a user types to run the program, such as `scripts/lens.sh` or `cargo run -p lab2-resp`.
pub fn check_help(program: &Command, typed: &str) {
    check_task(program, program, typed, &[]);
}

/// The same for `task`, a subcommand of the program, and for the subcommands below it. `path` has the names of those
/// above and its own.
fn check_task(program: &Command, task: &Command, typed: &str, path: &[&str]) {
    for option in ["-h", "--help"] {
        let words = [&[typed], path, &[option]].concat();
        let shown = program.clone().try_get_matches_from(&words).expect_err("this asks for help");
        let (name, help) = (words.join(" "), shown.to_string());
        assert_eq!(shown.kind(), ErrorKind::DisplayHelp, "{name}: {help}");
        let wide = help.lines().find(|line| line.chars().count() > COLUMNS);
        assert_eq!(wide, None, "{name}: this line is too long");
        for section in ["Examples", "Exit code"] {
            let begin = format!("\n\n{section}:\n  ");
            assert!(help.contains(&begin), "{name} has no section {section}: {help}");
        }
    }
    // As it was written: on a narrow terminal, the help that is shown has other lines.
    let text = task.get_after_help().map(ToString::to_string).unwrap_or_default();
    let examples = text.split("\n\n").find(|part| part.starts_with("Examples:\n"));
    let wide = text.lines().find(|line| line.chars().count() > COLUMNS);
    assert_eq!(wide, None, "{typed} {}: this line would be cut", path.join(" "));
    let examples = check_examples(program, typed, examples.unwrap_or_default());
    let own: Vec<String> = path.iter().map(ToString::to_string).collect();
    let has_own = examples.iter().any(|words| words.starts_with(&own));
    assert!(has_own, "no example of {typed} {}: {text}", path.join(" "));
    for subcommand in task.get_subcommands().filter(|it| !it.is_hide_set()) {
        let path = [path, &[subcommand.get_name()]].concat();
        check_task(program, subcommand, typed, &path);
    }
}

/// Fails unless the program takes each example in a text, and unless each other script in an example has the options
/// that stand there. An example is a line with two spaces before it. What a pipe follows is another example.
///
/// Returns what is typed behind the name of the program, an item for each example.
#[must_use]
pub fn check_examples(program: &Command, typed: &str, text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
    let lines = lines.filter(|line| !line.starts_with(' ')).flat_map(|line| line.split(" | "));
    let mut taken = Vec::new();
    for line in lines {
        let words = shlex::split(line).unwrap_or_else(|| panic!("no shell takes this: {line}"));
        if let Some(words) = arguments(&words, typed) {
            let all = [typed.to_owned()].into_iter().chain(words.iter().cloned());
            if let Err(error) = program.clone().try_get_matches_from(all) {
                panic!("'{line}' is no right example: {error}");
            }
            taken.push(words);
        } else if let Some((script, options)) = words.split_first()
            && script.starts_with("scripts/")
        {
            let code = fs::read_to_string(root().join(script)).expect("the script is there");
            for option in options.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    code.contains(&format!("\n#   {option}")),
                    "'{line}': there is no {option}"
                );
            }
        }
    }
    taken
}

/// The section EXAMPLES in the head of a script, such as `scripts/lens.sh`.
#[must_use]
pub fn script_examples(script: &str) -> String {
    let code = fs::read_to_string(root().join(script)).expect("the script is there");
    let lines = code.lines().skip_while(|line| *line != "# EXAMPLES").skip(1);
    let lines = lines.map_while(|line| line.strip_prefix("# "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The words behind the name of the program, without the `--` of cargo. None if it is another program.
fn arguments(words: &[String], typed: &str) -> Option<Vec<String>> {
    let name: Vec<&str> = typed.split(' ').collect();
    let (begin, rest) = words.split_at_checked(name.len())?;
    let rest = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);
    let arguments = rest.iter().take_while(|word| *word != ">").cloned();
    (begin == name).then(|| arguments.collect())
}
