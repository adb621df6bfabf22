//! One terminal: a pseudo-terminal with an interactive bash in it, and its screen.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::Child;
use std::{env, fs};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcgetpgrp, tcsetattr};

use super::screen::{COLUMNS, ROWS, SHELL_PROMPT, Screen};
use crate::Error;
use crate::namespace;

/// Settings of the line editor in bash: it shows only what is typed, and rings no bell.
const INPUTRC: &str = "set enable-bracketed-paste off\nset bell-style none\n";

/// The environment of a student with a plain terminal.
const ENVIRONMENT: [(&str, &str); 9] = [
    ("TERM", "xterm"),
    ("LANG", "C.UTF-8"),
    ("PS1", SHELL_PROMPT),
    ("PS2", "> "),
    ("NO_COLOR", "1"),
    ("PAGER", "cat"),
    ("GIT_PAGER", "cat"),
    ("CARGO_TERM_COLOR", "never"),
    ("CARGO_TERM_PROGRESS_WHEN", "never"),
];

/// With these variables, a shell or a program could do something else than the document says.
const UNSET: [&str; 13] = [
    namespace::INSIDE,
    "BASH_ENV",
    "COLUMNS",
    "DISPLAY",
    "HISTFILE",
    "INSIDE_EMACS",
    "LC_ALL",
    "LINES",
    "PROMPT_COMMAND",
    "REDISCLI_AUTH",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "WAYLAND_DISPLAY",
];

/// The tools that are installed here are found although the home directory is new.
const TOOLS: [(&str, &str); 2] = [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")];

/// A terminal.
pub struct Terminal {
    /// What a person would see.
    pub screen: Screen,
    /// The last line or key that was typed.
    pub typed: String,
    /// A cargo command was typed, and no other output than the lines of cargo has come since.
    pub building: bool,
    /// The prompt of the program that was typed into.
    pub program: Option<String>,
    /// Lines may come that the document leaves out (`...`).
    pub gap: bool,
    /// The last input, if it was a key: some programs answer a key with empty lines.
    pub pressed: Option<String>,
    /// Bash has ended.
    pub closed: bool,
    pty: Pty,
    shell: Child,
}

impl Terminal {
    /// Opens a terminal in the directory `root`, with this home directory.
    pub fn open(root: &Path, home: &Path) -> Result<Self, Error> {
        let (pty, pts) = open().map_err(|error| format!("cannot open a terminal: {error}"))?;
        pty.resize(Size::new(ROWS.get(), COLUMNS.get()))?;
        // In a document `^C` is a line of its own. The terminal would write it before the next text.
        let mut modes = tcgetattr(&pty)?;
        modes.local_modes.remove(LocalModes::ECHOCTL);
        tcsetattr(&pty, OptionalActions::Now, &modes)?;
        let inputrc = home.join(".inputrc");
        fs::write(&inputrc, INPUTRC)?;
        let mut bash = if cfg!(target_os = "linux") {
            // A program that was started in the background ignores Ctrl-C, and so would all that it starts.
            Command::new("env").args(["--default-signal=INT,QUIT", "bash"])
        } else {
            Command::new("bash")
        };
        bash = bash.args(["--noprofile", "--norc", "-i"]).current_dir(root);
        bash = bash.envs(ENVIRONMENT).env("HOME", home).env("INPUTRC", inputrc);
        // A document starts a lab and answers predictions in a folder of its own, not in the student's.
        bash = bash.env("KIT_WORK", home.join("work"));
        for name in UNSET {
            bash = bash.env_remove(name);
        }
        for (name, folder) in TOOLS {
            if let (None, Some(home)) = (env::var_os(name), env::var_os("HOME")) {
                bash = bash.env(name, Path::new(&home).join(folder));
            }
        }
        if namespace::is_private() {
            // Cargo would wait for a network that is not there.
            bash = bash.env("CARGO_NET_OFFLINE", "true");
        }
        let shell = bash.spawn(pts).map_err(|error| format!("cannot start bash: {error}"))?;
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
            // The error of Linux when the last process has closed its end.
            Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => {
                self.closed = true;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether a program reads from the terminal, and not bash.
    ///
    /// While bash edits a line, canonical mode is off.
    pub fn runs_a_program(&self) -> bool {
        let canonical =
            tcgetattr(&self.pty).is_ok_and(|modes| modes.local_modes.contains(LocalModes::ICANON));
        self.foreground().is_some() || canonical
    }

    /// Whether a program has the terminal that is no copy of bash any more: bash forks, and then runs the program.
    pub fn has_started_a_program(&self) -> bool {
        let command_line = |pid: u32| fs::read(format!("/proc/{pid}/cmdline")).ok();
        let shell = command_line(self.shell.id());
        self.foreground().is_some_and(|program| shell.is_none() || command_line(program) != shell)
    }

    /// The process group that has the terminal, if it is not that of bash.
    fn foreground(&self) -> Option<u32> {
        let group = tcgetpgrp(&self.pty).ok()?.as_raw_nonzero().get();
        u32::try_from(group).ok().filter(|group| *group != self.shell.id())
    }
}

impl std::os::fd::AsFd for Terminal {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.pty.as_fd()
    }
}
