//! What only `ss` can tell without root: how many clients may wait, and how old a connection is.
//! It is asked when a client is new, and not for every snapshot.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What `ss` reports about a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The backlog of the listening socket.
    pub backlog: Option<u64>,
    /// Its connections, by the address of the client.
    pub connections: HashMap<SocketAddr, Activity>,
}

/// When a connection was last used, as the kernel keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// How long ago the server has sent something; if it never has, how long the connection exists.
    pub sent: Duration,
    /// Whether it ever has.
    pub has_sent: bool,
}

/// Asks about all sockets at this port of ours; empty if there is no `ss`.
#[must_use]
pub fn ask(port: u16) -> Report {
    let filter = format!("sport = :{port}");
    let output = Command::new("ss")
        .args(["--no-header", "--tcp", "--all", "--numeric", "--info", &filter])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    output.map(|output| parse(&String::from_utf8_lossy(&output.stdout))).unwrap_or_default()
}

/// Parses `STATE RECV-Q SEND-Q LOCAL PEER`, followed by a line of details that begins with a tab.
#[must_use]
pub fn parse(text: &str) -> Report {
    let mut report = Report::default();
    let mut peer = None;
    for line in text.lines() {
        if line.starts_with(char::is_whitespace) {
            if let Some(peer) = peer.take() {
                report.connections.insert(peer, activity(line));
            }
            continue;
        }
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        peer = fields.get(4).and_then(|peer| address(peer));
        if fields.first() == Some(&"LISTEN") {
            report.backlog = fields.get(2).and_then(|backlog| backlog.parse().ok());
        }
    }
    report
}

/// Of `… lastsnd:1234 lastrcv:1240 …`, in milliseconds; what is 0 is left out.
fn activity(details: &str) -> Activity {
    let mut words = details.split_ascii_whitespace();
    let value =
        |key: &str| details.split_ascii_whitespace().find_map(|word| word.strip_prefix(key));
    let sent = value("lastsnd:").and_then(|millis| millis.parse().ok()).unwrap_or(0);
    Activity {
        sent: Duration::from_millis(sent),
        has_sent: words.any(|word| word.starts_with("bytes_sent:")),
    }
}

/// `127.0.0.1:52172`, `[::ffff:127.0.0.1]:52172`; an interface may follow the host: `[fe80::1]%eth0:52172`.
fn address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.split_once('%').map_or(host, |(host, _)| host);
    let ip: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
    Some(SocketAddr::new(ip.to_canonical(), port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "\
LISTEN 2      1          127.0.0.1:38545      0.0.0.0:*    \n\t cubic cwnd:10
ESTAB  0      0          127.0.0.1:38545    127.0.0.1:52162
\t cubic wscale:7,7 rto:204 bytes_sent:3 bytes_acked:3 lastsnd:508 lastrcv:508 lastack:508
ESTAB  6      0          [::ffff:127.0.0.1]:38545    [::ffff:127.0.0.1]:52172
\t cubic wscale:7,7 rto:200 bytes_received:6 lastsnd:504 lastrcv:504 lastack:504
";

    #[test]
    fn backlog_and_times_are_read() {
        let report = parse(TEXT);
        assert_eq!(report.backlog, Some(1));
        assert_eq!(report.connections.len(), 2);
        let served = report.connections[&"127.0.0.1:52162".parse().unwrap()];
        assert_eq!(served, Activity { sent: Duration::from_millis(508), has_sent: true });
        let waits = report.connections[&"127.0.0.1:52172".parse().unwrap()];
        assert_eq!(waits, Activity { sent: Duration::from_millis(504), has_sent: false });
    }

    #[test]
    fn an_interface_may_follow_a_host() {
        assert_eq!(address("127.0.0.1%lo:6379"), "127.0.0.1:6379".parse().ok());
        assert_eq!(address("[fe80::1]%eth0:6379"), "[fe80::1]:6379".parse().ok());
        assert_eq!(address("0.0.0.0:*"), None);
    }

    proptest! {
        #[test]
        fn no_connection_is_made_up(text in "[\\PC\n\t]{0,200}", cut in 0..TEXT.len()) {
            prop_assert!(parse(&text).connections.len() <= text.lines().count() / 2);
            let (whole, part) = (parse(TEXT), parse(&TEXT[..cut]));
            prop_assert!(part.connections.keys().all(|peer| whole.connections.contains_key(peer)));
            prop_assert!(part.backlog.is_none() || part.backlog == whole.backlog);
        }
    }
}
