//! What the fuzz targets share: how an input becomes a stream in pieces, and how much memory it may take.
//!
//! Each target takes its input for untrusted bytes. The code must not panic, it must not hang, and it must
//! keep the promises that the target checks.

use std::io::{self, Read};

use shared::buffer::{Parsed, ReadBuffer};
use shared::request::{ProtocolError, Request};

/// The memory that a decoder may take before anything arrives, in bytes: the space for a read.
const BASE: u64 = 256 * 1024;
/// The memory that it may take for each byte that has arrived, in bytes.
const PER_BYTE: u64 = 256;

/// The size of the pieces, which is the first byte of an input, and the stream, which is the rest.
#[must_use]
pub fn pieces(input: &[u8]) -> (usize, &[u8]) {
    match input.split_first() {
        Some((size, stream)) => (usize::from(*size) + 1, stream),
        None => (1, input),
    }
}

/// Feeds `stream` to `step` in pieces of `size` bytes. `step` returns whether it wants to go on.
pub fn in_pieces(stream: &[u8], size: usize, mut step: impl FnMut(&mut ReadBuffer) -> bool) {
    let mut buffer = ReadBuffer::new();
    for piece in stream.chunks(size) {
        buffer.extend(piece);
        if !step(&mut buffer) {
            break;
        }
    }
}

/// Runs `decode` and returns what it does.
///
/// # Panics
/// If it takes more memory than `length` bytes justify: it has allocated for bytes that were only announced.
pub fn within_memory<T>(length: usize, decode: impl FnOnce() -> T) -> T {
    let mut result = None;
    let used = allocation_counter::measure(|| result = Some(decode())).bytes_max;
    let most = BASE + PER_BYTE * length as u64;
    assert!(used <= most, "{length} bytes took {used} bytes of memory");
    result.unwrap_or_else(|| unreachable!("it was run"))
}

/// `decode_request` of a lab's `protocol.rs`.
pub type DecodeRequest =
    for<'a> fn(&'a [u8], &mut Parsed) -> Result<Option<(Request<'a>, usize)>, ProtocolError>;

/// The requests in a stream, and then the error or the bytes that are left.
pub type Requests = (Vec<Vec<Vec<u8>>>, Result<Vec<u8>, ProtocolError>);

/// Decodes a stream that arrives in pieces of `size` bytes. Empty requests are skipped.
pub fn requests(stream: &[u8], size: usize, decode: DecodeRequest) -> Requests {
    let (mut requests, mut end) = (Vec::new(), Ok(Vec::new()));
    in_pieces(stream, size, |buffer| {
        let result = drain(buffer, decode, &mut requests);
        end = result.map(|()| buffer.filled().to_vec());
        end.is_ok()
    });
    (requests, end)
}

fn drain(
    buffer: &mut ReadBuffer,
    decode: DecodeRequest,
    requests: &mut Vec<Vec<Vec<u8>>>,
) -> Result<(), ProtocolError> {
    loop {
        let (bytes, parsed) = buffer.filled_and_parsed();
        let Some((request, size)) = decode(bytes, parsed)? else { return Ok(()) };
        assert!(0 < size && size <= bytes.len(), "a request of {size} bytes");
        if !request.is_empty() {
            requests.push(request.args().map(<[u8]>::to_vec).collect());
        }
        buffer.consume(size);
    }
}

/// Encodes requests, decodes them again, and compares.
///
/// # Panics
/// If it is different.
pub fn round_trip<C: codec::Codec>(requests: &[Vec<Vec<u8>>], decode: DecodeRequest) {
    let mut stream = Vec::new();
    for args in requests {
        C::encode_request(args, &mut stream);
    }
    let (again, end) = self::requests(&stream, stream.len().max(1), decode);
    assert_eq!(again, requests, "encoded and decoded again, it is different");
    assert_eq!(end, Ok(Vec::new()), "encoded and decoded again, it does not end");
}

/// A text that arrives in pieces, as from a pipe.
#[derive(Debug)]
pub struct Pieces<'a> {
    text: &'a [u8],
    size: usize,
}

impl<'a> Pieces<'a> {
    /// `text`, in pieces of `size` bytes.
    #[must_use]
    pub fn new(text: &'a [u8], size: usize) -> Self {
        Self { text, size }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(room.len());
        self.text.read(&mut room[..size])
    }
}

/// What `explain` writes.
///
/// # Panics
/// If it fails, or if what it writes would command a terminal.
pub fn page_of(explain: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut page = Vec::new();
    explain(&mut page).expect("nothing here can fail");
    let page = String::from_utf8(page).expect("a page is text");
    assert!(!page.contains(|letter: char| letter.is_control() && letter != '\n'), "{page:?}");
    page
}

/// Explains `text` in one piece and in pieces of `size` bytes, and returns the page.
///
/// # Panics
/// If the pages differ.
pub fn same_page(
    text: &[u8],
    size: usize,
    explain: impl Fn(Pieces<'_>, &mut Vec<u8>) -> io::Result<()>,
) -> String {
    let page = page_of(|page| explain(Pieces::new(text, text.len().max(1)), page));
    let in_pieces = page_of(|page| explain(Pieces::new(text, size), page));
    assert_eq!(in_pieces, page, "read in pieces of {size} bytes, it differs");
    page
}
