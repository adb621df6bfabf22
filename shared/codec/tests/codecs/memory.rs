//! The memory of the decoders: a decoder allocates no memory for bytes that are only announced.

use codec::Codec as _;
use codec::resp::Codec;
use proptest::prelude::*;
use shared::buffer::ReadBuffer;

use super::{almost_valid_resp, decode_all, in_pieces, small_pieces};

/// The memory that a decoder may take before bytes arrive: the space for a read, in bytes.
const BASE: usize = 64 * 1024;
/// The memory that a decoder may take for each byte that has arrived, in bytes.
const PER_BYTE: usize = 128;

/// The most memory that both decoders take for `stream`, in bytes.
fn memory(stream: &[u8], sizes: &[usize]) -> [usize; 2] {
    let measure = |decode: &mut dyn FnMut(&mut ReadBuffer) -> bool| {
        let used = allocation_counter::measure(|| in_pieces(stream, sizes, decode)).bytes_max;
        usize::try_from(used).unwrap()
    };
    let mut codec = Codec::default();
    [
        measure(&mut |buffer| {
            _ = decode_all(buffer, &mut Vec::new());
            true
        }),
        measure(&mut |buffer| {
            while codec.decode_reply(buffer).is_ok_and(|reply| reply.is_some()) {}
            true
        }),
    ]
}

#[test]
fn a_length_without_its_bytes_takes_no_memory() {
    for stream in [
        "*1\r\n$536870912\r\nabc",
        "*2147483647\r\n$3\r\nGET\r\n",
        "$9223372036854775807\r\nabc",
        "=9223372036854775807\r\ntxt:",
        "*9223372036854775807\r\n:1\r\n",
        "%9223372036854775807\r\n:1\r\n",
        "|9223372036854775807\r\n:1\r\n",
        "!9223372036854775807\r\nERR",
    ] {
        for used in memory(stream.as_bytes(), &[1]) {
            assert!(used < BASE, "{}: {used} bytes", stream.escape_debug());
        }
    }
}

#[test]
fn nested_arrays_take_memory_in_proportion_to_their_bytes() {
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
    fn memory_grows_with_the_bytes_that_arrive_and_not_with_the_lengths_in_them(
        stream in almost_valid_resp(), sizes in small_pieces(),
    ) {
        for used in memory(&stream, &sizes) {
            prop_assert!(used < BASE + PER_BYTE * stream.len(), "{used} bytes for {}", stream.len());
        }
    }
}
