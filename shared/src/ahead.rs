//! Looking ahead: while the first request of a pipeline is answered, memory can fetch what the others ask for.
//!
//! When there are more keys than the processor's cache holds, a look-up is a wait for memory: about 100 ns for
//! the table, and as much for the entry. One after the other, the requests of a pipeline wait longer for
//! memory than all else takes. But their keys are known, and memory can do many things at a time. So all of
//! them are looked up at once before the first one is answered, and nothing is done with what is found.

use crate::inbox::{Bookmark, Inbox};
use crate::resp;
use crate::store::Store;

/// With fewer keys, all are in the cache.
const MANY_KEYS: usize = 10_000;
/// Fewer bytes than this are no pipeline.
const PIPELINE: usize = 256;

/// Fetches the keys of all whole requests that wait in the inbox. It changes nothing, for nobody.
pub fn fetch(inbox: &Inbox, store: &Store) {
    let bytes = inbox.unread();
    // To look at the start of a long request again, whenever a part of it arrives, would take time
    // quadratic in its length.
    if store.len() >= MANY_KEYS && bytes.len() >= PIPELINE && !inbox.has_begun() {
        store.fetch(Keys { bytes, bookmark: Bookmark::default() });
    }
}

/// The first arguments of the requests in `bytes`, which are keys in nearly all commands.
struct Keys<'a> {
    bytes: &'a [u8],
    bookmark: Bookmark,
}

impl<'a> Iterator for Keys<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let Keys { bytes, bookmark } = self;
        bookmark.cursor = 0;
        // What is wrong with a request is said when it is its turn.
        let is_whole =
            bytes.first() == Some(&b'*') && resp::scan_array(bytes, bookmark) == Ok(true);
        let key = bookmark.words.get(1).cloned().filter(|_| is_whole)?;
        let key = bytes.get(key)?;
        *bytes = bytes.get(bookmark.cursor..)?;
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_all_whole_requests_are_seen_and_nothing_is_taken() {
        let mut inbox = Inbox::new();
        inbox.push(b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n1\r\n*2\r\n$3\r\nGE");
        let keys = Keys { bytes: inbox.unread(), bookmark: Bookmark::default() };
        assert_eq!(keys.collect::<Vec<_>>(), [b"a", b"b"]);
        assert_eq!(resp::decode(&mut inbox).unwrap().unwrap().word(1), b"a");
    }

    #[test]
    fn what_cannot_become_a_request_is_left_to_the_decoder() {
        for bytes in
            [&b"PING\r\n"[..], b"*1\r\n$4\r\nPING\r\n", b"*9999999999\r\n", b"*2\r\n+x\r\n", b""]
        {
            assert_eq!(Keys { bytes, bookmark: Bookmark::default() }.next(), None);
        }
    }
}
