//! A conversation with a server: read a line, ask, show the reply, and again.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use colored::Colorize;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};

use crate::client::{self, Connection, Style};
use crate::command::{COMMANDS, Command};
use crate::wire::Codec;
use crate::words;

mod helper;
use helper::Helper;

/// Where the lines that were typed are kept, below the home folder.
const HISTORY: &str = ".redis_from_scratch_history";

/// Talks until the user leaves, or the server.
///
/// # Errors
/// A sentence about why the conversation ended, if the user did not end it.
pub fn run<C: Codec>(mut connection: Connection<C>, json: bool) -> Result<ExitCode, String> {
    greet(&connection, json).map_err(|error| error.to_string())?;
    let prompt = format!("{}> ", connection.addr());
    let history = std::env::home_dir().map(|home| home.join(HISTORY));
    let mut editor = editor(history.as_ref()).map_err(|error| error.to_string())?;
    loop {
        let line = match editor.readline(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(error.to_string()),
        };
        remember(&mut editor, &line, history.as_ref());
        match words::split(line.as_bytes()) {
            Err(error) => client::say(&format!("{error}: close each \" and ' that you open")),
            Ok(words) => match words.as_slice() {
                [] => {}
                [word, rest @ ..] if word.eq_ignore_ascii_case(b"help") => {
                    // If nobody reads this, the next reply will notice.
                    _ = writeln!(io::stdout(), "{}", help(rest));
                }
                [name, ..] => {
                    let has_left = ask(&mut connection, &words, json)?
                        && [&b"EXIT"[..], b"QUIT"].iter().any(|end| name.eq_ignore_ascii_case(end));
                    if has_left {
                        return Ok(ExitCode::SUCCESS);
                    }
                }
            },
        }
    }
}

/// Asks and shows the reply. Returns whether it was anything but an error.
fn ask<C: Codec>(
    connection: &mut Connection<C>,
    words: &[Vec<u8>],
    json: bool,
) -> Result<bool, String> {
    let asked = Instant::now();
    let reply = connection.ask(words).map_err(|error| error.to_string())?;
    let style = match Style::for_stdout(json) {
        // Lines for a person, even if it is a program that reads them.
        Style::Raw => Style::Human { in_colour: false },
        style => style,
    };
    style.show(words, &reply, asked.elapsed()).map_err(|error| error.to_string())?;
    Ok(!matches!(reply, crate::reply::Reply::Error(_)))
}

fn greet<C>(connection: &Connection<C>, json: bool) -> io::Result<()> {
    let mut stderr = io::stderr();
    let (plus, info) = if client::in_colour(&stderr) {
        ("[+]".green(), "[i]".blue())
    } else {
        ("[+]".normal(), "[i]".normal())
    };
    writeln!(stderr, "{plus} Connected to TCP server at {}", connection.addr())?;
    if json {
        writeln!(stderr, "{info} JSON Output: ON")?;
    }
    if io::stdin().is_terminal() {
        writeln!(stderr, "{info} Type help for the commands, EXIT or Ctrl-D to leave")?;
    }
    Ok(())
}

fn editor(history: Option<&PathBuf>) -> rustyline::Result<Editor<Helper, FileHistory>> {
    let config =
        Config::builder().completion_type(CompletionType::List).history_ignore_space(true).build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Helper::new(client::in_colour(&io::stdout()))));
    if let Some(history) = history {
        // There is none at the first run.
        _ = editor.load_history(history);
    }
    Ok(editor)
}

/// Keeps the line for the arrow keys, now and at the next run. To fail at that is no reason to stop.
fn remember(editor: &mut Editor<Helper, FileHistory>, line: &str, history: Option<&PathBuf>) {
    if io::stdin().is_terminal()
        && let (Ok(true), Some(history)) = (editor.add_history_entry(line), history)
    {
        _ = editor.append_history(history);
    }
}

/// The table of commands, or the entries that are asked for.
fn help(names: &[Vec<u8>]) -> String {
    let is_wanted =
        |name: &str| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name.as_bytes()));
    if names.is_empty() {
        let line = |command: &Command| {
            format!("{} {}\n", format!("{:<10}", command.name).bold(), command.summary)
        };
        let lines: String = COMMANDS.iter().map(line).collect();
        return lines + "\nhelp NAME shows the arguments of a command; Tab completes its name.";
    }
    let found = COMMANDS.iter().filter(|command| is_wanted(command.name));
    let entry = |command: &Command| {
        format!("{} {}\n  {}", command.name.bold(), command.arguments, command.summary)
    };
    let entries: Vec<String> = found.map(entry).collect();
    if entries.is_empty() {
        return "There is no such command: help lists them all.".to_owned();
    }
    entries.join("\n")
}
