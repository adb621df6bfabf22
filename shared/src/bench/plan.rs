//! Who does what when: how a load is shared out among its clients.

use std::time::Duration;

use crate::cli::Bench;

/// How many clients take part: each has a request to send.
pub fn clients(options: &Bench) -> usize {
    usize::try_from(options.requests).unwrap_or(usize::MAX).min(options.clients as usize)
}

/// How many of the requests the client at `index` sends: all the same, or one more.
pub fn share(requests: u64, clients: usize, index: usize) -> u64 {
    let (clients, index) = (clients as u64, index as u64);
    requests / clients + u64::from(index < requests % clients)
}

/// How long the client at `index` waits for a connection before it dials again: 0.5 to 0.95 s.
///
/// Where the backlog is full, the kernel of the server drops a SYN, and the kernel of the client sends
/// it again after 1 s: that of all clients in the same instant. Some of the handshakes that then begin
/// together find the backlog full at their last step, and their clients believe for a minute that
/// they are connected. So our clients hang up and dial again before that, one by one.
pub fn redial_after(index: usize) -> Duration {
    // Steps by a number that shares no factor with 450, so that neighbours are far apart.
    Duration::from_millis(500 + (index as u64 * 277) % 450)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requests_are_shared_out_to_the_last() {
        for (requests, clients) in [(10_000, 8), (10, 3), (7, 7), (1_000_003, 999)] {
            let shares: Vec<u64> =
                (0..clients).map(|index| share(requests, clients, index)).collect();
            assert_eq!(shares.iter().sum::<u64>(), requests);
            let (least, most) = (shares.iter().min(), shares.iter().max());
            assert!(least.zip(most).is_some_and(|(least, most)| most - least <= 1 && *least > 0));
        }
    }
}
