//! Hints for a server with a mistake that was not caught. Each says more than the one before.

use harness::scenario::{Client, actions_of, commands_of};

use super::Fault;
use crate::course::{Course, Step};

/// What a client sees of the mistake, the step that fails because of it, and what the clients of this step do.
#[must_use]
pub fn hints(course: &Course, fault: &Fault) -> Vec<String> {
    let mut hints = vec![format!("What a client sees: {}", fault.symptom)];
    let step = course.steps.iter().enumerate().find(|(_, step)| step.name == fault.step);
    if let Some((index, Step { title, clients, .. })) = step {
        hints.push(format!("The step that fails because of it is step {}: {title}.", index + 1));
        hints.push(what_they_do(clients));
    }
    hints
}

fn what_they_do(clients: &[Client]) -> String {
    // Each client has these.
    let is_special = |name: &&str| !["connect", "close"].contains(name);
    let actions: Vec<_> = actions_of(clients).into_iter().filter(is_special).collect();
    let commands: Vec<_> = commands_of(clients).into_iter().collect();
    let who = match clients.len() {
        1 => "The client of that step catches it".to_owned(),
        count => format!("The {count} clients of that step catch it"),
    };
    let (actions, commands) = (actions.join(", "), commands.join(", "));
    format!("{who} with these actions: {actions}; and with these commands: {commands}.")
}
