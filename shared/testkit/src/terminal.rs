//! A terminal of its own, in which a program runs. tmux is the terminal.

use std::process::Command;

use tempfile::TempDir;

use crate::wait_until;

/// A terminal of 80 by 24. It is closed when this value is dropped.
#[derive(Debug)]
pub struct Terminal(TempDir);

#[expect(clippy::must_use_candidate, reason = "a test may wait, and need no more of the picture")]
impl Terminal {
    /// Opens a terminal in which the shell runs this script, and nothing after it.
    #[must_use]
    pub fn open(script: &str) -> Self {
        let terminal = Self(tempfile::tempdir().expect("no folder for tmux"));
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", script]);
        terminal
    }

    /// Opens a terminal in which a command of the shell runs. After its end, the terminal shows the exit code
    /// and whether it is as it was: it edits a line and shows what is typed ([`Terminal::expect_end`]).
    #[must_use]
    pub fn run(command: &str) -> Self {
        Self::open(&format!(
            "{command}; echo \"exit code $?, $(stty -a | grep -o -e '-*icanon' -e '-*echo ' | xargs)\"; exec cat"
        ))
    }

    /// Types a key, by its name in tmux: `q`, `Enter`, `C-c`.
    pub fn type_key(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    /// Pastes text as a terminal does: with marks around it, if the program has asked for them.
    pub fn paste(&self, text: &str) {
        self.tmux(&["set-buffer", text]);
        self.tmux(&["paste-buffer", "-p"]);
    }

    /// Waits until the terminal shows this text. Returns all that it shows.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        wait_until(&format!("{text:?} in {}", self.picture()), || self.picture().contains(text));
        self.picture()
    }

    /// What the terminal shows.
    pub fn picture(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the command of [`Terminal::run`] has ended with this exit code, and checks that the
    /// terminal is as it was. Returns all that it shows.
    #[track_caller]
    pub fn expect_end(&self, exit_code: i32) -> String {
        let picture = self.wait_for("exit code");
        assert!(picture.contains(&format!("exit code {exit_code}, icanon echo")), "{picture}");
        self.type_key("typed");
        self.wait_for("typed")
    }

    /// Runs tmux with these words. Returns what it says.
    pub fn tmux(&self, words: &[&str]) -> String {
        let output =
            Command::new("tmux").arg("-S").arg(self.0.path().join("tmux")).args(words).output();
        let output = output.unwrap_or_else(|error| panic!("tmux is not installed: {error}"));
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}
