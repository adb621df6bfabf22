//! Runs a scenario: one thread for each client.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;

use trace::protocol::Protocol;

use super::Scenario;
use super::actor::Actor;
use super::meeting::Meeting;
use trace::client_log::ClientEvent;

/// Lets all clients of a scenario talk to the server at `server`, and returns what they have done and
/// seen, in the order of time. It ends by itself, even if nobody answers: clients lose patience.
#[must_use]
pub fn run(scenario: &Scenario, server: SocketAddr, protocol: Protocol) -> Vec<ClientEvent> {
    let meeting = Meeting::default();
    let (log, events) = mpsc::channel();
    thread::scope(|scope| {
        for client in &scenario.clients {
            for name in client.names() {
                let patience = client.patience();
                let actor = Actor::new(name, (server, protocol), patience, &meeting, log.clone());
                scope.spawn(|| actor.play(&client.steps));
            }
        }
    });
    drop(log);
    let mut events: Vec<ClientEvent> = events.into_iter().collect();
    events.sort_by_key(|event| event.at_us);
    events
}
