//! The words of a request, the bytes of a value, and the complaint about a reply.

use std::time::Instant;

use codec::Reply;

use super::{Act, Asked, Holds, Life, Sure};
use crate::soak::line::shown;

impl Holds {
    /// The value: its own name, again and again, so that no two are the same and a mix-up can be seen.
    pub fn value(&self, key: usize) -> Vec<u8> {
        value(key, self.version, self.size)
    }
}

pub fn value(key: usize, version: u64, size: usize) -> Vec<u8> {
    let name = format!("{key}:{version};");
    name.bytes().cycle().take(size.max(name.len())).collect()
}

fn name(key: usize) -> String {
    format!("soak:{key}")
}

impl Asked {
    /// The words of the request.
    pub fn words(&self) -> Vec<Vec<u8>> {
        let mut words = match self.act {
            Act::Get => vec!["GET".into(), name(self.key).into()],
            Act::Del => vec!["DEL".into(), name(self.key).into()],
            Act::Set { version, size, .. } => {
                vec!["SET".into(), name(self.key).into(), value(self.key, version, size)]
            }
        };
        match self.act {
            Act::Set { life: Life::For(time), .. } => {
                words.extend(["PX".into(), time.as_millis().to_string().into()]);
            }
            Act::Set { life: Life::AsBefore, .. } => words.push("KEEPTTL".into()),
            _ => {}
        }
        words
    }
}

/// What is wrong with a reply.
pub fn complaint(
    asked: Asked,
    before: Option<Holds>,
    sure: Sure,
    received: Instant,
    reply: &Reply,
) -> String {
    let Asked { key, act } = asked;
    let request = match act {
        Act::Get => "GET",
        Act::Del => "DEL",
        Act::Set { .. } => "SET",
    };
    let held = before.map(|held| {
        let start =
            format!("the {} bytes that begin {key}:{};", held.value(key).len(), held.version);
        let latest = held.latest.map(|at| received.saturating_duration_since(at).as_millis());
        let earliest = held.earliest.map(|at| at.saturating_duration_since(received).as_millis());
        match (sure, earliest, latest) {
            (Sure::There, Some(ms), _) => {
                format!("{start} (they expire in {ms} ms at the earliest)")
            }
            (Sure::Gone, _, Some(ms)) => format!("nothing: it expired {ms} ms ago at the latest"),
            (Sure::Neither, ..) => format!("{start} or nothing: it expires just now"),
            _ => format!("{start} (they do not expire)"),
        }
    });
    let right = match act {
        Act::Set { .. } => "OK".to_owned(),
        _ => held.unwrap_or_else(|| "nothing: it was never set, or it is deleted".to_owned()),
    };
    format!("{request} {}: expected {right}; got {}", name(key), shown(reply))
}
