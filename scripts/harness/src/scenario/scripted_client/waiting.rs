//! How a client waits: for replies, for silence, for the end of its connection.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use trace::semantics::describe;

use super::super::action::Action;
use super::super::happened::{Bytes, FailureKind, What};
use super::super::notation::bytes_of;
use super::super::reply::Reply;
use super::Connected;

/// When other bytes have come than expected, the rest of them is awaited for so long.
const REST: Duration = Duration::from_millis(50);

/// How a read has ended.
enum Got {
    Bytes,
    End,
    Nothing,
}

impl Connected<'_> {
    /// Waits for the replies that must come, and takes them. Each is taken as it comes: all of them may be too large
    /// for the memory.
    pub(super) fn expect(&mut self, action: &Action) -> Result<(), FailureKind> {
        let Some((count, reply)) = expected(action) else { return Ok(()) };
        for number in 1..=count {
            self.expect_one(&reply.bytes(number, self.client.protocol))?;
        }
        self.is_in_time(action)?;
        self.took(count, reply.text(1));
        Ok(())
    }

    /// Whether the reply that has come has taken as long as it must.
    fn is_in_time(&self, action: &Action) -> Result<(), FailureKind> {
        let Action::ExpectIn { least_ms, most_ms, .. } = action else { return Ok(()) };
        match self.began.elapsed() {
            took if took < Duration::from_millis(*least_ms) => Err(FailureKind::TooSoon),
            took if took > Duration::from_millis(*most_ms) => Err(FailureKind::TooLate),
            _ => Ok(()),
        }
    }

    fn expect_one(&mut self, expected: &[u8]) -> Result<(), FailureKind> {
        self.compare(expected)?;
        self.take(expected.len());
        Ok(())
    }

    /// Waits until these bytes are at the front of what was received, and leaves them there.
    fn compare(&mut self, expected: &[u8]) -> Result<(), FailureKind> {
        // So many bytes are compared, and right.
        let mut same = 0;
        loop {
            let got = self.conversation.received.filled();
            let end = got.len().min(expected.len());
            if got.get(same..end) != expected.get(same..end) {
                // The rest is only for the eyes.
                while matches!(self.read(REST)?, Got::Bytes) {}
                return Err(FailureKind::Differs);
            }
            if end == expected.len() {
                return Ok(());
            }
            same = end;
            self.read_more()?;
        }
    }

    /// Waits for one reply that begins with these bytes, and takes all of it.
    pub(super) fn expect_start(&mut self, start: &str) -> Result<(), FailureKind> {
        self.compare(&bytes_of(start, "1"))?;
        self.receive(1)
    }

    /// Takes so many of the received bytes: they are the reply that was waited for.
    fn take(&mut self, count: usize) {
        let received = &mut self.conversation.received;
        self.taken.extend(received.filled().get(..count).unwrap_or_default());
        received.consume(count);
        self.waits_since = Instant::now();
    }

    /// Waits for more bytes of a reply.
    fn read_more(&mut self) -> Result<(), FailureKind> {
        match self.read(self.left())? {
            Got::Bytes => Ok(()),
            Got::End => Err(FailureKind::Closed),
            Got::Nothing if self.taken.count == 0 && self.conversation.received.is_empty() => {
                Err(FailureKind::NoReply)
            }
            Got::Nothing => Err(FailureKind::Incomplete),
        }
    }

    fn took(&self, replies: usize, text: String) {
        let (bytes, waited) = (self.taken.clone(), self.began.elapsed());
        self.note(What::Received { text, bytes, replies, waited });
    }

    /// Waits for so many replies.
    pub(super) fn receive(&mut self, count: usize) -> Result<(), FailureKind> {
        let (mut text, mut replies) = (None, 0);
        while replies < count {
            // Decoding consumes the bytes, also of a part of a reply; what they were is only for the eyes.
            let received = &self.conversation.received;
            let (before, mut bytes) = (received.filled().len(), Bytes::from(received.filled()));
            let decoded = self.conversation.decode();
            bytes.truncate(before - self.conversation.received.filled().len());
            self.taken.append(bytes);
            match decoded {
                Ok(Some(reply)) => {
                    self.waits_since = Instant::now();
                    text.get_or_insert_with(|| describe(&reply));
                    replies += 1;
                }
                Err(_) => return Err(FailureKind::Differs),
                Ok(None) => self.read_more()?,
            }
        }
        self.took(replies, text.unwrap_or_default());
        Ok(())
    }

    pub(super) fn expect_silence(&mut self, time: Duration) -> Result<(), FailureKind> {
        let deadline = self.began + time;
        while self.conversation.received.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.note(What::WasSilent(time));
                return Ok(());
            }
            if matches!(self.read(left)?, Got::End) {
                return Err(FailureKind::Closed);
            }
        }
        while matches!(self.read(REST)?, Got::Bytes) {}
        Err(FailureKind::TooMuch)
    }

    pub(super) fn expect_close(&mut self) -> Result<(), FailureKind> {
        loop {
            let got = self.read(self.left())?;
            let is_empty = self.conversation.received.is_empty();
            match got {
                Got::Bytes => {}
                Got::End | Got::Nothing if !is_empty => return Err(FailureKind::TooMuch),
                Got::End => break,
                Got::Nothing => return Err(FailureKind::StillOpen),
            }
        }
        self.note(What::WasClosed);
        Ok(())
    }

    /// Reads once, if something comes within `patience`.
    fn read(&mut self, patience: Duration) -> Result<Got, FailureKind> {
        let Some(stream) = &mut self.stream else { return Err(FailureKind::Impossible) };
        if self.client.barrier.is_abandoned() {
            return Err(FailureKind::Abandoned);
        }
        let patience = patience.max(Duration::from_millis(1));
        stream.set_read_timeout(Some(patience)).map_err(|_| FailureKind::Impossible)?;
        match stream.read(self.conversation.received.spare_mut()) {
            Ok(0) => Ok(Got::End),
            Ok(count) => {
                self.conversation.received.commit(count);
                Ok(Got::Bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(Got::End),
            Err(_) => Ok(Got::Nothing),
        }
    }

    /// How long it is still ready to wait.
    fn left(&self) -> Duration {
        self.client.patience.saturating_sub(self.waits_since.elapsed())
    }
}

/// How many replies an action waits for, and which, if it says so.
pub(super) fn expected(action: &Action) -> Option<(usize, &Reply)> {
    match action {
        Action::Expect(reply) | Action::ExpectIn { reply, .. } => Some((1, reply)),
        Action::ExpectEach { count, reply } => Some((*count, reply)),
        _ => None,
    }
}
