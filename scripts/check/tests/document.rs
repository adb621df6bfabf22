//! `check document` on documents that are true, and on documents that are wrong in one way each.
#![expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// What a run printed, and its exit code.
struct Run {
    out: String,
    code: i32,
}

fn check(args: &[&str]) -> Run {
    check_below(".", args)
}

/// With terminals that open in `root`.
fn check_below(root: &str, args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_check"))
        .args(["document", "--root", root])
        .args(args)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents"))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(output.stdout), String::from_utf8(output.stderr));
    Run { out: out.unwrap() + &err.unwrap(), code: output.status.code().unwrap() }
}

/// Replays a document that is wrong, and looks for each of these in the report.
fn fails_with(args: &[&str], said: &[&str]) {
    let run = check(args);
    assert_eq!(run.code, 1, "{}", run.out);
    for words in said {
        assert!(run.out.contains(words), "the report lacks `{words}`:\n{}", run.out);
    }
}

#[track_caller]
fn assert_passes(run: &Run) {
    assert_eq!(run.code, 0, "{}", run.out);
}

/// The command lines of all processes on this machine.
fn running(words: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| fs::read_to_string(process.path().join("cmdline")).ok())
        .any(|line| line.replace('\0', " ").contains(words))
}

fn private_networks() -> bool {
    [&["--net", "true"][..], &["--user", "--map-root-user", "--net", "true"]]
        .into_iter()
        .any(|way| Command::new("unshare").args(way).output().is_ok_and(|run| run.status.success()))
}

#[test]
fn a_document_of_the_kit_has_the_folder_logs_for_itself() {
    if !private_networks() {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("labs")).unwrap();
    let text = "```console\n$ ls logs; echo one > logs/server.log; ls logs\nserver.log\n```\n";
    let files = ["a.md", "b.md"].map(|name| root.path().join(name).display().to_string());
    for file in &files {
        fs::write(file, text).unwrap();
    }
    let root = root.path().display().to_string();
    assert_passes(&check_below(&root, &files.each_ref().map(String::as_str)));
    let logs = Path::new(&root).join("logs");
    assert_eq!(fs::read_dir(&logs).unwrap().count(), 0);
    // A container writes into the folder of the kit, and the document has to show it.
    assert_passes(&check_below(&root, &["--kit-logs", &files[0]]));
    assert_eq!(fs::read_to_string(logs.join("server.log")).unwrap(), "one\n");
}

#[test]
fn a_user_without_rights_keeps_the_name_and_gets_all_rights_in_the_network() {
    let user = ["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--"];
    let network = ["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "true"];
    let trial = Command::new("setpriv").args(user).args(network).output();
    if !trial.is_ok_and(|trial| trial.status.success()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let check = folder.path().join("check");
    fs::copy(env!("CARGO_BIN_EXE_check"), &check).unwrap();
    let text =
        "```console\n$ id -u\n65534\n$ grep CapEff /proc/self/status\nCapEff: …ffffffff\n```\n";
    fs::write(folder.path().join("a.md"), text).unwrap();
    let mut replay = Command::new("setpriv");
    replay.args(user).arg(check).args(["document", "--root", ".", "a.md"]);
    let output = replay.current_dir(folder.path()).env("HOME", folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_late_reply_is_a_line_that_a_document_need_not_show() {
    assert_passes(&check(&["late-reply.md"]));
    fails_with(&["broken/no-late-reply.md"], &["(no reply for 300 ms: …)", "expected"]);
}

#[test]
fn ctrl_c_works_in_a_document_although_the_check_ignores_it() {
    let check = env!("CARGO_BIN_EXE_check");
    let command = format!("trap '' INT; exec {check} document --root . two-clients.md");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents");
    let output = Command::new("sh").args(["-c", &command]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_true_document_passes_and_is_counted() {
    let run = check(&["output.md"]);
    assert_passes(&run);
    let counted = "output.md: 17 commands, 16 lines of output, 3 links: ok\n2 passed, 0 failed\n";
    assert_eq!(run.out, counted);
}

#[test]
fn terminals_live_through_the_document_side_by_side() {
    let run = check(&["two-clients.md"]);
    assert_passes(&run);
    assert!(run.out.ends_with("7 passed, 0 failed\n"), "{}", run.out);
}

#[test]
fn the_port_is_free_even_when_it_is_not() {
    if !private_networks() {
        return;
    }
    // If somebody else has it, all the better.
    let _held = TcpListener::bind(("127.0.0.1", 6379));
    assert_passes(&check(&["port-again.md"]));
}

#[test]
fn a_document_does_not_see_what_another_has_started() {
    let run = check(&["port-again.md", "port-again.md"]);
    assert_passes(&run);
}

/// The files of a student, and when each was changed.
fn students_files(kit: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut folders = vec![kit.join("work"), kit.join(".vscode")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let meta = entry.metadata().unwrap();
            if meta.is_dir() {
                folders.push(entry.path());
            }
            files.push((entry.path(), meta.modified().unwrap()));
        }
    }
    files
}

#[test]
fn a_document_starts_a_lab_and_answers_a_question_for_nobody_else() {
    let kit = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let before = students_files(Path::new(kit));
    assert_passes(&check_below(kit, &["own-lab.md"]));
    assert_eq!(students_files(Path::new(kit)), before);
}

#[test]
fn a_process_id_that_a_line_has_told_can_be_typed() {
    assert_passes(&check(&["process-ids.md"]));
}

#[test]
fn a_slow_typist_makes_mistakes_that_harm_nothing() {
    let documents = ["two-clients.md", "process-ids.md", "left-running.md"];
    let run = check(&[&["--slow-typist", "--pause", "0"], &documents[..]].concat());
    assert_passes(&run);
    assert!(run.out.ends_with("14 passed, 0 failed\n"), "{}", run.out);
}

#[test]
fn the_mistakes_of_a_slow_typist_reach_the_programs() {
    let slowly = ["--slow-typist", "--pause", "0"];
    assert_passes(&check(&["single-keys.md"]));
    fails_with(&[&slowly[..], &["single-keys.md"]].concat(), &["single-keys.md:5\n", "| qzx"]);
    fails_with(&[&slowly[..], &["output.md"]].concat(), &["typed:     echo $?", "came:      127"]);
}

#[test]
fn a_slow_typist_finds_a_step_that_needs_a_quick_one() {
    assert_passes(&check(&["timed.md"]));
    fails_with(
        &["--slow-typist", "--pause", "3", "timed.md"],
        &["timed.md:5\n  no program waits for this", "the step needs a quick student:\n"],
    );
}

#[test]
fn a_skipped_block_is_counted_with_its_reason() {
    let run = check(&["skipped.md"]);
    assert_passes(&run);
    let expected = "skipped.md:11: skipped: needs root on a laptop\n\
                    skipped.md: 1 command, 1 line of output: ok\n\
                    1 passed, 0 failed, 1 skipped\n";
    assert_eq!(run.out, expected);
}

#[test]
fn a_plan_is_listed_without_being_replayed() {
    let run = check(&["--list", "broken/hangs.md"]);
    assert_passes(&run);
    assert!(
        run.out.contains("    2  type    $ sleep 31536005\n       await   $ \n"),
        "{}",
        run.out
    );
}

#[test]
fn nothing_is_left_running_after_a_document() {
    assert_passes(&check(&["left-running.md"]));
    for marker in ["sleep 31536001", "sleep 31536002", "sleep 31536003", "sleep 31536004"] {
        assert!(!running(marker), "`{marker}` still runs");
    }
}

#[test]
fn another_line_fails_and_what_follows_is_not_reached() {
    fails_with(
        &["broken/wrong-output.md", "skipped.md"],
        &[
            "FAILED broken/wrong-output.md:8\n  another line came\n  terminal:  client-1\n",
            "  typed:     printf 'OK\\n(nil)\\n'\n  expected:  Alice\n  came:      (nil)\n",
            "    | $ printf 'OK\\n(nil)\\n'\n    | OK\n    | (nil)\n    | $\n",
            "broken/wrong-output.md: 2 commands, 3 lines of output: FAILED\n",
            "skipped.md: 1 command, 1 line of output: ok\n",
            "1 passed, 1 failed, 1 skipped, 1 not reached\n",
        ],
    );
}

#[test]
fn a_line_that_never_came_fails() {
    fails_with(
        &["broken/missing-line.md"],
        &["missing-line.md:4\n  the command ended before this line came", "expected:  two"],
    );
}

#[test]
fn a_line_that_is_not_shown_fails() {
    fails_with(
        &["broken/extra-line.md"],
        &["a line came that the document does not show", "came:      two", "or write `...`"],
    );
}

#[test]
fn a_command_that_does_not_end_fails_and_is_ended() {
    fails_with(
        &["--timeout", "1", "broken/hangs.md"],
        &["the prompt `$ ` did not come back within 1 s", "the command still runs"],
    );
    assert!(!running("sleep 31536005"));
}

#[test]
fn a_program_that_says_nothing_fails() {
    fails_with(&["--timeout", "1", "broken/silent.md"], &["this line did not come within 1 s"]);
}

#[test]
fn a_tool_that_is_missing_is_named() {
    fails_with(
        &["broken/not-installed.md"],
        &["likely cause: `no-such-tool-anywhere` is not installed here"],
    );
}

#[test]
fn a_server_that_is_missing_is_guessed() {
    fails_with(&["broken/no-server.md"], &["likely cause: no server listens there."]);
}

#[test]
fn nothing_is_typed_into_a_program_that_has_ended() {
    fails_with(&["broken/program-ended.md"], &["program-ended.md:3\n  no program waits for this"]);
}

#[test]
fn links_that_lead_nowhere_fail_each() {
    fails_with(
        &["broken/link.md"],
        &[
            "link.md:1\n  the link to `gone.md` is broken: there is no broken/gone.md",
            "the link to `gone.svg` is broken",
            "the link to `#gone` is broken: there is no heading `#gone`",
            "0 passed, 3 failed\n",
        ],
    );
}

#[test]
fn a_block_that_does_not_name_its_terminal_fails() {
    fails_with(
        &["broken/no-terminal.md"],
        &[
            "no-terminal.md:5\n  the text does not say where to type this\n  \
             Write a paragraph of its own directly before the block: Terminal **server**:\n",
            "no-terminal.md:19\n  a student knows no terminal `guest`\n  \
             Where there are several, write one of these after `console`:\n  server, client-1,",
            "3 passed, 2 failed\n",
        ],
    );
}

#[test]
fn output_that_a_terminal_would_break_fails() {
    fails_with(
        &["broken/wide.md"],
        &[
            "wide.md:3\n  this line of output is 81 columns wide, and a terminal has 80\n  Write `…`",
            "wide.md:7\n  this line of output is 81 columns wide",
            "1 passed, 2 failed\n",
        ],
    );
}

#[test]
fn a_prediction_that_nothing_answers_fails() {
    fails_with(
        &["broken/unanswered.md"],
        &[
            "unanswered.md:12\n  nothing answers this prediction before the next heading\n  \
             Let the student answer it: `scripts/check.sh predict LAB QUESTION`\n  Or fold",
            "2 passed, 1 failed\n",
        ],
    );
}

#[test]
fn a_document_that_cannot_be_understood_fails() {
    fails_with(&["broken/unknown-word.md"], &["unknown-word.md:1\n  `tpyed` is not understood."]);
    fails_with(&["broken/begins-with-output.md"], &["nothing runs in terminal `server` yet"]);
}

#[test]
fn a_document_that_is_not_there_is_another_kind_of_failure() {
    let run = check(&["no-such.md"]);
    assert_eq!((run.code, run.out.starts_with("check: cannot read no-such.md: ")), (2, true));
}
