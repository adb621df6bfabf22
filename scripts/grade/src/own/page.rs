//! The page of an own lab: what to do, and what to type.

use std::fmt::Write as _;

use harness::labs::Lab;

use super::Exercise;
use super::exercise::{Function, Given};

/// The text of its `README.md`.
pub fn page(exercise: &Exercise, lab: Lab, up: &str) -> String {
    let lab = lab.of_the_kit();
    let (short, number) = (lab.short, lab.short.trim_start_matches("lab"));
    let sheet = format!("{up}/{}/README.md", lab.folder());
    let files = exercise.files();
    let files: Vec<String> = files.iter().map(|file| link(&file.display().to_string())).collect();
    let mut functions = String::new();
    for (index, Function { name, file, must, anchor, .. }) in exercise.functions.iter().enumerate()
    {
        let (number, file) = (index + 1, link(&file.display().to_string()));
        _ = writeln!(functions, "{number}. `{name}` in {file}. {must} ([more]({sheet}{anchor}))");
    }
    let helpers = match exercise.remove.as_slice() {
        [] => "",
        _ => "\nWrite helper functions as you like. The lab has some, and they are not here.\n",
    };
    format!(
        "\
# My lab {number}: {title}

{goal}

## What is yours

You edit {files}. All other files here belong to the kit. Every check restores them, and keeps a copy of what you changed in them.

## What to write, in this order

{functions}{helpers}
Each of these functions has a comment `Your turn` inside. When your server calls one that is not written yet, its terminal says so. The sheet of the lab is [here]({sheet}).

## What the kit gives you

{given}
{what_to_type}",
        title = exercise.title,
        goal = exercise.goal,
        files = files.join(", "),
        given = given(&exercise.given, up),
        what_to_type = what_to_type(short),
    )
}

/// The types and functions of the kit, a line each.
fn given(all: &[Given], up: &str) -> String {
    let mut lines = String::new();
    for Given { name, file, does } in all {
        let names: Vec<String> = name.split(", ").map(|name| format!("`{name}`")).collect();
        let file = file.display().to_string();
        let place =
            if file.starts_with("src/") { link(&file) } else { format!("[{file}]({up}/{file})") };
        _ = writeln!(lines, "- {} in {place}: {does}", names.join(", "));
    }
    lines
}

fn what_to_type(short: &str) -> String {
    format!(
        "\
## What to type

In this folder:

- `cargo run` starts your server. Stop it with Ctrl-C.
- `cargo run -- client`, in a second terminal, talks to it.
- `cargo test` runs small tests of what you write: [tests/exercise.rs](tests/exercise.rs). Each function makes another one pass.

In the top folder of the kit:

- `scripts/check.sh {short}` grades it, and says what fails first.
- `scripts/check.sh {short} --hint` gives a hint for that.
- `scripts/trace.sh work/{short}` and the other tools watch it, as they watch `{short}`.
- `scripts/check.sh reset {short}` begins again, and keeps a copy of yours.
- `scripts/check.sh solution {short}` compares yours with the lab of the kit.
"
    )
}

fn link(file: &str) -> String {
    format!("[{file}]({file})")
}
