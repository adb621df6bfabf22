//! Reads the words after the backticks of a block: ```` ```console client-1 typed ````.

use std::time::Duration;

/// The terminal of a block without a name.
pub const MAIN: &str = "main";

/// How a block is replayed.
#[derive(Debug, PartialEq, Eq)]
pub struct Info {
    /// The terminal in which the block is replayed.
    pub terminal: String,
    /// Lines that begin with `> ` are typed into a program without a prompt.
    pub typed: bool,
    /// The last command may still run when the document ends.
    pub running: bool,
    /// How long each line may take.
    pub timeout: Option<Duration>,
    /// Why the block is not replayed.
    pub skip: Option<String>,
}

/// Reads an info string; `None` if the block is not a transcript.
///
/// # Errors
/// Text for the author, if a word is not understood.
pub fn parse(info: &str) -> Result<Option<Info>, String> {
    let (words, skip) = match info.split_once("skip:") {
        Some((words, reason)) => (words, Some(reason.trim().to_string())),
        None => (info, None),
    };
    let mut words = words.split_whitespace();
    if words.next() != Some("console") {
        return Ok(None);
    }
    if skip.as_deref() == Some("") {
        return Err("a block that is skipped says why: `skip: REASON`".to_string());
    }
    let mut info =
        Info { terminal: MAIN.to_string(), typed: false, running: false, timeout: None, skip };
    for (position, word) in words.enumerate() {
        if word == "typed" {
            info.typed = true;
        } else if word == "running" {
            info.running = true;
        } else if let Some(seconds) = word.strip_prefix("timeout=") {
            info.timeout = Some(Duration::from_secs(seconds.parse().map_err(|_| {
                format!("`{word}` should be a number of seconds, as in `timeout=60`")
            })?));
        } else if position == 0 && is_name(word) {
            info.terminal = word.to_string();
        } else {
            return Err(format!(
                "`{word}` is not understood.\n  \
                 After `console` come the name of the terminal, then any of these:\n  \
                 typed, running, timeout=SECONDS, skip: REASON"
            ));
        }
    }
    Ok(Some(info))
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_console_blocks_are_transcripts() {
        assert_eq!(parse("rust"), Ok(None));
        assert_eq!(parse(""), Ok(None));
        assert_eq!(parse("console").unwrap().unwrap().terminal, MAIN);
    }

    #[test]
    fn the_first_word_names_the_terminal_and_the_others_are_flags() {
        let info = parse("console client-1 typed timeout=60").unwrap().unwrap();
        assert_eq!((info.terminal.as_str(), info.typed, info.running), ("client-1", true, false));
        assert_eq!(info.timeout, Some(Duration::from_secs(60)));
    }

    #[test]
    fn a_skipped_block_says_why() {
        let info = parse("console skip: needs root, and a laptop").unwrap().unwrap();
        assert_eq!(info.skip.as_deref(), Some("needs root, and a laptop"));
        assert!(parse("console skip:").is_err());
    }

    #[test]
    fn an_unknown_word_is_an_error() {
        assert!(parse("console client-1 tpyed").unwrap_err().contains("`tpyed`"));
        assert!(parse("console Server").is_err());
    }
}
