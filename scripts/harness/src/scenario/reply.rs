//! How a scenario writes a reply that must come, and the bytes that it stands for in each protocol.
//!
//! `+OK` is a status, `-ERR …` an error, `:1` a number, `$Alice` a value, `nil` no value, and a list is an array. In
//! the lines of lab 1 all of them are text: `OK`, `ERR …`, `1`, `Alice`, `(nil)`, and an array is one line.

use serde::Deserialize;
use trace::protocol::Protocol;

use super::notation::bytes_of;

/// A reply that must come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Reply {
    /// One that is no array.
    One(String),
    /// An array.
    Array(Vec<Reply>),
}

impl Reply {
    /// The bytes of the reply with this number.
    #[must_use]
    pub fn bytes(&self, number: usize, protocol: Protocol) -> Vec<u8> {
        let (mut bytes, number) = (Vec::new(), &number.to_string());
        match protocol {
            Protocol::Resp => self.resp(number, &mut bytes),
            Protocol::Lines => {
                self.line(number, &mut bytes);
                bytes.push(b'\n');
            }
        }
        bytes
    }

    /// What the reply with this number says, as a client of the kit shows it.
    #[must_use]
    pub fn text(&self, number: usize) -> String {
        let mut bytes = Vec::new();
        self.line(&number.to_string(), &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn map(self, change: &mut impl FnMut(&str) -> String) -> Self {
        match self {
            Self::One(text) => Self::One(change(&text)),
            Self::Array(items) => {
                Self::Array(items.into_iter().map(|item| item.map(change)).collect())
            }
        }
    }

    fn resp(&self, number: &str, output: &mut Vec<u8>) {
        match self {
            Self::One(text) => match text.split_at_checked(1) {
                Some(("$", value)) => {
                    let value = bytes_of(value, number);
                    output.extend(format!("${}\r\n", value.len()).bytes());
                    output.extend(value);
                }
                _ if text == "nil" => output.extend(b"$-1"),
                _ => output.extend(bytes_of(text, number)),
            },
            Self::Array(items) => {
                output.extend(format!("*{}\r\n", items.len()).bytes());
                return items.iter().for_each(|item| item.resp(number, output));
            }
        }
        output.extend(b"\r\n");
    }

    fn line(&self, number: &str, output: &mut Vec<u8>) {
        match self {
            Self::One(text) if text == "nil" => output.extend(b"(nil)"),
            Self::One(text) => {
                let text = text.strip_prefix(['+', '-', ':', '$']).unwrap_or(text);
                output.extend(bytes_of(text, number));
            }
            Self::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        output.push(b' ');
                    }
                    item.line(number, output);
                }
            }
        }
    }
}
