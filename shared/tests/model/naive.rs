//! The model of the commands: a sorted map. Before each command, the model checks the deadline of every key.

use std::collections::BTreeMap;

use shared::reply::Reply;

use super::requests::{Command, Condition, Lifetime, Only, Read, Set};

/// All keys, each with its value and its deadline in milliseconds since 1970.
#[derive(Debug, Default)]
pub struct Naive {
    keys: BTreeMap<String, (String, Option<i64>)>,
}

fn error(text: &str) -> Reply<'static> {
    Reply::Error(format!("ERR {text}").into())
}

fn count(count: usize) -> Reply<'static> {
    Reply::Integer(i64::try_from(count).unwrap())
}

fn bulk(value: Option<&(String, Option<i64>)>) -> Reply<'static> {
    value.map_or(Reply::Nil, |(text, _)| Reply::bulk(text.clone()))
}

impl Naive {
    /// The reply that the server should send at the time `now`.
    pub fn execute(&mut self, command: &Command, now: i64) -> Reply<'static> {
        self.keys.retain(|_, (_, deadline)| deadline.is_none_or(|time| time >= now));
        match command {
            Command::Set(set) => self.set(set, now),
            Command::MSet(pairs) => {
                let new = pairs.iter().map(|(key, value)| (key.clone(), (value.clone(), None)));
                self.keys.extend(new);
                Reply::OK
            }
            Command::Del(keys) => {
                count(keys.iter().filter(|key| self.keys.remove(*key).is_some()).count())
            }
            Command::Append(key, tail) => {
                let entry = self.keys.entry(key.clone()).or_default();
                entry.0.push_str(tail);
                count(entry.0.len())
            }
            Command::Add(key, amount) => self.add(key, i128::from(*amount)),
            Command::Expire(key, deadline, condition) => {
                self.expire(key, *deadline, *condition, now)
            }
            Command::Persist(key) => {
                let deadline = self.keys.get_mut(key).and_then(|(_, deadline)| deadline.take());
                Reply::Integer(i64::from(deadline.is_some()))
            }
            Command::FlushAll => {
                self.keys.clear();
                Reply::OK
            }
            Command::Read(read) => self.read(read, now),
        }
    }

    /// Executes a command that changes nothing.
    fn read(&self, read: &Read, now: i64) -> Reply<'static> {
        match read {
            Read::Get(key) => bulk(self.keys.get(key)),
            Read::MGet(keys) => {
                Reply::Array(keys.iter().map(|key| bulk(self.keys.get(key))).collect())
            }
            Read::Exists(keys) => {
                count(keys.iter().filter(|key| self.keys.contains_key(*key)).count())
            }
            Read::Type(key) => {
                let is_there = self.keys.contains_key(key);
                Reply::Status(if is_there { "string" } else { "none" }.into())
            }
            Read::Strlen(key) => count(self.keys.get(key).map_or(0, |(text, _)| text.len())),
            Read::Ttl(key, in_seconds) => Reply::Integer(match self.keys.get(key) {
                None => -2,
                Some((_, None)) => -1,
                Some((_, Some(time))) if *in_seconds => (time - now + 500) / 1000,
                Some((_, Some(time))) => time - now,
            }),
            Read::DbSize => count(self.keys.len()),
        }
    }

    fn set(&mut self, set: &Set, now: i64) -> Reply<'static> {
        let before = self.keys.get(&set.key).cloned();
        let deadline = match set.lifetime {
            Lifetime::Forever => None,
            Lifetime::Keep => before.as_ref().and_then(|(_, deadline)| *deadline),
            Lifetime::Seconds(..=0) | Lifetime::Millis(..=0) | Lifetime::Until(..=0) => {
                return error("invalid expire time in 'set' command");
            }
            Lifetime::Seconds(seconds) => Some(now + seconds * 1000),
            Lifetime::Millis(millis) => Some(now + millis),
            Lifetime::Until(time) => Some(time),
        };
        let is_wanted = match set.only {
            Only::Always => true,
            Only::IfMissing => before.is_none(),
            Only::IfThere => before.is_some(),
        };
        if is_wanted {
            self.keys.insert(set.key.clone(), (set.value.clone(), deadline));
        }
        match (set.get, is_wanted) {
            (true, _) => bulk(before.as_ref()),
            (false, true) => Reply::OK,
            (false, false) => Reply::Nil,
        }
    }

    fn add(&mut self, key: &str, amount: i128) -> Reply<'static> {
        let text = self.keys.get(key).map_or("0", |(text, _)| text);
        // Redis accepts only the shortest spelling of a number.
        let Some(number) = text.parse::<i64>().ok().filter(|number| number.to_string() == text)
        else {
            return error("value is not an integer or out of range");
        };
        let Ok(sum) = i64::try_from(i128::from(number) + amount) else {
            return error("increment or decrement would overflow");
        };
        self.keys.entry(key.to_owned()).or_default().0 = sum.to_string();
        Reply::Integer(sum)
    }

    fn expire(&mut self, key: &str, time: i64, condition: Condition, now: i64) -> Reply<'static> {
        let Some((_, deadline)) = self.keys.get_mut(key) else { return Reply::Integer(0) };
        // A key without a deadline counts as one with the latest deadline.
        let before = deadline.unwrap_or(i64::MAX);
        let is_wanted = match condition {
            Condition::Always => true,
            Condition::IfNone => deadline.is_none(),
            Condition::IfSome => deadline.is_some(),
            Condition::IfLater => time > before,
            Condition::IfEarlier => time < before,
        };
        if is_wanted {
            *deadline = Some(time);
            if time <= now {
                self.keys.remove(key);
            }
        }
        Reply::Integer(i64::from(is_wanted))
    }
}
