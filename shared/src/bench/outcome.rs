//! What came of a load: the figures, and what follows from them.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use super::figures::{Figures, Times};
use super::plan;
use super::text::{count, number};
use crate::cli::Bench;

/// How far the clients are.
#[derive(Debug, Clone, Copy)]
pub struct Tally {
    /// They have got all their replies.
    pub done: u64,
    /// They have got some.
    pub served: u64,
    /// They are connected and have got none.
    pub waiting: u64,
    pub connecting: u64,
    pub lost: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, served, waiting, connecting, lost } = self;
        write!(f, "{done} done, {served} served, {waiting} waiting, {connecting} connecting")?;
        if *lost > 0 { write!(f, ", {lost} lost") } else { Ok(()) }
    }
}

/// What came of a load.
pub struct Outcome<'a> {
    pub addr: SocketAddr,
    pub options: &'a Bench,
    pub figures: &'a Figures,
    /// From the first dialling to the last reply.
    pub elapsed: Duration,
    /// Nothing happened any more, and this is how far the clients were.
    pub stuck: Option<Tally>,
}

impl Outcome<'_> {
    /// How many clients took part.
    pub fn clients(&self) -> u64 {
        plan::clients(self.options) as u64
    }

    /// How many requests got no reply.
    pub fn unanswered(&self) -> u64 {
        self.options.requests - self.figures.answered()
    }

    /// The throughput.
    pub fn requests_per_second(&self) -> u64 {
        let nanos = self.elapsed.as_nanos().max(1);
        u64::try_from(u128::from(self.figures.answered()) * 1_000_000_000 / nanos).unwrap_or(0)
    }

    /// The most clients that were being served at once. Nobody can tell if a client gets all its
    /// replies in one batch, and there is nothing to tell of one client.
    pub fn most_served(&self) -> Option<u64> {
        let least = self.options.requests / self.clients();
        let has_batches = least > u64::from(self.options.pipeline) && self.figures.answered() > 0;
        (self.clients() > 1 && has_batches).then_some(self.figures.service.most)
    }

    /// How long things took, by name.
    pub fn times(&self) -> [(&'static str, &Times); 3] {
        let Figures { connect, first, later, .. } = self.figures;
        [("connect", connect), ("first replies", first), ("later replies", later)]
    }

    /// What went wrong, in sentences.
    pub fn problems(&self) -> Vec<String> {
        let Figures { errors, wrong, lost, .. } = self.figures;
        let mut problems = Vec::new();
        if let Some(tally) = self.stuck {
            let patience = count(self.options.patience, "second");
            problems.push(format!(
                "nothing happened for {patience}, so the load was stopped. Clients: {tally}."
            ));
            if tally.served == 0 {
                let holder =
                    "another client may be holding the server: the others wait until it leaves";
                problems.push(holder.to_owned());
            }
        }
        if let Some(first) = &errors.first {
            problems.push(format!("{}, first: {first}", count(errors.count, "error reply")));
        }
        if let Some(first) = &wrong.first {
            problems.push(format!("{}, first: {first}", count(wrong.count, "wrong reply")));
        }
        if let Some(first) = &lost.first {
            problems.push(format!("{} lost, first: {first}", count(lost.count, "client")));
        }
        if self.unanswered() > 0 {
            let requests = count(self.options.requests, "request");
            problems.push(format!("{} of {requests} got no reply", number(self.unanswered())));
        }
        problems
    }
}
