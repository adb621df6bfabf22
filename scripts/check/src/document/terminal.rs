//! One terminal: a pseudo-terminal with an interactive bash in it, and its screen.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::{env, fs};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcgetpgrp, tcsetattr};

use super::screen::{COLUMNS, ROWS, SHELL_PROMPT, Screen};
use crate::Error;
use crate::namespace;

/// Settings of the line editor in bash: only what we type, and no bell.
const INPUTRC: &str = "set enable-bracketed-paste off\nset bell-style none\n";

/// Variables that would make a student's shell, or a program in it, behave in another way than the document says.
const UNSET: [&str; 11] = [
    namespace::INSIDE,
    "BASH_ENV",
    "COLUMNS",
    "HISTFILE",
    "INSIDE_EMACS",
    "LC_ALL",
    "LINES",
    "PROMPT_COMMAND",
    "REDISCLI_AUTH",
    "RUST_BACKTRACE",
    "RUST_LOG",
];

/// A terminal.
pub struct Terminal {
    /// What it shows.
    pub screen: Screen,
    /// What was last typed into it.
    pub typed: String,
    /// Cargo was asked for something, and nothing but its own words has come since.
    pub building: bool,
    /// The prompt at which that was done, if it was the prompt of a program.
    pub program: Option<String>,
    /// Lines may come that the document leaves out (`...`).
    pub gap: bool,
    /// The key, if that was one: programs answer it with empty lines as they like.
    pub pressed: Option<String>,
    /// Bash has ended.
    pub closed: bool,
    pty: Pty,
    shell: Child,
}

impl Terminal {
    /// Opens a terminal in the directory `root`; what programs keep for their user is kept in `home`.
    ///
    /// # Errors
    /// [`Error::Terminal`] when the system has no pseudo-terminal or no bash.
    pub fn open(root: &Path, home: &Path) -> Result<Self, Error> {
        let (pty, pts) = open()?;
        pty.resize(Size::new(ROWS.get(), COLUMNS.get()))?;
        // In a document `^C` is a line; the terminal would write it before whatever comes next.
        let mut modes = tcgetattr(&pty).map_err(io::Error::from)?;
        modes.local_modes.remove(LocalModes::ECHOCTL);
        tcsetattr(&pty, OptionalActions::Now, &modes).map_err(io::Error::from)?;
        fs::write(home.join(".inputrc"), INPUTRC)?;
        let mut bash = Command::new("bash").args(["--noprofile", "--norc", "-i"]).current_dir(root);
        for name in UNSET {
            bash = bash.env_remove(name);
        }
        let shell = bash.envs(environment(home)).spawn(pts)?;
        Ok(Self {
            screen: Screen::default(),
            typed: String::new(),
            building: false,
            program: None,
            gap: false,
            pressed: None,
            closed: false,
            pty,
            shell,
        })
    }

    /// Types a line and Enter.
    pub fn type_line(&mut self, text: &str) -> io::Result<()> {
        (self.typed, self.pressed) = (text.to_owned(), None);
        self.type_bytes(format!("{text}\r").as_bytes())
    }

    /// Types, as a keyboard would.
    pub fn type_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pty.write_all(bytes)
    }

    /// Draws the output of programs on the screen. Call it when there is some.
    pub fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; 16 * 1024];
        match self.pty.read(&mut bytes) {
            Ok(0) => self.closed = true,
            Ok(length) => self.screen.draw(&bytes[..length]),
            // Linux says so when the last process has closed its end.
            Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => {
                self.closed = true;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Has bash handed the terminal to a program?
    ///
    /// While it edits a line it has canonical mode off; what is typed then goes to bash.
    #[must_use]
    pub fn runs_a_program(&self) -> bool {
        let shell = i32::try_from(self.shell.id()).ok();
        let foreground = tcgetpgrp(&self.pty).ok().map(|pid| pid.as_raw_nonzero().get());
        let canonical =
            tcgetattr(&self.pty).is_ok_and(|modes| modes.local_modes.contains(LocalModes::ICANON));
        foreground != shell || canonical
    }
}

impl std::os::fd::AsFd for Terminal {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.pty.as_fd()
    }
}

/// The environment of a student with a plain terminal, a new home, and the tools that are installed here.
fn environment(home: &Path) -> Vec<(&'static str, OsString)> {
    let mut variables: Vec<(&'static str, OsString)> = [
        ("TERM", "xterm"),
        ("LANG", "C.UTF-8"),
        ("PS1", SHELL_PROMPT),
        ("PS2", "> "),
        ("NO_COLOR", "1"),
        ("PAGER", "cat"),
        ("GIT_PAGER", "cat"),
        ("CARGO_TERM_COLOR", "never"),
        ("CARGO_TERM_PROGRESS_WHEN", "never"),
    ]
    .map(|(name, value)| (name, value.into()))
    .into();
    variables.push(("HOME", home.into()));
    variables.push(("INPUTRC", home.join(".inputrc").into()));
    let installed = |name, folder: &str| {
        let default = || Some(PathBuf::from(env::var_os("HOME")?).join(folder).into());
        Some((name, env::var_os(name).or_else(default)?))
    };
    variables.extend(installed("CARGO_HOME", ".cargo"));
    variables.extend(installed("RUSTUP_HOME", ".rustup"));
    if namespace::is_private() {
        // Cargo would wait for a network that is not there.
        variables.push(("CARGO_NET_OFFLINE", "true".into()));
    }
    variables
}
