//! The oracle judges replies at moments that the tests invent: no test waits.

use super::request::bytes;
use super::*;

const KEY: usize = 7;
const NOTHING: &[Count] = &[];
const ALIVE: &[Count] = &[Count::Alive];

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// An oracle, and the moment from which times are counted.
struct Timeline(Oracle, Instant);

impl Timeline {
    fn new() -> Self {
        Self(Oracle::new(), Instant::now())
    }

    fn set(&mut self, version: u64, expiry: Expiry, sent: u64, received: u64) {
        let action = Action::Set { version, size: 0, expiry };
        assert_eq!(self.ask(action, sent, received, &Reply::ok()), Ok(NOTHING));
    }

    fn get(
        &mut self,
        sent: u64,
        received: u64,
        version: Option<u64>,
    ) -> Result<&'static [Count], String> {
        let found = version.map(|version| bytes(KEY, version, 0));
        self.ask(Action::Get, sent, received, &found.map_or(Reply::Nil, Reply::Bulk))
    }

    fn ask(
        &mut self,
        action: Action,
        sent: u64,
        received: u64,
        reply: &Reply,
    ) -> Result<&'static [Count], String> {
        let request = self.0.take(KEY, action).unwrap();
        self.0.judge(request, self.1 + ms(sent), self.1 + ms(received), reply)
    }
}

#[test]
fn a_key_has_to_be_there_until_the_earliest_moment_it_can_expire() {
    let mut timeline = Timeline::new();
    timeline.set(1, Expiry::After(ms(100)), 10, 20);
    assert_eq!(timeline.get(50, 108, Some(1)), Ok(ALIVE));
    let error = timeline.get(50, 108, None).unwrap_err();
    assert_eq!(
        error,
        "GET soak:7\n  expected: the 4 bytes that begin 7:1; (they expire in 2 ms at the earliest)\n  got:      nil"
    );
}

#[test]
fn a_key_has_to_be_gone_after_the_latest_moment_it_can_expire() {
    let mut timeline = Timeline::new();
    timeline.set(1, Expiry::After(ms(100)), 10, 20);
    let error = timeline.get(122, 123, Some(1)).unwrap_err();
    assert_eq!(
        error,
        "GET soak:7\n  expected: nothing: it expired 3 ms ago at the latest\n  got:      \"7:1;\""
    );
    assert_eq!(timeline.get(122, 123, None), Ok(&[Count::Gone, Count::Expired][..]));
    assert_eq!(timeline.get(130, 131, None), Ok(&[Count::Gone][..]), "it is counted once");
}

#[test]
fn in_between_both_answers_are_right_and_a_third_is_not() {
    let mut timeline = Timeline::new();
    timeline.set(1, Expiry::After(ms(100)), 10, 20);
    assert_eq!(timeline.get(105, 115, Some(1)), Ok(NOTHING));
    assert!(timeline.get(105, 115, Some(2)).is_err());
    timeline.set(3, Expiry::After(ms(100)), 10, 20);
    assert_eq!(timeline.get(121, 122, None), Ok(NOTHING));
}

#[test]
fn a_key_that_was_seen_to_be_gone_does_not_come_back() {
    let mut timeline = Timeline::new();
    timeline.set(1, Expiry::After(ms(100)), 0, 50);
    assert_eq!(timeline.get(110, 120, None), Ok(NOTHING));
    assert!(timeline.get(121, 122, Some(1)).unwrap_err().contains("expected: nothing"));
}

#[test]
fn keepttl_keeps_the_deadline_of_what_was_there_for_certain() {
    let mut timeline = Timeline::new();
    timeline.set(1, Expiry::After(ms(100)), 10, 20);
    timeline.set(2, Expiry::Keep, 30, 40);
    assert_eq!(timeline.get(50, 60, Some(2)), Ok(ALIVE));
    assert!(timeline.get(122, 123, Some(2)).is_err());
}

#[test]
fn keepttl_of_a_key_that_may_be_gone_leaves_a_deadline_or_none() {
    let mut timeline = Timeline::new();
    timeline.set(1, Expiry::After(ms(100)), 10, 20);
    timeline.set(2, Expiry::Keep, 105, 115);
    assert_eq!(timeline.get(500, 501, Some(2)), Ok(NOTHING));
    assert_eq!(timeline.get(600, 601, None), Ok(NOTHING));
    timeline.set(3, Expiry::Keep, 700, 701);
    assert_eq!(timeline.get(9_000, 9_001, Some(3)), Ok(ALIVE), "it was gone for certain");
}

#[test]
fn a_value_that_was_overwritten_is_wrong() {
    let mut timeline = Timeline::new();
    timeline.set(1, Expiry::Never, 10, 20);
    timeline.set(2, Expiry::Never, 30, 40);
    assert!(timeline.get(50, 60, Some(1)).unwrap_err().contains("begin 7:2; (they do not expire)"));
}

#[test]
fn a_deletion_says_whether_there_was_something() {
    let mut timeline = Timeline::new();
    timeline.set(1, Expiry::Never, 10, 20);
    assert_eq!(timeline.ask(Action::Del, 30, 40, &Reply::Integer(1)), Ok(NOTHING));
    assert_eq!(timeline.get(50, 60, None), Ok(&[Count::Gone][..]));
    assert!(timeline.ask(Action::Del, 70, 80, &Reply::Integer(1)).is_err());
}

#[test]
fn a_key_has_one_request_under_way() {
    let mut oracle = Oracle::new();
    let request = oracle.take(KEY, Action::Get).unwrap();
    assert!(oracle.take(KEY, Action::Get).is_none());
    let now = Instant::now();
    oracle.judge(request, now, now, &Reply::Nil).unwrap();
    assert!(oracle.take(KEY, Action::Get).is_some());
}
