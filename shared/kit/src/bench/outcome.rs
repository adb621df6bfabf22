//! The outcome of a load: the figures, and the conclusions from them.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use super::figures::{Figures, Latencies};
use super::plan;
use super::text::{count, number};
use crate::cli::Bench;

/// How many clients are in each state.
#[derive(Debug, Clone, Copy)]
pub struct ClientCounts {
    /// Clients that have got all their replies.
    pub done: u64,
    /// Clients that have got some of their replies.
    pub served: u64,
    /// Clients that are connected and have got no reply.
    pub waiting: u64,
    pub connecting: u64,
    pub lost: u64,
}

impl fmt::Display for ClientCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, served, waiting, connecting, lost } = self;
        write!(f, "{done} done, {served} served, {waiting} waiting, {connecting} connecting")?;
        if *lost > 0 { write!(f, ", {lost} lost") } else { Ok(()) }
    }
}

/// The outcome of a load.
pub struct Outcome<'a> {
    pub addr: SocketAddr,
    pub options: &'a Bench,
    pub figures: &'a Figures,
    /// From the first attempt to connect to the last reply.
    pub elapsed: Duration,
    /// The states of the clients at the end, if the load was stopped by the stall timeout.
    pub stalled: Option<ClientCounts>,
}

impl Outcome<'_> {
    /// The number of clients.
    pub fn clients(&self) -> u64 {
        plan::clients(self.options) as u64
    }

    /// The number of requests without a reply.
    pub fn unanswered(&self) -> u64 {
        self.options.requests - self.figures.answered()
    }

    /// The throughput.
    pub fn requests_per_second(&self) -> u64 {
        let nanos = self.elapsed.as_nanos().max(1);
        u64::try_from(u128::from(self.figures.answered()) * 1_000_000_000 / nanos).unwrap_or(0)
    }

    /// The most clients that were served at the same time. `None` for one client, and for clients that
    /// send all their requests in one batch: such clients have only one moment of service.
    pub fn most_served(&self) -> Option<u64> {
        let least = self.options.requests / self.clients();
        let has_batches = least > u64::from(self.options.pipeline) && self.figures.answered() > 0;
        (self.clients() > 1 && has_batches).then_some(self.figures.service.most)
    }

    /// The latencies, by the name of their row.
    pub fn latencies(&self) -> [(&'static str, &Latencies); 3] {
        let Figures { connect, first, later, .. } = self.figures;
        [("connect", connect), ("first replies", first), ("later replies", later)]
    }

    /// The problems, one sentence each.
    pub fn problems(&self) -> Vec<String> {
        let Figures { errors, wrong, lost, .. } = self.figures;
        let mut problems = Vec::new();
        if let Some(clients) = self.stalled {
            let stall_timeout = count(self.options.stall_timeout, "second");
            problems.push(format!("nothing happened for {stall_timeout}, so the load was stopped"));
            problems.push(format!("clients: {clients}"));
            if clients.served == 0 {
                let reason = "the server may be busy with another client; the others wait";
                problems.push(reason.to_owned());
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
