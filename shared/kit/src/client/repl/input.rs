//! Where the lines of the prompt come from: a terminal with a line editor, or a pipe.

use std::io::{self, BufRead, IsTerminal, StdinLock};
use std::path::PathBuf;

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};

use super::helper::Helper;
use super::terminal;
use crate::client;

/// The file in the home folder that keeps the typed lines.
const HISTORY: &str = ".redis_from_scratch_history";

/// The source of lines.
pub(super) enum Input {
    /// A person types.
    Terminal { editor: Box<Editor<Helper, FileHistory>>, history: Option<PathBuf> },
    /// A file or a program. Its lines may hold any bytes.
    Pipe(StdinLock<'static>),
}

impl Input {
    /// Stdin.
    pub(super) fn open() -> io::Result<Self> {
        if !io::stdin().is_terminal() {
            return Ok(Self::Pipe(io::stdin().lock()));
        }
        terminal::restore_at_signals()?;
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .history_ignore_space(true)
            // With marks around pasted text, its lines would become one line, and so one command.
            .bracketed_paste(false)
            .build();
        let mut editor = Editor::with_config(config).map_err(io::Error::other)?;
        editor.set_helper(Some(Helper::new(client::in_colour(&io::stdout()))));
        let history = std::env::home_dir().map(|home| home.join(HISTORY));
        if let Some(history) = &history {
            // At the first run, this file does not exist.
            _ = editor.load_history(history);
        }
        Ok(Self::Terminal { editor: Box::new(editor), history })
    }

    /// The next line without its end; `None` if the user has left.
    pub(super) fn next_line(&mut self, prompt: &str) -> io::Result<Option<Vec<u8>>> {
        let (editor, history) = match self {
            Self::Pipe(stdin) => {
                let mut line = Vec::new();
                let size = stdin.read_until(b'\n', &mut line)?;
                return Ok((size > 0).then_some(line));
            }
            Self::Terminal { editor, history } => (editor, history),
        };
        loop {
            match editor.readline(prompt) {
                Ok(line) => {
                    add_to_history(editor, &line, history.as_ref());
                    return Ok(Some(line.into_bytes()));
                }
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(None),
                Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                    client::notice("this is not UTF-8: write other bytes as \"\\xff\"");
                }
                Err(ReadlineError::Io(error)) => return Err(error),
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}

/// Saves the line for the arrow keys, now and in the next run. An error here is no reason to stop.
fn add_to_history(editor: &mut Editor<Helper, FileHistory>, line: &str, history: Option<&PathBuf>) {
    if let (Ok(true), Some(history)) = (editor.add_history_entry(line), history) {
        _ = editor.append_history(history);
    }
}
