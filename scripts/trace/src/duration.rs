//! How long something took, for people: three digits and a unit.

use std::fmt;
use std::time::Duration;

/// Shows a duration as `18 µs`, `3.6 ms`, `504 ms`, `1.003 s`.
#[derive(Debug, Clone, Copy)]
pub struct Human(pub Duration);

impl fmt::Display for Human {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        match micros {
            0..1_000 => write!(f, "{micros} µs"),
            1_000..99_950 => write!(f, "{}.{} ms", (micros + 50) / 1_000, (micros + 50) / 100 % 10),
            99_950..999_500 => write!(f, "{} ms", (micros + 500) / 1_000),
            999_500..99_999_500 => {
                let millis = (micros + 500) / 1_000;
                write!(f, "{}.{:03} s", millis / 1_000, millis % 1_000)
            }
            _ => write!(f, "{} s", (micros + 500_000) / 1_000_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_few_digits() {
        let show = |micros| Human(Duration::from_micros(micros)).to_string();
        assert_eq!(show(18), "18 µs");
        assert_eq!(show(999), "999 µs");
        assert_eq!(show(3_600), "3.6 ms");
        assert_eq!(show(99_949), "99.9 ms");
        assert_eq!(show(99_950), "100 ms");
        assert_eq!(show(999_499), "999 ms");
        assert_eq!(show(999_500), "1.000 s");
        assert_eq!(show(1_003_499), "1.003 s");
        assert_eq!(show(123_456_789), "123 s");
    }
}
