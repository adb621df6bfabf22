//! The kernel's table of TCP sockets: `/proc/PID/net/tcp` and `tcp6` (man 5 proc).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The state of a socket (`include/net/tcp_states.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Both sides are connected.
    Established,
    /// A client knocks, and nobody has answered yet.
    SynSent,
    /// The server's side of a handshake that is not finished.
    SynReceived,
    /// The other side has closed, and this one has not.
    CloseWait,
    /// It listens.
    Listen,
    /// On its way out.
    Closing,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Socket {
    /// The end that this line is about.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
    /// Its state.
    pub state: State,
    /// Send-Q: bytes that the other side has not acknowledged.
    pub send_queue: u64,
    /// Recv-Q: bytes that nobody has read; of a listening socket, clients that nobody has accepted.
    pub receive_queue: u64,
    /// The number that `/proc/PID/fd` shows as `socket:[…]`; 0 if no process has it.
    pub inode: u64,
}

/// Parses the table, and passes over lines that it does not understand.
#[must_use]
pub fn parse(table: &str) -> Vec<Socket> {
    table.lines().filter_map(parse_line).collect()
}

/// `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …`
fn parse_line(line: &str) -> Option<Socket> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let local = address(fields.next()?)?;
    let remote = address(fields.next()?)?;
    let state = state(fields.next()?)?;
    let (send, receive) = fields.next()?.split_once(':')?;
    let send_queue = u64::from_str_radix(send, 16).ok()?;
    let receive_queue = u64::from_str_radix(receive, 16).ok()?;
    let inode = fields.nth(4)?.parse().ok()?;
    Some(Socket { local, remote, state, send_queue, receive_queue, inode })
}

fn state(text: &str) -> Option<State> {
    Some(match u8::from_str_radix(text, 16).ok()? {
        1 => State::Established,
        2 => State::SynSent,
        3 | 12 => State::SynReceived,
        8 => State::CloseWait,
        10 => State::Listen,
        4..=7 | 9 | 11 => State::Closing,
        _ => return None,
    })
}

/// `0100007F:18EB`: the kernel prints an address as numbers of 32 bits in the order of this machine's
/// bytes, and the port as a number.
fn address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |start: usize| {
        let digits = host.get(start..start + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let ip = match host.len() {
        8 => IpAddr::from(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let bytes: [u8; 16] = words.as_flattened().try_into().ok()?;
            // A server on [::] sees clients of IPv4 as ::ffff:127.0.0.1.
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   1: 0100007F:9691 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 195458 3 000000002cfd3cbd 100 0 0 10 0
   3: 0100007F:9691 0100007F:CBC2 01 00000000:00000000 00:00000000 00000000     0        0 195459 1 00000000f32b9df0 20 4 31 11 -1
  11: 0100007F:9691 0100007F:CBCC 01 00000000:00000006 00:00000000 00000000     0        0 0 1 00000000349b3408 20 4 30 10 -1
  18: 0100007F:CBDA 0100007F:9691 02 00000001:00000000 01:00000030 00000000     0        0 195474 2 00000000052dd2c6 100 0 0 10 -1
";

    #[test]
    #[cfg(target_endian = "little")]
    fn a_table_is_read() {
        let sockets = parse(TABLE);
        assert_eq!(sockets.len(), 4);
        assert_eq!(sockets[0].local, "127.0.0.1:38545".parse().unwrap());
        assert_eq!((sockets[0].state, sockets[0].receive_queue), (State::Listen, 2));
        let waiting = Socket {
            local: "127.0.0.1:38545".parse().unwrap(),
            remote: "127.0.0.1:52172".parse().unwrap(),
            state: State::Established,
            send_queue: 0,
            receive_queue: 6,
            inode: 0,
        };
        assert_eq!(sockets[2], waiting);
        assert_eq!((sockets[3].state, sockets[3].send_queue), (State::SynSent, 1));
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn an_address_of_ipv6_is_read() {
        let loopback = address("00000000000000000000000001000000:18EB");
        assert_eq!(loopback, "[::1]:6379".parse().ok());
        let mapped = address("0000000000000000FFFF00000100007F:CBC2");
        assert_eq!(mapped, "127.0.0.1:52162".parse().ok());
    }

    #[test]
    fn what_is_cut_is_passed_over() {
        for end in 0..TABLE.len() {
            assert!(parse(&TABLE[..end]).len() <= 4);
        }
    }

    proptest! {
        #[test]
        fn garbled_tables_do_no_harm(text in "\\PC{0,200}", line in "[0-9A-F: ]{0,150}") {
            _ = parse(&text);
            _ = parse(&line);
        }
    }
}
