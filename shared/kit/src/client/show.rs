//! How the client shows a reply: like redis-cli for people, as JSON for programs.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use colored::Colorize;
use serde_json::{Value, json};
use shared::reply::Reply;

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
    pub fn show(self, args: &[Vec<u8>], reply: &Reply<'_>, took: Duration) -> io::Result<()> {
        let mut line = match self {
            Self::Json => {
                let args: Vec<Value> = args.iter().map(|arg| bytes_to_json(arg)).collect();
                let (kind, value) = to_json(reply);
                let millis = (took.as_secs_f64() * 1e6).round() / 1e3;
                json!({"command": args, "type": kind, "value": value, "ms": millis})
                    .to_string()
                    .into()
            }
            Self::Human { in_colour } => human(reply, "", in_colour).into_bytes(),
            Self::Raw => match reply {
                Reply::Bulk(bytes) => bytes.to_vec(),
                _ => human(reply, "", false).into_bytes(),
            },
        };
        line.push(b'\n');
        let mut stdout = io::stdout().lock();
        stdout.write_all(&line)?;
        stdout.flush()
    }
}

fn human(reply: &Reply<'_>, indent: &str, in_colour: bool) -> String {
    let text = match reply {
        Reply::Status(text) | Reply::Error(text) => text.to_string(),
        Reply::Integer(value) => format!("(integer) {value}"),
        Reply::Bulk(bytes) => printable(bytes),
        Reply::Text(text) => text.trim_end().to_owned(),
        Reply::Nil => "(nil)".to_owned(),
        Reply::Array(items) if items.is_empty() => "(empty array)".to_owned(),
        Reply::Map(pairs) if pairs.is_empty() => "(empty map)".to_owned(),
        Reply::Array(items) => {
            let item = |item, indent: &str| human(item, indent, in_colour);
            return list(items.iter(), ") ", indent, item);
        }
        Reply::Map(pairs) => {
            return list(pairs.iter(), "# ", indent, |(field, value), indent| {
                let (field, value) =
                    (human(field, indent, in_colour), human(value, indent, in_colour));
                format!("{field} => {value}")
            });
        }
    };
    match reply {
        _ if !in_colour => text,
        Reply::Error(_) => text.red().to_string(),
        Reply::Status(_) => text.green().to_string(),
        Reply::Nil | Reply::Integer(_) => text.cyan().to_string(),
        _ => text,
    }
}

/// Numbers the items. The further lines of an item are indented below its first line.
fn list<T>(
    items: impl ExactSizeIterator<Item = T>,
    mark: &str,
    indent: &str,
    show: impl Fn(T, &str) -> String,
) -> String {
    let width = items.len().to_string().len();
    let deeper = format!("{indent}{}", " ".repeat(width + mark.len()));
    let lines = items.enumerate().map(|(index, item)| {
        let margin = if index == 0 { "" } else { indent };
        format!("{margin}{:>width$}{mark}{}", index + 1, show(item, &deeper))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Bytes for a terminal. Text is unchanged, unless it could move the cursor or ring the bell.
fn printable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) => {
            text.to_owned()
        }
        _ => format!("\"{}\"", bytes.escape_ascii()),
    }
}

/// The type of a reply and its value. Bytes that are not UTF-8 become an object with hex digits.
fn to_json(reply: &Reply<'_>) -> (&'static str, Value) {
    match reply {
        Reply::Status(text) => ("status", json!(text)),
        Reply::Error(text) => ("error", json!(text)),
        Reply::Integer(value) => ("integer", json!(value)),
        Reply::Bulk(bytes) => ("string", bytes_to_json(bytes)),
        Reply::Text(text) => ("string", json!(text)),
        Reply::Nil => ("nil", Value::Null),
        Reply::Array(items) => ("array", items.iter().map(|item| to_json(item).1).collect()),
        Reply::Map(pairs) => {
            let pairs = pairs.iter().map(|(field, value)| {
                let field = to_json(field).1;
                let field = field.as_str().map_or_else(|| field.to_string(), str::to_owned);
                (field, to_json(value).1)
            });
            ("map", Value::Object(pairs.collect()))
        }
    }
}

fn bytes_to_json(bytes: &[u8]) -> Value {
    std::str::from_utf8(bytes).map_or_else(
        |_| {
            let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            let hex = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
            json!({"hex": hex.collect::<String>()})
        },
        |text| json!(text),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(reply: &Reply<'_>) -> String {
        human(reply, "", false)
    }

    #[test]
    fn replies_look_like_the_output_of_redis() {
        assert_eq!(plain(&Reply::OK), "OK");
        assert_eq!(plain(&Reply::bulk("Alice")), "Alice");
        assert_eq!(plain(&Reply::Nil), "(nil)");
        assert_eq!(plain(&Reply::Integer(3)), "(integer) 3");
        let inner = Reply::Array(vec![Reply::bulk("x"), Reply::bulk("y")]);
        let outer = Reply::Array(vec![Reply::bulk("a"), inner, Reply::Nil]);
        assert_eq!(plain(&outer), "1) a\n2) 1) x\n   2) y\n3) (nil)");
        assert_eq!(plain(&Reply::Array(Vec::new())), "(empty array)");
    }

    #[test]
    fn a_value_cannot_control_the_terminal() {
        assert_eq!(plain(&Reply::Bulk(b"\x1b[2J".into())), "\"\\x1b[2J\"");
        assert_eq!(plain(&Reply::Bulk(b"\xff\0".into())), "\"\\xff\\x00\"");
        assert_eq!(plain(&Reply::Bulk("two\nlines".as_bytes().into())), "two\nlines");
    }

    #[test]
    fn bytes_that_are_not_text_are_hex_in_json() {
        assert_eq!(to_json(&Reply::Bulk(b"\xff\0".into())).1, json!({"hex": "ff00"}));
        assert_eq!(to_json(&Reply::bulk("Zoë")).1, json!("Zoë"));
    }
}
