//! The rules. Each finds what is certainly wrong: a false alarm would cost more than a sentence that is not found.

use std::sync::LazyLock;

use regex::Regex;

/// The longest sentence, in words. Code is one word, and so is a link.
const WORDS: usize = 25;

/// Inversions: the verb stands before the subject. And sentences whose subject is a clause.
const INVERSIONS: [&str; 9] = [
    r"^Neither (?:do|does|did|can|has|have|will|must)\b[^?]*$",
    r"^(?:So|Nor|Never|Seldom|Rarely|Hardly|Little) (?:do|does|did|is|are|was|were|can|has|have|had|will|must)\b[^?]*$",
    r"[,;:] (?:so|nor|neither) (?:do|does|did|is|are|was|were|can|has|have|will|must) (?:it|he|she|they|the|a|an|each|every)\b",
    r"^Not (?:only|until|once|often|before|so)\b[^:]*$",
    r"^Only (?:then|so|now|when|if|after|by|there|here|where)\b|[,;:] only (?:then|so)\b",
    r"^Here (?:is|are|comes?|stands?|lies?)\b",
    r"^(?:Had|Were|Should) (?:it|you|the|a|an|we|he|she|they|this|that|one)\b[^?]*$",
    r"\b(?i:before|behind|after|below|above|in|on|beside|beneath|from)(?: \S+){1,4} (?:comes?|stands?|lies?|sits?) (?:a|an|the|its|their|what|no|another)\b",
    r"^(?:Who|Whoever|What)(?: [^\s?:]+){4,}\.\s*$",
];

/// Words that have a better one.
const HOUSE_WORDS: [(&str, &str); 20] = [
    ("besides", "also"),
    ("bookmarks?", "parse state"),
    ("converses?", "handle, or talk to"),
    ("crowds?", "client pool"),
    ("deaf", "ignores, as in: a process that ignores SIGTERM"),
    ("desks?", "buffer pool"),
    ("doors?", "listening socket"),
    ("guests?", "client"),
    ("(?:hangs?|hanging|hung) up", "close the connection"),
    ("in vain", "without success, or say what happened"),
    ("inbox", "read buffer"),
    ("ledgers?", "oracle"),
    ("left-?overs?", "orphaned processes, or the rest"),
    ("look(?:s|ed|ing)? after", "periodic work, or take care of"),
    ("outbox", "write buffer"),
    ("patience", "timeout, or time limit"),
    ("strangers?", "untrusted input, or other clients"),
    ("the floor", "the baseline"),
    ("whoever", "the student who, or the client that"),
    ("whom", "the person or the client: name it"),
];

static INVERTED: LazyLock<Vec<Regex>> =
    LazyLock::new(|| INVERSIONS.iter().filter_map(|it| Regex::new(it).ok()).collect());
static WORD: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compile = |(word, better): &(&str, &'static str)| {
        Some((Regex::new(&format!(r"(?i)\b(?:{word})\b")).ok()?, *better))
    };
    HOUSE_WORDS.iter().filter_map(compile).collect()
});

/// What is wrong with a sentence.
#[derive(Debug)]
pub struct Alarm {
    /// The name of the rule.
    pub rule: &'static str,
    /// What the rule has found.
    pub what: String,
    /// What to do.
    pub advice: String,
    /// The byte of the sentence where it is.
    pub at: usize,
}

/// Judges a sentence.
pub fn judge(sentence: &str) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    let mut alarm = |rule, what: String, advice: String, at| {
        alarms.push(Alarm { rule, what, advice, at });
    };
    let words = sentence.split_whitespace().filter(|it| it.contains(char::is_alphanumeric)).count();
    if words > WORDS {
        let advice = "Make two sentences of it: one idea each.".to_owned();
        alarm("long", format!("{words} words, and a sentence has {WORDS} at most"), advice, 0);
    }
    if let Some(found) = INVERTED.iter().find_map(|it| it.find(sentence)) {
        let begin: Vec<&str> = found.as_str().split_whitespace().take(6).collect();
        let advice = "Name the subject first, as a noun, and then the verb.".to_owned();
        alarm("inversion", format!("\"{}\"", begin.join(" ")), advice, found.start());
    }
    for (word, better) in WORD.iter() {
        if let Some(found) = word.find(sentence) {
            let what = format!("\"{}\" has a better word", found.as_str());
            alarm("word", what, format!("Say: {better}."), found.start());
        }
    }
    alarms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sentence: &str) -> Vec<&'static str> {
        judge(sentence).iter().map(|alarm| alarm.rule).collect()
    }

    #[test]
    fn all_rules_are_valid_patterns() {
        assert_eq!((INVERTED.len(), WORD.len()), (INVERSIONS.len(), HOUSE_WORDS.len()));
    }

    #[test]
    fn a_sentence_has_25_words() {
        let words = |count| vec!["word"; count].join(" ") + ".";
        assert_eq!((found(&words(25)).len(), found(&words(26))), (0, vec!["long"]));
        assert_eq!(found(&(words(24) + " → — & last.")), [""; 0]);
    }

    #[test]
    fn inversions_are_found() {
        for sentence in [
            "So does the expiry of a million keys.",
            "The client waits, and so does the server, nor does it write.",
            "Only then does it write.",
            "It reads until EAGAIN: only then is it sure.",
            "Not until the client leaves does the server read.",
            "Here are the figures.",
            "Were the timeout longer, no client would wait.",
            "Directly before each block stands a paragraph.",
            "The number comes first, and before each argument comes its length.",
            "What has been sent must leave the write buffer.",
            "Who does not read to the end must remember that.",
        ] {
            assert_eq!(found(sentence), ["inversion"], "{sentence}");
        }
    }

    #[test]
    fn plain_sentences_are_left_alone() {
        for sentence in [
            "So the server asks the kernel.",
            "Not every machine has telnet.",
            "Not true: \"a write is a packet.\"",
            "Never turn an argument into text.",
            "Neither is a request.",
            "Not before A leaves: A still gets the old value.",
            "Only a protocol error ends the connection.",
            "Here the server reads.",
            "What comes back?",
            "What you see",
            "What you need.",
            "Should the server read?",
            "The bytes after the header come one by one.",
            "The next line stands for all of them.",
            "The two of them are outdoors, in an overcrowded place.",
        ] {
            assert_eq!(found(sentence), [""; 0], "{sentence}");
        }
    }

    #[test]
    fn words_of_the_house_are_found_as_whole_words() {
        let alarms = judge("The server hangs up on strangers outdoors.");
        let said: Vec<_> = alarms.iter().map(|it| (it.at, it.what.as_str())).collect();
        let expected =
            [(11, "\"hangs up\" has a better word"), (23, "\"strangers\" has a better word")];
        assert_eq!(said, expected);
    }
}
