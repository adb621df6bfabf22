//! `check prose` on a text that is plain, and on texts with faults.
#![expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use std::process::Command;

/// Checks these files below `tests/texts`. Returns what it printed, and its exit code.
fn check(files: &[&str]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_check"));
    command
        .arg("prose")
        .args(files)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/texts"));
    let output = command.output().unwrap();
    let said =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (said, output.status.code().unwrap())
}

#[test]
fn a_plain_text_passes_and_code_in_it_is_not_read() {
    let (said, code) = check(&["good.md"]);
    assert_eq!((said.as_str(), code), ("15 sentences\n1 passed, 0 failed\n", 0));
}

#[test]
fn each_fault_of_a_text_is_shown_with_its_line_and_what_to_do() {
    let expected = "\
wrong.md:3: long: 26 words, and a sentence has 25 at most
  | This sentence has too many words, because it goes on and on about one thing
  | and then about another thing, which nobody remembers at the end.
  Make two sentences of it: one idea each.

wrong.md:11: inversion: \"Here is\"
  | Here is `a table` in a fold.
  Name the subject first, as a noun, and then the verb.

wrong.md:16: word: \"guest\" has a better word
  | The server waits for a client and for another guest.
  Say: client.

8 sentences, inversion: 1, long: 1, word: 1
0 passed, 1 failed
";
    assert_eq!(check(&["wrong.md"]), (expected.to_owned(), 1));
}

#[test]
fn the_texts_of_a_toml_file_are_read_and_its_names_are_not() {
    let expected = "\
wrong.toml:8: inversion: \"Only then\"
  | Only then does it read.
  Name the subject first, as a noun, and then the verb.

18 sentences, inversion: 1
1 passed, 1 failed
";
    assert_eq!(check(&["good.md", "wrong.toml"]), (expected.to_owned(), 1));
}

#[test]
fn the_lines_of_a_help_are_joined_and_its_commands_are_not_read() {
    let expected = "\
help.sh:10: inversion: \"What no option of this program\"
  | What no option of this program says is the default.
  Name the subject first, as a noun, and then the verb.

help.txt:12: inversion: \"What no option of this program\"
  | What no option of this program says is the default.
  Name the subject first, as a noun, and then the verb.

13 sentences, inversion: 2
0 passed, 2 failed
";
    assert_eq!(check(&["help.sh", "help.txt"]), (expected.to_owned(), 1));
}

#[test]
fn a_file_that_cannot_be_read_is_another_kind_of_failure() {
    let (said, code) = check(&["gone.md"]);
    assert!(code == 2 && said.starts_with("check: cannot read gone.md: "), "{said}");
}
