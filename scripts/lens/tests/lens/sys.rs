//! What lens starts: servers whose port is taken, and signals that are to be ignored.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::support::{running_in, said, with_example};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

#[test]
#[ignore = "needs strace and redis-server"]
fn redis_is_recorded_on_another_port_when_somebody_takes_the_first() {
    let place = TempDir::new().unwrap();
    let late = place.path().join("redis-server");
    // The first server finds its port taken, as one does that comes a moment after another program.
    let script = "#!/usr/bin/bash\n\
        if [[ $1 != --version && ! -e was-taken ]]; then\n\
          touch was-taken\n\
          echo '9:M 21 Nov 2026 08:04:38.473 # Warning: Could not create server TCP listening socket: bind: Address already in use'\n\
          exit 1\n\
        fi\n\
        exec /usr/bin/redis-server \"$@\"\n";
    fs::write(&late, script).unwrap();
    fs::set_permissions(&late, fs::Permissions::from_mode(0o755)).unwrap();
    let mut lens = Command::new(env!("CARGO_BIN_EXE_lens"));
    lens.args(["record", "redis", "--scenario", "split", "--out", "out", "--binary"]).arg(&late);
    let output = lens.current_dir(place.path()).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(place.path().join("was-taken").exists());
}

#[test]
fn a_measurement_under_nohup_outlives_its_terminal() {
    let place = TempDir::new().unwrap();
    let programs = with_example("lab4-fair", "baseline");
    let mut shell = Command::new("/bin/sh");
    // As nohup does it: SIGHUP is ignored when the program starts.
    shell.args(["-c", "trap '' HUP; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_lens"), "bench"]);
    shell.args(["--quick", "--rounds", "99", "--only", "mix-50", "--programs"]).arg(programs);
    let shell = shell.current_dir(place.path()).env("PATH", place.path());
    let mut lens = shell.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // One reader for both: it may have more lines already than the first.
    let mut lines = BufReader::new(lens.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("round 1:")));
    let pid = Pid::from_child(&lens);
    kill_process(pid, Signal::HUP).unwrap();
    assert!(lines.any(|line| line.contains("round 9:")), "SIGHUP has ended it");
    kill_process(pid, Signal::INT).unwrap();
    assert_eq!(lens.wait().unwrap().code(), Some(130));
    testkit::wait_until("all that was started has ended", || running_in(place.path()).is_empty());
}
