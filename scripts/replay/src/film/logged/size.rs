//! How many bytes a request was on the wire, by its words in the log.

/// The size of `SET name Alice` as a line, or of `["SET", "name", "Alice"]` in RESP. Of a long word the log shows the start and
/// the length: `xxx... (100000 bytes)`.
pub(super) fn of_request(words: &str) -> usize {
    let Some(list) = words.strip_prefix("[\"").and_then(|rest| rest.strip_suffix("\"]")) else {
        let (start, last) = words.rsplit_once(CUT).map_or((words, None), |(start, rest)| {
            (start.rsplit_once(' ').map_or(start, |(start, _)| start), number(rest))
        });
        return start.len() + last.map_or(0, |length| 1 + length) + 1;
    };
    let args: Vec<usize> = list.split("\", \"").map(length).collect();
    let header = |count: usize| "*\r\n".len() + count.to_string().len();
    let arg = |length: &usize| header(*length) + length + "\r\n".len();
    header(args.len()) + args.iter().map(arg).sum::<usize>()
}

/// What stands behind the start of a long word.
const CUT: &str = "... (";

/// How many bytes a word had.
fn length(word: &str) -> usize {
    let cut = word.rsplit_once(CUT).and_then(|(_, rest)| number(rest));
    cut.unwrap_or(word.len())
}

/// The number in front of ` bytes)`.
fn number(text: &str) -> Option<usize> {
    text.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::of_request;

    #[test]
    fn the_words_of_a_request_tell_its_size() {
        assert_eq!(of_request("SET name Alice"), "SET name Alice\n".len());
        let resp = "*3\r\n$3\r\nSET\r\n$4\r\nname\r\n$5\r\nAlice\r\n";
        assert_eq!(of_request(r#"["SET", "name", "Alice"]"#), resp.len());
        let long = format!("*2\r\n$4\r\nECHO\r\n$1000\r\n{}\r\n", "x".repeat(1000));
        assert_eq!(of_request(r#"["ECHO", "xxxxx... (1000 bytes)"]"#), long.len());
        assert_eq!(of_request("SET big xxxxx... (1000 bytes)"), "SET big \n".len() + 1000);
    }
}
