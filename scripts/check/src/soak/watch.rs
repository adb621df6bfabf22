//! Watches the server while the clients are there, and after they have left.

use std::thread;
use std::time::{Duration, Instant};

use super::book::Book;
use super::look::Look;
use super::outcome::Looks;
use super::progress::Progress;
use super::server::Server;

/// How often we look whether the server lives.
const TICK: Duration = Duration::from_millis(50);
/// How often we look what it has.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// How long a server may take to see that all have left.
const FAREWELL: Duration = Duration::from_secs(20);

/// Watches the server to the end of the soak, or its own: then returns how it has ended.
pub fn until(server: &mut Server, end: Instant, looks: &mut Looks, book: &Book) -> Option<String> {
    let mut progress = Progress::new();
    let mut next_look = Instant::now();
    let death = loop {
        let now = Instant::now();
        let death = server.death();
        if death.is_some() || now >= end || book.is_stopping() {
            break death;
        }
        if now >= next_look {
            next_look += BETWEEN_LOOKS;
            let look = server.pid.and_then(Look::at);
            looks.during.extend(look);
            progress.show(book, look, end - now);
        }
        thread::sleep(TICK);
    };
    progress.end();
    death
}

/// Waits until the server has as many descriptors as before the first client, or does not in time.
pub fn farewell(server: &Server, start: Option<Look>) -> Option<Look> {
    let (pid, start) = (server.pid?, start?);
    let asked = Instant::now();
    loop {
        let look = Look::at(pid);
        let is_over = look.is_none_or(|look| look.descriptors <= start.descriptors);
        if is_over || asked.elapsed() > FAREWELL {
            return look;
        }
        thread::sleep(TICK);
    }
}
