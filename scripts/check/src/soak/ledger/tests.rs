//! The ledger is asked about moments that the tests make up: nothing here waits.

use super::words::value;
use super::*;

const KEY: usize = 7;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A ledger, and a moment from which times are counted.
struct Story(Ledger, Instant);

impl Story {
    fn new() -> Self {
        Self(Ledger::new(), Instant::now())
    }

    fn set(&mut self, version: u64, life: Life, sent: u64, received: u64) {
        let act = Act::Set { version, size: 0, life };
        assert_eq!(self.ask(act, sent, received, &Reply::ok()), Ok(Shown::Nothing));
    }

    fn get(&mut self, sent: u64, received: u64, version: Option<u64>) -> Result<Shown, String> {
        let found = version.map(|version| value(KEY, version, 0));
        self.ask(Act::Get, sent, received, &found.map_or(Reply::Nil, Reply::Bulk))
    }

    fn ask(&mut self, act: Act, sent: u64, received: u64, reply: &Reply) -> Result<Shown, String> {
        let asked = self.0.take(KEY, act).unwrap();
        self.0.judge(asked, self.1 + ms(sent), self.1 + ms(received), reply)
    }
}

#[test]
fn a_key_has_to_be_there_until_the_earliest_moment_it_can_expire() {
    let mut story = Story::new();
    story.set(1, Life::For(ms(100)), 10, 20);
    assert_eq!(story.get(50, 108, Some(1)), Ok(Shown::Alive));
    let error = story.get(50, 108, None).unwrap_err();
    assert_eq!(
        error,
        "GET soak:7: expected the 4 bytes that begin 7:1; (they expire in 2 ms at the earliest); got nil"
    );
}

#[test]
fn a_key_has_to_be_gone_after_the_latest_moment_it_can_expire() {
    let mut story = Story::new();
    story.set(1, Life::For(ms(100)), 10, 20);
    let error = story.get(122, 123, Some(1)).unwrap_err();
    assert_eq!(
        error,
        "GET soak:7: expected nothing: it expired 3 ms ago at the latest; got \"7:1;\""
    );
    assert_eq!(story.get(122, 123, None), Ok(Shown::Gone { expired: true }));
    assert_eq!(story.get(130, 131, None), Ok(Shown::Gone { expired: false }), "it is told once");
}

#[test]
fn in_between_both_answers_are_right_and_a_third_is_not() {
    let mut story = Story::new();
    story.set(1, Life::For(ms(100)), 10, 20);
    assert_eq!(story.get(105, 115, Some(1)), Ok(Shown::Nothing));
    assert!(story.get(105, 115, Some(2)).is_err());
    story.set(3, Life::For(ms(100)), 10, 20);
    assert_eq!(story.get(121, 122, None), Ok(Shown::Nothing));
}

#[test]
fn a_key_that_was_seen_to_be_gone_does_not_come_back() {
    let mut story = Story::new();
    story.set(1, Life::For(ms(100)), 0, 50);
    assert_eq!(story.get(110, 120, None), Ok(Shown::Nothing));
    assert!(story.get(121, 122, Some(1)).unwrap_err().contains("expected nothing"));
}

#[test]
fn keepttl_keeps_the_deadline_of_what_was_there_for_certain() {
    let mut story = Story::new();
    story.set(1, Life::For(ms(100)), 10, 20);
    story.set(2, Life::AsBefore, 30, 40);
    assert_eq!(story.get(50, 60, Some(2)), Ok(Shown::Alive));
    assert!(story.get(122, 123, Some(2)).is_err());
}

#[test]
fn keepttl_of_a_key_that_may_be_gone_leaves_a_deadline_or_none() {
    let mut story = Story::new();
    story.set(1, Life::For(ms(100)), 10, 20);
    story.set(2, Life::AsBefore, 105, 115);
    assert_eq!(story.get(500, 501, Some(2)), Ok(Shown::Nothing));
    assert_eq!(story.get(600, 601, None), Ok(Shown::Nothing));
    story.set(3, Life::AsBefore, 700, 701);
    assert_eq!(story.get(9_000, 9_001, Some(3)), Ok(Shown::Alive), "it was gone for certain");
}

#[test]
fn a_value_that_was_overwritten_is_wrong() {
    let mut story = Story::new();
    story.set(1, Life::Forever, 10, 20);
    story.set(2, Life::Forever, 30, 40);
    assert!(story.get(50, 60, Some(1)).unwrap_err().contains("begin 7:2; (they do not expire)"));
}

#[test]
fn a_deletion_says_whether_there_was_something() {
    let mut story = Story::new();
    story.set(1, Life::Forever, 10, 20);
    assert_eq!(story.ask(Act::Del, 30, 40, &Reply::Integer(1)), Ok(Shown::Nothing));
    assert_eq!(story.get(50, 60, None), Ok(Shown::Gone { expired: false }));
    assert!(story.ask(Act::Del, 70, 80, &Reply::Integer(1)).is_err());
}

#[test]
fn a_key_has_one_request_under_way() {
    let mut ledger = Ledger::new();
    let asked = ledger.take(KEY, Act::Get).unwrap();
    assert!(ledger.take(KEY, Act::Get).is_none());
    let now = Instant::now();
    ledger.judge(asked, now, now, &Reply::Nil).unwrap();
    assert!(ledger.take(KEY, Act::Get).is_some());
}
