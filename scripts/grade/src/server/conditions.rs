//! What a server gets beside its port.

use std::path::Path;

use crate::sandbox::User;

/// What stands for the second port in the options of a step.
pub(super) const SECOND_PORT: &str = "{port2}";
/// The words with which programs say that they do not know an option.
const REFUSES: [&str; 5] = ["unexpected", "unrecogni", "unknown", "not defined", "invalid option"];

/// What else the server gets.
#[derive(Debug, Clone, Copy, Default)]
pub struct Conditions<'a> {
    /// strace writes its system calls into this file.
    pub trace: Option<&'a Path>,
    /// What strace makes calls return meanwhile.
    pub inject: Option<&'a str>,
    /// It may open so many files.
    pub open_files: Option<u64>,
    /// It listens on this port, in place of a free one.
    pub port: Option<u16>,
    /// As whom it runs.
    pub user: User,
    /// What it is started with besides; `{port2}` stands for its second port.
    pub options: &'a [String],
}

impl Conditions<'_> {
    /// Whether it listens on a second port.
    pub(super) fn has_second_port(&self) -> bool {
        self.options.iter().any(|option| option.contains(SECOND_PORT))
    }

    /// The first of its options that a server says it does not know.
    pub(super) fn refused(&self, said: &[String]) -> Option<String> {
        let mut names = self.options.iter().filter(|option| option.starts_with("--"));
        // Some programs show an option with one dash.
        let is_about = |line: &str, name: &str| line.contains(name.trim_start_matches('-'));
        let refuses = |line: &str| REFUSES.iter().any(|word| line.to_lowercase().contains(word));
        let is_refused =
            |name: &&String| said.iter().any(|line| is_about(line, name) && refuses(line));
        names.find(is_refused).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_say_in_many_ways_that_they_do_not_know_an_option() {
        let options = ["--max-memory", "100kb", "--evict"].map(str::to_owned);
        let conditions = Conditions { options: &options, ..Conditions::default() };
        let refused = |line: &str| conditions.refused(&["Usage: x".to_owned(), line.to_owned()]);
        for line in [
            "error: unexpected argument '--evict' found",
            "server.py: error: unrecognized arguments: --evict",
            "flag provided but not defined: -evict",
            "x: Unknown option --evict",
        ] {
            assert_eq!(refused(line).as_deref(), Some("--evict"), "{line}");
        }
        assert_eq!(refused("thread 'main' panicked: --evict is not written yet"), None);
        assert_eq!(refused("error: unexpected argument '--also-port' found"), None);
    }
}
