//! Bytes for the eyes: what can be read as it is, all else with a backslash.

use harness::scenario::Bytes;

/// Bytes on one line of at most `width` columns.
pub(super) fn line(bytes: &Bytes, width: usize) -> String {
    line_of(bytes, bytes.count, width)
}

/// The same of the last part of bytes: `count` says how many there are in all.
fn line_of(bytes: &Bytes, count: usize, width: usize) -> String {
    let text = escaped(&bytes.first);
    if text.chars().count() <= width && bytes.first.len() == bytes.count {
        return text;
    }
    let count = format!("… ({count} bytes)");
    let room = width.saturating_sub(count.chars().count());
    cut_between(&bytes.first, room) + &count
}

/// So many bytes as fit, none of them cut in two.
fn cut_between(bytes: &[u8], room: usize) -> String {
    let mut text = String::new();
    for byte in bytes {
        let next = escaped(&[*byte]);
        if text.len() + next.len() > room {
            break;
        }
        text.push_str(&next);
    }
    text
}

pub(super) fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            b'"' | b'\'' => char::from(*byte).to_string(),
            byte => byte.escape_ascii().to_string(),
        })
        .collect()
}

/// Two rows of bytes from where they begin to differ, or shortly before, and a mark below the first difference.
pub(super) fn compared(expected: &Bytes, got: &Bytes, width: usize) -> [String; 3] {
    let pairs = expected.first.iter().zip(&got.first);
    let same = pairs.take_while(|(a, b)| a == b).count();
    // What is the same is cut at its front if it would take more than half of the line.
    let mut start = 0;
    while escaped(&expected.first[start..same]).len() > width / 2 {
        start += 1;
    }
    let dots = if start > 0 { "…" } else { "" };
    let row = |bytes: &Bytes| {
        let rest = Bytes { first: bytes.first[start..].to_vec(), count: bytes.count - start };
        format!("{dots}{}", line_of(&rest, bytes.count, width - 1))
    };
    let place = dots.chars().count() + escaped(&expected.first[start..same]).len();
    [row(expected), row(got), format!("{:place$}^", "")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &[u8]) -> Bytes {
        text.into()
    }

    #[test]
    fn the_mark_stands_below_the_first_difference() {
        let rows = compared(&bytes(b"$5\r\nAlice\r\n"), &bytes(b"$7\r\nAlice\r\n"), 40);
        assert_eq!(rows, [r"$5\r\nAlice\r\n", r"$7\r\nAlice\r\n", " ^"]);
        let (long, longer) = ([b'x'; 100], [b'x'; 101]);
        let [must, is, mark] = compared(&bytes(&long), &bytes(&longer), 40);
        assert_eq!(
            (mark.len(), &*must, &*is),
            (22, "…xxxxxxxxxxxxxxxxxxxx", "…xxxxxxxxxxxxxxxxxxxxx")
        );
    }

    #[test]
    fn a_long_line_says_how_many_bytes_there_are() {
        assert_eq!(line(&bytes(b"GET a\r\n"), 20), r"GET a\r\n");
        assert_eq!(line(&bytes(&[0xff; 100]), 24), r"\xff\xff… (100 bytes)");
    }
}
