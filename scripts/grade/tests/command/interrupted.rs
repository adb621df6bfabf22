//! Ctrl-C in the middle of a check.

use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use testkit::wait_until;

use crate::kit::TestKit;

/// The processes whose command line has this word.
fn processes(word: &str) -> Vec<i32> {
    let all = procfs::process::all_processes().unwrap().flatten();
    let has_word = |process: &procfs::process::Process| {
        process.cmdline().is_ok_and(|words| words.iter().any(|it| it.contains(word)))
    };
    all.filter(has_word).map(|process| process.pid()).collect()
}

#[test]
fn ctrl_c_ends_the_server_and_all_that_it_has_started() {
    let kit = TestKit::new();
    // A server that never listens, with two children. This number of seconds is only in their command lines.
    let name = format!("1001.{}", std::process::id());
    let command = format!("sh -c 'sleep {name} & sleep {name}; :'");
    let mut check = kit.command(&["lab2", "--cmd", &command]);
    let mut check = check.stdout(Stdio::null()).spawn().unwrap();
    let me = check.id().cast_signed();
    let others = || processes(&name).into_iter().filter(|pid| *pid != me).collect::<Vec<_>>();
    wait_until("the server and its children run", || others().len() == 3);
    kill(Pid::from_raw(me), Signal::SIGINT).unwrap();
    assert_eq!(check.wait().unwrap().code(), Some(130));
    wait_until("all have ended", || others().is_empty());
}
