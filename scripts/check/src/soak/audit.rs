//! What a judgement of the ledger counts for, and the last reading of all keys.

use std::net::SocketAddr;
use std::time::Instant;

use codec::Codec as _;
use codec::resp;

use super::book::{Book, Count, Trouble};
use super::ledger::{Ledger, Shown};
use super::line::{End, Line};

/// So many keys are read at a time.
const BATCH: usize = 100;

/// Reads every key that has nothing under way, when all others have left.
///
/// # Errors
/// [`End`].
pub fn read_all(addr: SocketAddr, ledger: &mut Ledger, book: &Book) -> Result<(), End> {
    // A book of its own: this client does not leave when it is time to.
    let own = Book::default();
    let mut line = Line::open(addr, &own)?;
    for batch in ledger.read_all().chunks(BATCH) {
        let mut bytes = Vec::new();
        for asked in batch {
            resp::Codec::encode_request(&asked.words(), &mut bytes);
        }
        let sent = Instant::now();
        line.send(&bytes)?;
        for asked in batch {
            let reply = line.reply()?;
            judged(ledger.judge(*asked, sent, Instant::now(), &reply), book);
        }
    }
    Ok(())
}

/// Writes down what a reply has shown.
pub fn judged(judgement: Result<Shown, String>, book: &Book) {
    match judgement {
        Err(text) => return book.report(Trouble::Wrong(text)),
        Ok(Shown::Alive) => book.add(Count::Alive),
        Ok(Shown::Gone { expired }) => {
            book.add(Count::Gone);
            if expired {
                book.add(Count::Expired);
            }
        }
        Ok(Shown::Nothing) => {}
    }
    book.add(Count::Answered);
}
