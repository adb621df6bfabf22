//! What a client gets: what its kernel confirms, and what stands on its terminal.

use trace::client_log::EventKind;

use super::super::Effect;
use super::super::serving::reached;
use super::super::step::{Rank, Step, What};
use super::Connection;

impl Connection<'_> {
    /// What the client's kernel gets, by what it confirms. Where the capture has lost that, the client itself has it.
    fn takes(&self) -> Vec<Step> {
        let mut all = self.wire.taken.clone();
        let confirmed = all.last().map_or(0, |(_, ends)| *ends);
        let mut received = 0;
        for (at, event) in &self.events {
            if let EventKind::Received { bytes, .. } = &event.what {
                received += bytes;
                all.extend((received > confirmed).then_some((*at, received)));
            }
        }
        let most = self.work.written.last().map_or(0, |(_, ends)| *ends);
        let (mut steps, mut have) = (Vec::new(), 0);
        for (at, ends) in all {
            let ends = ends.min(most);
            if ends > have {
                let at = self.between(at, reached(&self.work.written, ends), None);
                let bytes = ends - std::mem::replace(&mut have, ends);
                let taken = Effect::Taken { client: self.client(), bytes };
                steps.push(self.effect(at, What::Flows, vec![taken]));
            }
        }
        steps
    }

    /// What the client sees.
    pub(super) fn gets(&self) -> Vec<Step> {
        let mut steps = self.takes();
        let mut received = 0;
        for (at, event) in &self.events {
            let (at, what, text) = match &event.what {
                EventKind::Received { bytes, replies, waited_us, text } => {
                    received += bytes;
                    let sent = reached(&self.work.written, received);
                    let what = What::Receives(text.clone(), *replies, *waited_us);
                    (self.between(*at, sent, None), what, shown(text, *replies))
                }
                EventKind::Unexpected { expected, got } => {
                    let text = format!("expected {expected}, got {got}");
                    (*at, What::Notes(text.clone()), text)
                }
                EventKind::GaveUp { step, why } if self.is_refused() => {
                    let refused = Effect::Refused { client: self.client() };
                    let what = What::Refused(why.clone());
                    steps.push(self.effect(*at, what, vec![refused]));
                    (*at, What::Notes(format!("gives up: {step}")), format!("{step}: {why}"))
                }
                EventKind::GaveUp { step, why } => {
                    (*at, What::Notes(format!("gives up: {why}")), format!("{step}: {why}"))
                }
                _ => continue,
            };
            steps.push(self.effect(at, what, vec![self.screen(&text, false)]));
        }
        steps
    }

    fn is_refused(&self) -> bool {
        self.events.iter().all(|(_, event)| event.what != EventKind::Connected)
    }

    fn effect(&self, at: i64, what: What, does: Vec<Effect>) -> Step {
        Step::new(at, Rank::Effect, &self.wire.client, what, does)
    }
}

/// What a client's terminal shows of its replies: the first, and how many more there are.
fn shown(text: &str, replies: usize) -> String {
    match replies {
        0 | 1 => text.to_owned(),
        more => format!("{text} … ({more} replies)"),
    }
}
