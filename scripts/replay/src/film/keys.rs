//! The keys of the store, where the trace tells: requests that were read, and the replies to them.

use std::collections::{BTreeMap, HashMap, VecDeque};

use lens::view::{Did, ServerCall};
use shared::inline;

use super::Effect;
use super::serving::Server;

/// The keys that are known, with their values.
type Known = BTreeMap<String, String>;

/// Follows all requests and replies, and adds what becomes of the keys to the calls that answer. `expired` are the keys that
/// have expired by a call, as the log says. Returns them and those of which only a reply tells.
pub(super) fn follow(
    seen: &[&ServerCall],
    mut expired: Vec<(usize, String)>,
    server: &mut Server,
) -> Vec<(usize, String)> {
    let mut known = Known::new();
    let mut waiting: HashMap<u16, VecDeque<String>> = HashMap::new();
    for (number, call) in seen.iter().enumerate() {
        let before = known.clone();
        known.retain(|key, _| !expired.iter().any(|(call, gone)| *call == number && gone == key));
        if let Some(port) = call.port {
            let requests = waiting.entry(port).or_default();
            match (call.did, &call.items) {
                (Did::Read(_), Some(items)) => requests.extend(items.iter().cloned()),
                (Did::Sent(_), Some(items)) => {
                    for reply in items {
                        let request = requests.pop_front().unwrap_or_default();
                        let gone = answered(&request, reply, &mut known);
                        expired.extend(gone.map(|key| (number, key)));
                    }
                }
                // From here on, it is not known which reply is for which request.
                (Did::Read(_) | Did::Sent(_), None) => requests.clear(),
                _ => {}
            }
        }
        server.known_at(number, changes(&before, &known));
    }
    expired
}

/// What has become of the keys.
fn changes(before: &Known, after: &Known) -> Vec<Effect> {
    let removed = before.keys().filter(|key| !after.contains_key(*key));
    let removed = removed.map(|key| Effect::Key { key: key.clone(), value: None });
    let set = after.iter().filter(|(key, value)| before.get(*key) != Some(value));
    let set = set.map(|(key, value)| Effect::Key { key: key.clone(), value: Some(value.clone()) });
    removed.chain(set).collect()
}

/// What a request has done to the keys, by its reply. Returns a key that is not there any more, though nobody removed it.
fn answered(request: &str, reply: &str, known: &mut Known) -> Option<String> {
    let request = inline::split(request.as_bytes()).ok()?;
    let args: Vec<String> =
        request.args().map(|arg| String::from_utf8_lossy(arg).into_owned()).collect();
    let [command, args @ ..] = args.as_slice() else { return None };
    let number = reply.parse::<i64>().ok();
    match (command.to_ascii_uppercase().as_str(), args) {
        ("SET", [key, value, ..]) | ("SETEX" | "PSETEX", [key, _, value]) if reply == "OK" => {
            known.insert(key.clone(), value.clone());
        }
        ("MSET", pairs) if reply == "OK" => {
            for pair in pairs.chunks_exact(2) {
                known.extend([(pair[0].clone(), pair[1].clone())]);
            }
        }
        ("INCR" | "DECR" | "INCRBY" | "DECRBY", [key, ..]) if number.is_some() => {
            known.insert(key.clone(), reply.to_owned());
        }
        ("APPEND", [key, more]) if number.is_some() => {
            known.entry(key.clone()).or_default().push_str(more);
        }
        ("DEL" | "UNLINK", keys) if number.is_some_and(|count| count > 0) => {
            known.retain(|key, _| !keys.contains(key));
        }
        ("EXPIRE" | "PEXPIRE", [key, time, ..])
            if number == Some(1) && time.parse::<i64>().is_ok_and(|time| time <= 0) =>
        {
            known.remove(key);
        }
        ("FLUSHALL" | "FLUSHDB", _) if reply == "OK" => known.clear(),
        ("GET", [key]) if reply == "(nil)" && known.get(key).is_some_and(|it| it != reply) => {
            known.remove(key);
            return Some(key.clone());
        }
        ("GET", [key]) if reply != "(nil)" && !reply.starts_with("ERR ") => {
            known.insert(key.clone(), reply.to_owned());
        }
        _ => {}
    }
    None
}
