//! The prompt of the client: reads a line, sends it, shows the reply, and starts again.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use codec::{Codec, Reply};
use colored::Colorize;
use shared::command::Command;
use shared::inline;
use shared::table::COMMANDS;

use crate::cli;
use crate::client::{self, ClientError, Connection, Style, wait};

mod helper;
mod input;
mod terminal;
use input::Input;

/// Reads and sends lines until the user exits, or the server closes the connection. With `--wait`, the
/// client then connects again.
///
/// # Errors
/// [`ClientError`], if the user did not end it.
pub fn run<C: Codec>(
    mut connection: Connection<C>,
    options: &cli::Client,
) -> Result<ExitCode, ClientError> {
    let server = wait::name(&options.server);
    print_welcome(&server, options.json);
    let prompt = format!("{server}> ");
    let mut input = Input::open()?;
    while let Some(line) = input.next_line(&prompt)? {
        let request = match inline::split(&line) {
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
                writeln!(io::stdout(), "{}", help(names))?;
            }
            _ => {
                if ask(&mut connection, &args, options)? {
                    break;
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends a request and shows the reply. Returns whether the user has left: EXIT or QUIT was the command.
/// With `--wait`, a lost connection is no error: there is a new one.
fn ask<C: Codec>(
    connection: &mut Connection<C>,
    args: &[Vec<u8>],
    options: &cli::Client,
) -> Result<bool, ClientError> {
    let is_exit = args
        .first()
        .is_some_and(|name| [&b"EXIT"[..], b"QUIT"].iter().any(|it| name.eq_ignore_ascii_case(it)));
    match exchange(connection, args, options.json) {
        Ok(is_good) => Ok(is_good && is_exit),
        Err(error) if options.wait > 0 && wait::is_lost(&error) => {
            client::notice(&error.to_string());
            if is_exit {
                return Ok(true);
            }
            *connection = wait::open(options)?;
            print_welcome(&wait::name(&options.server), options.json);
            client::notice("your last command has no reply: type it again");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Sends a request and shows the reply. Returns whether the reply is not an error.
fn exchange<C: Codec>(
    connection: &mut Connection<C>,
    args: &[Vec<u8>],
    json: bool,
) -> Result<bool, ClientError> {
    let sent_at = Instant::now();
    let reply = connection.ask(args)?;
    let style = match Style::for_stdout(json) {
        // The prompt shows replies for people, even when a program reads them.
        Style::Raw => Style::Human { in_colour: false },
        style => style,
    };
    if !connection.is_raw() {
        style.show(args, &reply, sent_at.elapsed())?;
    }
    Ok(!matches!(reply, Reply::Error(_)))
}

/// Says where the user is. If stderr is closed, nobody wants to know.
fn print_welcome(server: &str, json: bool) {
    let mut stderr = io::stderr();
    let (plus, info) = if client::in_colour(&stderr) {
        ("[+]".green(), "[i]".blue())
    } else {
        ("[+]".normal(), "[i]".normal())
    };
    _ = writeln!(stderr, "{plus} Connected to TCP server at {server}");
    if json {
        _ = writeln!(stderr, "{info} JSON Output: ON");
    }
    if io::stdin().is_terminal() {
        _ = writeln!(stderr, "{info} Type help for the commands, EXIT or Ctrl-D to leave");
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
