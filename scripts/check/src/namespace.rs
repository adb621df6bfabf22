//! A private network, so that port 6379 is free whatever else runs on the machine.
//!
//! The command runs itself again under `unshare --net`. Root may do that, and every user may do it in a new user
//! namespace, unless the machine forbids it. Many containers do. In the namespace, a user keeps the name and has all
//! rights. As its root, a user could not capture: `tcpdump` would become the user `tcpdump`, who is not in there.

use std::env;
use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, flock};

use crate::Error;

/// Set in the process that runs in the namespace. The shells of a replay do not get this variable.
pub const INSIDE: &str = "CHECK_INSIDE_NAMESPACE";

/// The last is for `unshare` before 2.38.
const OPTIONS: [&[&str]; 3] = [
    &["--net", "--mount"],
    &["--user", "--map-current-user", "--keep-caps", "--net", "--mount"],
    &["--user", "--map-root-user", "--net", "--mount"],
];

/// What the replay needs in there: the loopback interface, which is down in a new network, and the right to mount. A
/// container may let a program in, and then refuse these.
const NEEDS: &str = "ip link set lo up && mount --bind . .";

/// Returns in a network where 6379 is free: as a new process in a new namespace if that is allowed, else when no
/// other check uses the port. Then the file is a lock on the port. Keep it until the end.
///
/// # Errors
/// If there is no new namespace and the port is taken.
pub fn enter() -> Result<Option<File>, Error> {
    if is_private() {
        return Ok(None);
    }
    let Some(options) = OPTIONS.into_iter().find(|options| is_permitted(options)) else {
        return wait_for_the_port().map(Some);
    };
    let mut command = Command::new("unshare");
    command.args(options).args(["sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""]);
    command.arg(env::current_exe()?).args(env::args_os().skip(1));
    // exec returns only if it fails.
    Err(command.env(INSIDE, "1").exec().into())
}

/// Waits for other checks of this user: they use the port one after the other.
fn wait_for_the_port() -> Result<File, Error> {
    let user = rustix::process::getuid().as_raw();
    let lock = File::create(env::temp_dir().join(format!("check-port-6379-{user}.lock")))?;
    flock(&lock, FlockOperation::LockExclusive)?;
    TcpListener::bind(("127.0.0.1", 6379)).map_err(|_| {
        "port 6379 is in use, and this machine does not allow a private network\n  \
         (`unshare --net`, then `ip link set lo up`).\n  \
         End the server that has the port, then try again.\n  \
         To see its name: scripts/port.sh 6379"
    })?;
    Ok(lock)
}

/// Whether this process is in the namespace. It cannot reach other machines from there.
pub fn is_private() -> bool {
    env::var_os(INSIDE).is_some()
}

fn is_permitted(options: &[&str]) -> bool {
    let mut trial = Command::new("unshare");
    trial.args(options).args(["sh", "-c", NEEDS]).stdout(Stdio::null()).stderr(Stdio::null());
    trial.status().is_ok_and(|status| status.success())
}

/// Shows `folder` in the place of `covered`, to this process and to all that it starts.
///
/// # Errors
/// If `mount` fails, with what it says.
pub fn cover(covered: &Path, folder: &Path) -> Result<(), Error> {
    let output = Command::new("mount").arg("--bind").args([folder, covered]).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().into())
}

/// Ends what [`cover`] has begun. The namespace ends with this process, so a failure has no effect after that.
pub fn uncover(covered: &Path) {
    _ = Command::new("umount").arg(covered).status();
}
