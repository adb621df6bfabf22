//! How the client shows a reply: like redis-cli for people, as JSON for programs.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use codec::Reply;
use codec::printable::{as_text, one_line, several_lines};
use colored::Colorize;

mod json;

/// A way to show replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// One line of JSON.
    Json,
    /// For people. Bytes that are not text are escaped.
    Human {
        /// Whether to use colours.
        in_colour: bool,
    },
    /// For a file or a pipe: a value is written byte for byte.
    Raw,
}

impl Style {
    /// The style for stdout.
    #[must_use]
    pub fn for_stdout(json: bool) -> Self {
        match (json, io::stdout().is_terminal()) {
            (true, _) => Self::Json,
            (false, true) => Self::Human { in_colour: super::in_colour(&io::stdout()) },
            (false, false) => Self::Raw,
        }
    }

    /// Writes a reply to stdout. JSON includes the command and the time.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub fn show(self, args: &[Vec<u8>], reply: &Reply, took: Duration) -> io::Result<()> {
        let mut line = match (self, reply) {
            (Self::Json, _) => json::line(args, reply, took).into_bytes(),
            (Self::Raw, Reply::Bulk(bytes)) => bytes.clone(),
            (Self::Raw, Reply::Text(text)) => text.clone().into_bytes(),
            (Self::Raw, _) => human(reply, None, false).into_bytes(),
            (Self::Human { in_colour }, _) => human(reply, None, in_colour).into_bytes(),
        };
        line.push(b'\n');
        let mut stdout = io::stdout().lock();
        stdout.write_all(&line)?;
        stdout.flush()
    }
}

/// A message that the server has sent by itself, on one line.
pub(super) fn pushed(items: &[Reply]) -> String {
    let items = items.iter().enumerate();
    let shown = items.map(|(index, item)| match item {
        Reply::Array(inner) => format!("{}) {}", index + 1, pushed(inner)),
        item => format!("{}) {}", index + 1, human(item, Some(""), false)),
    });
    one_line(&shown.collect::<Vec<_>>().join(" "))
}

/// A reply for people. In another reply it has an indent, and text in it stays on one line.
fn human(reply: &Reply, indent: Option<&str>, in_colour: bool) -> String {
    let inner = |item: &Reply, indent: &str| human(item, Some(indent), in_colour);
    let margin = indent.unwrap_or_default();
    let text = match reply {
        Reply::Status(text) | Reply::Error(text) => one_line(text),
        Reply::Integer(value) => format!("(integer) {value}"),
        Reply::Double(digits) => format!("(double) {digits}"),
        Reply::BigNumber(digits) => format!("(big number) {digits}"),
        Reply::Boolean(value) => format!("({value})"),
        Reply::Bulk(bytes) => printable(bytes, indent.is_some()),
        Reply::Text(text) if indent.is_some() => one_line(text),
        Reply::Text(text) => several_lines(text.trim_end()),
        Reply::Nil => "(nil)".to_owned(),
        Reply::Array(items) if items.is_empty() => "(empty array)".to_owned(),
        Reply::Set(items) if items.is_empty() => "(empty set)".to_owned(),
        Reply::Push(items) if items.is_empty() => "(empty push)".to_owned(),
        Reply::Map(pairs) if pairs.is_empty() => "(empty hash)".to_owned(),
        Reply::Array(items) | Reply::Push(items) => return list(items, ") ", margin, inner),
        Reply::Set(items) => return list(items, "~ ", margin, inner),
        Reply::Map(pairs) => {
            return list(pairs, "# ", margin, |(field, value), indent| {
                let value = inner(value, indent);
                // As in redis-cli 7: what has several lines begins below its field.
                let gap = if value.contains('\n') { format!("\n{indent}") } else { String::new() };
                format!("{} => {gap}{value}", inner(field, indent))
            });
        }
    };
    match reply {
        _ if !in_colour => text,
        Reply::Error(_) => text.red().to_string(),
        Reply::Status(_) => text.green().to_string(),
        Reply::Bulk(_) | Reply::Text(_) => text,
        _ => text.cyan().to_string(),
    }
}

/// Numbers the items. The further lines of an item are indented below its first line.
fn list<T>(items: &[T], mark: &str, indent: &str, show: impl Fn(&T, &str) -> String) -> String {
    let width = items.len().to_string().len();
    let deeper = format!("{indent}{}", " ".repeat(width + mark.len()));
    let lines = items.iter().enumerate().map(|(index, item)| {
        let margin = if index == 0 { "" } else { indent };
        format!("{margin}{:>width$}{mark}{}", index + 1, show(item, &deeper))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Bytes for a terminal. Text is unchanged, unless it could move the cursor, ring the bell, or forge an
/// item of a list.
fn printable(bytes: &[u8], is_item: bool) -> String {
    match as_text(bytes) {
        Some(text) if !is_item || !text.contains(char::is_control) => text.to_owned(),
        _ => format!("\"{}\"", bytes.escape_ascii()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(reply: &Reply) -> String {
        human(reply, None, false)
    }

    #[test]
    fn replies_look_like_the_output_of_redis() {
        assert_eq!(plain(&Reply::ok()), "OK");
        assert_eq!(plain(&Reply::bulk("Alice")), "Alice");
        assert_eq!(plain(&Reply::Nil), "(nil)");
        assert_eq!(plain(&Reply::Integer(3)), "(integer) 3");
        assert_eq!(plain(&Reply::Double("3.14".into())), "(double) 3.14");
        assert_eq!(plain(&Reply::Boolean(true)), "(true)");
        let inner = Reply::Array(vec![Reply::bulk("x"), Reply::bulk("y")]);
        let outer = Reply::Array(vec![Reply::bulk("a"), inner, Reply::Nil]);
        assert_eq!(plain(&outer), "1) a\n2) 1) x\n   2) y\n3) (nil)");
        assert_eq!(plain(&Reply::Set(vec![Reply::bulk("a"), Reply::bulk("b")])), "1~ a\n2~ b");
        assert_eq!(plain(&Reply::Map(vec![(Reply::bulk("a"), Reply::Nil)])), "1# a => (nil)");
        let pair = (Reply::bulk("a"), Reply::Array(vec![Reply::Nil, Reply::Nil]));
        assert_eq!(plain(&Reply::Map(vec![pair])), "1# a => \n   1) (nil)\n   2) (nil)");
        assert_eq!(plain(&Reply::Array(Vec::new())), "(empty array)");
        assert_eq!(plain(&Reply::Map(Vec::new())), "(empty hash)");
    }

    #[test]
    fn a_value_cannot_control_the_terminal() {
        assert_eq!(plain(&Reply::bulk("\x1b[2J")), "\"\\x1b[2J\"");
        assert_eq!(plain(&Reply::bulk(b"\xff\0")), "\"\\xff\\x00\"");
        assert_eq!(plain(&Reply::bulk("\u{9b}2J")), "\"\\xc2\\x9b2J\"");
        assert_eq!(plain(&Reply::bulk("good\rbad")), "\"good\\rbad\"");
        assert_eq!(plain(&Reply::bulk("two\nlines")), "two\nlines");
    }

    #[test]
    fn no_other_text_of_a_server_can_control_the_terminal() {
        let text = "\u{1b}[2J\u{9b}2J\u{7f}\r".to_owned();
        let replies = [
            Reply::Status(text.clone()),
            Reply::Error(text.clone()),
            Reply::Text(text.clone() + "x"),
            Reply::bulk(text),
        ];
        let is_safe = |text: &str| !text.chars().any(|c| c.is_control() && c != '\n');
        for reply in replies {
            assert!(is_safe(&plain(&reply)), "{reply:?}");
            assert!(
                is_safe(&plain(&Reply::Map(vec![(reply.clone(), reply.clone())]))),
                "{reply:?}"
            );
            assert!(is_safe(&pushed(std::slice::from_ref(&reply))), "{reply:?}");
            let json = json::line(&[b"GET".to_vec()], &reply, Duration::ZERO);
            assert!(is_safe(&json), "{json}");
        }
        assert_eq!(plain(&Reply::Error("ERR a\nOK".into())), "ERR a\\nOK");
        assert_eq!(plain(&Reply::Text("a:1\r\nb:2\r\n".into())), "a:1\r\nb:2");
        // A value cannot look like two items of a list.
        assert_eq!(plain(&Reply::Array(vec![Reply::bulk("a\n2) b")])), "1) \"a\\n2) b\"");
    }
}
