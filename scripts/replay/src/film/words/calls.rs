//! Words for the calls of the server.

use lens::text::{counted, cut, human};
use lens::view::{Did, ServerCall, writes};
use trace::strace::Class;

use super::super::Effect;
use super::super::step::{Step, What};
use super::{LONGEST, Told, brief};

/// Who has waited longer than this, has waited.
const WAITED: i64 = 1_000;

impl Told<'_> {
    /// `server.rs:53`, if it is known.
    pub(super) fn line(&self, call: usize) -> Option<String> {
        let path = &self.calls.get(call)?.path;
        let frames = || path.iter().filter_map(|frame| self.frames.get(*frame));
        let own = frames().rfind(|frame| !frame.file.starts_with("shared/"));
        let frame = own.or(frames().next_back())?;
        let name = frame.file.rsplit('/').next()?;
        Some(format!("{name}:{}", frame.line))
    }

    /// `recvfrom at server.rs:53`
    pub(super) fn at(&self, call: usize) -> String {
        let name = self.calls.get(call).map_or("a call", |call| &call.name);
        match self.line(call) {
            Some(line) => format!("{name} at {line}"),
            None => name.to_owned(),
        }
    }

    /// Which client can end the sleep in a call.
    pub(super) fn for_whom(&self, call: usize) -> String {
        let Some(call) = self.calls.get(call) else { return String::new() };
        match &call.client {
            Some(client) => format!("for {client}"),
            None if Class::of(&call.name) == Class::Accept => "for the next client".to_owned(),
            None => "for any client".to_owned(),
        }
    }

    /// The server falls asleep.
    pub(super) fn falls(&self, number: usize) -> Vec<String> {
        let at = self.at(number);
        let Some(call) = self.calls.get(number) else { return vec![at] };
        match &call.client {
            Some(client) if !call.asleep => vec![format!("The server answers {client} with {at}.")],
            Some(client) if writes(&call.name) => vec![
                format!("The server sleeps in {at}."),
                format!("The send buffer for {client} is full: {client} does not read."),
            ],
            Some(client) => vec![
                format!("The server calls {at} and sleeps, for {client}."),
                format!("Only {client} can wake the server."),
            ],
            None => vec![format!("The server sleeps in {at}, {}.", self.for_whom(number))],
        }
    }

    /// A call returns.
    pub(super) fn returns(&self, number: usize, step: &Step) -> Vec<String> {
        let at = self.at(number);
        let (Some(call), Some(seen)) = (self.calls.get(number), self.seen.get(number)) else {
            return vec![at];
        };
        let name = step.client.as_deref().unwrap_or("a client");
        let wakes = |then: String| {
            if call.asleep {
                format!("The server wakes up and {then}")
            } else {
                format!("The server {then}")
            }
        };
        match seen.did {
            Did::Accepted => {
                vec![wakes(format!("accepts {name} with {at}.")), self.has_waited(name, step.at)]
            }
            Did::Read(bytes) => {
                let bytes = counted(bytes, "byte");
                let what = items(seen.items.as_deref(), "requests");
                let says = wakes(format!("reads {name}'s {bytes} with {at}{what}."));
                let is_part = seen.items.as_ref().is_some_and(Vec::is_empty);
                let part = if is_part { "No request is whole yet." } else { "" };
                vec![says, part.to_owned()]
            }
            Did::Sent(bytes) => vec![self.sends(number, bytes, step)],
            Did::Left => {
                vec![wakes(format!("reads with {at} that {name} has left: 0 bytes."))]
            }
            Did::Closed => vec![format!("The server closes {name}'s connection with {at}.")],
            Did::Nothing => vec![self.finds_nothing(number, name), self.again(step)],
            Did::NotReturned => vec![format!("The server ends in {at}.")],
            Did::Other => vec![self.other(number)],
        }
    }

    fn sends(&self, number: usize, bytes: usize, step: &Step) -> String {
        let name = step.client.as_deref().unwrap_or("a client");
        let (at, bytes) = (self.at(number), counted(bytes, "byte"));
        if self.calls.get(number).is_some_and(|call| call.asleep) {
            return format!("The server wakes up: with {at}, all {bytes} are in the send buffer.");
        }
        if step.what == What::Wakes(number) {
            return format!("With {at}, the server has written {bytes} for {name}.");
        }
        let items_of = |seen: &&ServerCall| items(seen.items.as_deref(), "replies");
        let what = self.seen.get(number).map(items_of).unwrap_or_default();
        format!("The server answers {name} with {at}{what} ({bytes}).")
    }

    fn has_waited(&self, name: &str, now: i64) -> String {
        let since = self.queued.iter().rfind(|(client, _)| client == name).map(|(_, at)| now - at);
        match since {
            Some(us) if us > WAITED => {
                format!("{name} has waited {} in the accept queue.", human(us))
            }
            _ => String::new(),
        }
    }

    /// How often a call was made in vain.
    fn again(&self, step: &Step) -> String {
        let is_vain = |effect: &&Effect| match effect {
            Effect::Begins { call } => {
                self.seen.get(*call).is_some_and(|call| call.did == Did::Nothing)
            }
            _ => false,
        };
        match step.does.iter().filter(is_vain).count() {
            0 | 1 => String::new(),
            count => format!("The server tries {count} times."),
        }
    }

    fn finds_nothing(&self, number: usize, name: &str) -> String {
        let at = self.at(number);
        let class = self.calls.get(number).map(|call| Class::of(&call.name));
        match class {
            Some(Class::Accept) => {
                format!("The server finds no other client in the queue with {at}.")
            }
            Some(Class::Write) => {
                format!(
                    "The server can send nothing with {at}: the send buffer for {name} is full."
                )
            }
            _ => format!("The server finds nothing more of {name} with {at}."),
        }
    }

    /// A call that is about the list of sockets, or about nothing that the film shows.
    fn other(&self, number: usize) -> String {
        let at = self.at(number);
        let (Some(call), Some(seen)) = (self.calls.get(number), self.seen.get(number)) else {
            return at;
        };
        let says = plain(&seen.says);
        match Class::of(&call.name) {
            Class::Epoll | Class::Poll => match says.strip_prefix("woke: ") {
                Some(why) if call.asleep => format!("The server wakes up in {at}: {why}."),
                Some(why) => format!("The server calls {at}, which returns at once: {why}."),
                None if call.asleep => {
                    let time = human(call.until - call.from);
                    format!("The server wakes up in {at}: its timeout of {time} is over.")
                }
                None => format!("The server calls {at}: nothing is ready."),
            },
            _ if says.contains("watch") => {
                format!("With {at}, the server {}.", cut(&says, 2 * LONGEST))
            }
            _ => format!("The server calls {at}."),
        }
    }
}

/// The words of lens for a call, in the words of the film.
fn plain(says: &str) -> String {
    let says = says.replace("a client wants to connect", "a new client is in the accept queue");
    let says = says.replace("client ", "").replace("has said something", "has bytes to read");
    let says = says.replace("can be sent more", "can get more bytes");
    cut(&says.replace("new is", "new client is").replace(" · ", " and "), 2 * LONGEST)
}

/// `: SET name Alice`, `: 16 requests`; nothing if the trace does not tell.
fn items(items: Option<&[String]>, kinds: &str) -> String {
    match items {
        None | Some([]) => String::new(),
        Some([one]) => format!(": {}", brief(one)),
        Some(more) => format!(": {} {kinds}", more.len()),
    }
}
