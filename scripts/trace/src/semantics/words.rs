//! Commands, replies and bytes in words, on one line each.

use codec::Reply;

/// A word longer than this is cut, in bytes.
const LONG_WORD: usize = 40;

/// The words of a command on one line.
pub(super) fn phrase<'a>(words: impl Iterator<Item = &'a [u8]>) -> String {
    let mut text = String::new();
    for (index, word) in words.enumerate() {
        if index > 0 {
            text.push(' ');
        }
        let is_quoted = word.is_empty() || word.contains(&b' ');
        let quote = if is_quoted { "\"" } else { "" };
        text.push_str(quote);
        text.push_str(&readable(word));
        text.push_str(quote);
    }
    text
}

/// A reply in words.
#[must_use]
pub fn describe(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) | Reply::Error(text) | Reply::Text(text) => readable(text.as_bytes()),
        Reply::Double(digits) | Reply::BigNumber(digits) => readable(digits.as_bytes()),
        Reply::Integer(value) => value.to_string(),
        Reply::Boolean(is) => is.to_string(),
        Reply::Bulk(bytes) => readable(bytes),
        Reply::Nil => "(nil)".to_owned(),
        Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => {
            format!("[{}]", list(items.iter()))
        }
        Reply::Map(pairs) => {
            format!("{{{}}}", list(pairs.iter().flat_map(|(name, is)| [name, is])))
        }
    }
}

fn list<'a>(items: impl Iterator<Item = &'a Reply>) -> String {
    items.take(16).map(describe).collect::<Vec<_>>().join(", ")
}

/// Bytes as text on one line: what is no letter is escaped, what is long is cut.
#[must_use]
pub fn readable(bytes: &[u8]) -> String {
    if bytes.len() > LONG_WORD {
        let start = bytes.get(..LONG_WORD / 2).unwrap_or_default();
        return format!("{}…({} bytes)", readable(start), bytes.len());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => bytes.escape_ascii().to_string(),
    }
}
