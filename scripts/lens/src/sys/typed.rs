//! A command as one would type it.

use std::path::Path;

/// A program and its arguments, with quotes where the shell needs them.
pub(crate) fn typed<S: AsRef<str>>(program: &str, args: impl IntoIterator<Item = S>) -> String {
    let args = args.into_iter().map(|arg| quoted(arg.as_ref()));
    std::iter::once(program.to_owned()).chain(args).collect::<Vec<_>>().join(" ")
}

/// The name of a program, without its folder.
pub(crate) fn name(program: &Path) -> String {
    program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The path of a program from the current folder; its name if it stands elsewhere.
pub(crate) fn from_here(program: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| program.strip_prefix(here).ok().map(Path::to_owned));
    below.map_or_else(|| name(program), |below| below.display().to_string())
}

fn quoted(arg: &str) -> String {
    let is_plain = !arg.is_empty() && !arg.contains([' ', '\'', '"', '*', '?', '$']);
    if is_plain { arg.to_owned() } else { format!("'{arg}'") }
}
