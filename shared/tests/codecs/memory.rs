//! What bytes may cost in memory: nothing is allocated on the word of a length.

use proptest::prelude::*;
use shared::inbox::Inbox;
use shared::resp::{self, Codec};
use shared::wire::Codec as _;

use super::{in_pieces, nearly_resp, small_pieces};

/// Memory that a decoder may take without having been sent anything, in bytes: the room for a read.
const BASE: usize = 64 * 1024;
/// Memory that it may take for each byte that has arrived, in bytes.
const PER_BYTE: usize = 128;

/// The most memory that both decoders take for `stream`, in bytes.
fn memory(stream: &[u8], sizes: &[usize]) -> [usize; 2] {
    let measure = |decode: &mut dyn FnMut(&mut Inbox) -> bool| {
        let used = allocation_counter::measure(|| in_pieces(stream, sizes, decode)).bytes_max;
        usize::try_from(used).unwrap()
    };
    let mut codec = Codec::default();
    [
        measure(&mut |inbox| {
            while resp::decode(inbox).is_ok_and(|request| request.is_some()) {}
            true
        }),
        measure(&mut |inbox| {
            while codec.decode(inbox).is_ok_and(|reply| reply.is_some()) {}
            true
        }),
    ]
}

#[test]
fn a_length_that_nobody_sends_the_bytes_of_costs_nothing() {
    for stream in [
        "*1\r\n$536870912\r\nabc",
        "*2147483647\r\n$3\r\nGET\r\n",
        "$9223372036854775807\r\nabc",
        "=9223372036854775807\r\ntxt:",
        "*9223372036854775807\r\n:1\r\n",
        "%9223372036854775807\r\n:1\r\n",
    ] {
        for used in memory(stream.as_bytes(), &[1]) {
            assert!(used < BASE, "{}: {used} bytes", stream.escape_debug());
        }
    }
}

#[test]
fn arrays_within_arrays_cost_no_more_than_their_bytes() {
    for stream in
        ["*1\r\n".repeat(200_000), "*1000000\r\n".repeat(128), "*1\r\n:1\r\n".repeat(1000)]
    {
        for used in memory(stream.as_bytes(), &[stream.len()]) {
            assert!(used < BASE + PER_BYTE * stream.len(), "{used} bytes for {}", stream.len());
        }
    }
}

proptest! {
    #[test]
    fn memory_grows_with_the_bytes_that_arrive_and_not_with_what_they_say(
        stream in nearly_resp(), sizes in small_pieces(),
    ) {
        for used in memory(&stream, &sizes) {
            prop_assert!(used < BASE + PER_BYTE * stream.len(), "{used} bytes for {}", stream.len());
        }
    }
}
