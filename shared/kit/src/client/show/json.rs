//! Replies as JSON.

use std::time::Duration;

use codec::Reply;
use serde_json::{Value, json};

/// One line: the command, the type of its reply, the value, and the time.
pub(super) fn line(args: &[Vec<u8>], reply: &Reply, took: Duration) -> String {
    let args: Vec<Value> = args.iter().map(|arg| from_bytes(arg)).collect();
    let (kind, value) = from_reply(reply);
    let millis = (took.as_secs_f64() * 1e6).round() / 1e3;
    let line = json!({"command": args, "type": kind, "value": value, "ms": millis}).to_string();
    // JSON asks for escapes of C0 only. A terminal obeys DEL and C1 as well.
    let escape = |letter: char| match letter {
        '\u{7f}'..='\u{9f}' => format!("\\u{:04x}", u32::from(letter)),
        letter => letter.to_string(),
    };
    if line.contains(char::is_control) { line.chars().map(escape).collect() } else { line }
}

/// The type of a reply and its value. Bytes that are not UTF-8 become an object with hex digits.
fn from_reply(reply: &Reply) -> (&'static str, Value) {
    let all = |items: &[Reply]| items.iter().map(|item| from_reply(item).1).collect();
    match reply {
        Reply::Status(text) => ("status", json!(text)),
        Reply::Error(text) => ("error", json!(text)),
        Reply::Integer(value) => ("integer", json!(value)),
        // JSON has no infinity, and its numbers lose digits of large ones.
        Reply::Double(digits) => match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => ("double", json!(value)),
            _ => ("double", json!(digits)),
        },
        Reply::BigNumber(digits) => ("big number", json!(digits)),
        Reply::Boolean(value) => ("boolean", json!(value)),
        Reply::Bulk(bytes) => ("string", from_bytes(bytes)),
        Reply::Text(text) => ("string", json!(text)),
        Reply::Nil => ("nil", Value::Null),
        Reply::Array(items) => ("array", all(items)),
        Reply::Set(items) => ("set", all(items)),
        Reply::Push(items) => ("push", all(items)),
        Reply::Map(pairs) => {
            let pairs = pairs.iter().map(|(field, value)| {
                let field = from_reply(field).1;
                let field = field.as_str().map_or_else(|| field.to_string(), str::to_owned);
                (field, from_reply(value).1)
            });
            ("map", Value::Object(pairs.collect()))
        }
    }
}

fn from_bytes(bytes: &[u8]) -> Value {
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

    #[test]
    fn bytes_that_are_not_text_are_hex_in_json() {
        assert_eq!(from_reply(&Reply::bulk(b"\xff\0")).1, json!({"hex": "ff00"}));
        assert_eq!(from_reply(&Reply::bulk("Zoë")).1, json!("Zoë"));
    }

    #[test]
    fn numbers_of_resp3_are_numbers_in_json_if_json_has_them() {
        assert_eq!(from_reply(&Reply::Double("3.25".into())), ("double", json!(3.25)));
        assert_eq!(from_reply(&Reply::Double("-inf".into())), ("double", json!("-inf")));
    }
}
