//! The state of a film at a time: what the effects of all moments until then come to. It stops where something is
//! impossible: more leaves a buffer than is in it, or the wrong call returns.

use std::collections::{BTreeMap, BTreeSet};

use replay::film::{Effect, Film, Side};

/// What is seen.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct State {
    /// The accept queue.
    pub queue: Vec<String>,
    /// How many bytes are in the receive buffer for each client, and in the send buffer.
    pub receive: BTreeMap<String, usize>,
    pub send: BTreeMap<String, usize>,
    /// The lines of each client's terminal.
    pub screens: BTreeMap<String, Vec<String>>,
    pub log: Vec<String>,
    pub keys: BTreeMap<String, String>,
    /// The call that the server is in.
    pub inside: Option<usize>,
    /// The last call that has returned.
    pub last: Option<usize>,
    gone: BTreeSet<(String, bool)>,
}

impl State {
    /// After all moments until this time.
    pub fn at(film: &Film, time: i64) -> Self {
        let mut state = Self::default();
        for moment in film.moments.iter().take_while(|moment| moment.at <= time) {
            moment.does.iter().for_each(|effect| state.apply(effect));
        }
        state
    }

    /// After the last moment.
    pub fn end(film: &Film) -> Self {
        Self::at(film, i64::MAX)
    }

    /// How many bytes are in a buffer.
    pub fn bytes(buffer: &BTreeMap<String, usize>, client: &str) -> usize {
        buffer.get(client).copied().unwrap_or(0)
    }

    pub fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::Queued { client } => {
                assert!(!self.queue.contains(client), "{client} is in the queue twice");
                self.queue.push(client.clone());
            }
            Effect::Accepted { client } => {
                let place = self.queue.iter().position(|it| it == client);
                self.queue.remove(place.unwrap_or_else(|| panic!("{client} is not in the queue")));
            }
            Effect::Arrived { client, bytes, data } => {
                assert!(data.chars().count() <= (*bytes).min(256), "{effect:?}");
                *self.receive.entry(client.clone()).or_default() += bytes;
            }
            Effect::Read { client, bytes } => take(&mut self.receive, client, *bytes),
            Effect::Written { client, bytes, data } => {
                assert!(data.chars().count() <= (*bytes).min(256), "{effect:?}");
                *self.send.entry(client.clone()).or_default() += bytes;
            }
            Effect::Taken { client, bytes } => take(&mut self.send, client, *bytes),
            Effect::Screen { client, text, typed } => {
                let prompt = if *typed { "> " } else { "" };
                self.screens.entry(client.clone()).or_default().push(format!("{prompt}{text}"));
            }
            Effect::Gone { client, by } => {
                self.gone.insert((client.clone(), *by == Side::Server));
            }
            Effect::Refused { .. } => {}
            Effect::Log { text } => self.log.push(text.clone()),
            Effect::Key { key, value: Some(value) } => {
                self.keys.insert(key.clone(), value.clone());
            }
            Effect::Key { key, value: None } => {
                self.keys.remove(key).unwrap_or_else(|| panic!("{key} was not there"));
            }
            Effect::Begins { .. } | Effect::Returns { .. } => self.call(effect),
        }
    }

    fn call(&mut self, effect: &Effect) {
        match effect {
            Effect::Begins { call } => {
                assert_eq!(self.inside, None, "call {call} begins in another one");
                assert_eq!(self.last.map_or(0, |last| last + 1), *call, "a call is left out");
                self.inside = Some(*call);
            }
            Effect::Returns { call } => {
                assert_eq!(self.inside, Some(*call), "the wrong call returns");
                (self.inside, self.last) = (None, Some(*call));
            }
            _ => {}
        }
    }
}

fn take(buffer: &mut BTreeMap<String, usize>, client: &str, bytes: usize) {
    let has = buffer.entry(client.to_owned()).or_default();
    *has = has.checked_sub(bytes).unwrap_or_else(|| panic!("{client}: {bytes} of {has} bytes"));
    if *has == 0 {
        buffer.remove(client);
    }
}
