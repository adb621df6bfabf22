//! The prompt of the client: reads a line, sends it, shows the reply, and starts again.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use codec::Codec;
use colored::Colorize;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use shared::command::Command;
use shared::inline;
use shared::reply::Reply;
use shared::table::COMMANDS;

use crate::client::{self, Connection, Style};

mod helper;
use helper::Helper;

/// The file in the home folder that keeps the typed lines.
const HISTORY: &str = ".redis_from_scratch_history";

/// Reads and sends lines until the user exits, or the server closes the connection.
///
/// # Errors
/// A sentence that says why the prompt ended, if the user did not end it.
pub fn run<C: Codec>(mut connection: Connection<C>, json: bool) -> Result<ExitCode, String> {
    print_welcome(&connection, json).map_err(|error| error.to_string())?;
    let prompt = format!("{}> ", connection.addr());
    let history = std::env::home_dir().map(|home| home.join(HISTORY));
    let mut editor = editor(history.as_ref()).map_err(|error| error.to_string())?;
    loop {
        let line = match editor.readline(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(error.to_string()),
        };
        add_to_history(&mut editor, &line, history.as_ref());
        let request = match inline::split(line.as_bytes()) {
            Err(error) => {
                client::notice(&format!("{error}: close each \" and ' that you open"));
                continue;
            }
            Ok(request) => request,
        };
        let args: Vec<Vec<u8>> = request.args().map(<[u8]>::to_vec).collect();
        match args.as_slice() {
            [] => {}
            [name, names @ ..] if name.eq_ignore_ascii_case(b"help") => {
                // If stdout is closed, the next reply reports it.
                _ = writeln!(io::stdout(), "{}", help(names));
            }
            [name, ..] => {
                let is_closed = ask(&mut connection, &args, json)?
                    && [&b"EXIT"[..], b"QUIT"].iter().any(|end| name.eq_ignore_ascii_case(end));
                if is_closed {
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
    }
}

/// Sends a request and shows the reply. Returns whether the reply is not an error.
fn ask<C: Codec>(
    connection: &mut Connection<C>,
    args: &[Vec<u8>],
    json: bool,
) -> Result<bool, String> {
    let sent_at = Instant::now();
    let reply = connection.ask(args).map_err(|error| error.to_string())?;
    let style = match Style::for_stdout(json) {
        // The prompt shows replies for people, even when a program reads them.
        Style::Raw => Style::Human { in_colour: false },
        style => style,
    };
    style.show(args, &reply, sent_at.elapsed()).map_err(|error| error.to_string())?;
    Ok(!matches!(reply, Reply::Error(_)))
}

fn print_welcome<C>(connection: &Connection<C>, json: bool) -> io::Result<()> {
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
        // At the first run, this file does not exist.
        _ = editor.load_history(history);
    }
    Ok(editor)
}

/// Saves the line for the arrow keys, now and in the next run. An error here is no reason to stop.
fn add_to_history(editor: &mut Editor<Helper, FileHistory>, line: &str, history: Option<&PathBuf>) {
    if io::stdin().is_terminal()
        && let (Ok(true), Some(history)) = (editor.add_history_entry(line), history)
    {
        _ = editor.append_history(history);
    }
}

/// The table of commands, or the entries with these names.
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
        format!("{} {}\n  {}", command.name.bold(), command.usage, command.summary)
    };
    let entries: Vec<String> = found.map(entry).collect();
    if entries.is_empty() {
        return "There is no such command: help lists all commands.".to_owned();
    }
    entries.join("\n")
}
