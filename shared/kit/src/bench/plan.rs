//! The plan of a load: how clients share the requests, and when they try again to connect.

use std::time::Duration;

use crate::cli::Bench;

/// The number of clients. Each client has at least one request.
pub fn clients(options: &Bench) -> usize {
    usize::try_from(options.requests).unwrap_or(usize::MAX).min(options.clients as usize)
}

/// The number of requests of the client at `index`. The shares differ by at most one.
pub fn share(requests: u64, clients: usize, index: usize) -> u64 {
    let (clients, index) = (clients as u64, index as u64);
    requests / clients + u64::from(index < requests % clients)
}

/// How long a client waits for a connection, as people read it. See [`retry_after`].
pub const RETRY_AFTER: &str = "0.5 to 0.95 s";

/// How long the client at `index` waits for a connection before it connects again: 0.5 to 0.95 s.
///
/// If the backlog is full, the server's kernel drops a SYN. The client's kernel sends the SYN again
/// after 1 s, and it does so for all clients at the same moment. Then some of these handshakes find
/// the backlog full at their last step, and for a minute their clients believe that they are
/// connected. To avoid this, our clients close their sockets and connect again before that second is
/// over, one by one.
pub fn retry_after(index: usize) -> Duration {
    // 277 and 450 have no common factor, so clients with near indexes get times that are far apart.
    Duration::from_millis(500 + (index as u64 * 277) % 450)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_connect_again_before_the_kernel_does_and_at_different_times() {
        let waits: Vec<f64> = (0..450).map(|index| retry_after(index).as_secs_f64()).collect();
        let told: Vec<f64> = RETRY_AFTER.split(' ').filter_map(|word| word.parse().ok()).collect();
        assert!(waits.iter().all(|wait| (told[0]..told[1]).contains(wait)), "{waits:?}");
        let different: std::collections::BTreeSet<_> = (0..450).map(retry_after).collect();
        assert_eq!(different.len(), 450);
    }

    #[test]
    fn clients_share_all_requests_equally() {
        for (requests, clients) in [(10_000, 8), (10, 3), (7, 7), (1_000_003, 999)] {
            let shares: Vec<u64> =
                (0..clients).map(|index| share(requests, clients, index)).collect();
            assert_eq!(shares.iter().sum::<u64>(), requests);
            let (least, most) = (shares.iter().min(), shares.iter().max());
            assert!(least.zip(most).is_some_and(|(least, most)| most - least <= 1 && *least > 0));
        }
    }
}
