//! What a server may do while it is judged: a student wrote it, and nobody has read it.
//!
//! - **Limits.** The kernel limits the size of a file, the open files and core files (`prlimit`). A thread of ours
//!   watches the rest: how many processes there are, the memory that they have, what they write, and the time ([`Limit`]). A server
//!   that exceeds a limit is ended, and fails its step.
//! - **Another user.** Where we are root, each server runs as a user of its own, whom nobody else uses ([`prepare`]). It cannot
//!   open our files, nor send us a signal, and gets no rights back (`no_new_privs`). Where that cannot be, it runs as
//!   we do: a student who is root in a container, with the kit in `/root`, is judged as before.
//! - **A folder.** A lab runs in an empty folder of its own, which is removed afterwards. A command runs where we are, because it
//!   may name files there.
//! - **An end.** The server and all that comes from it are ended ([`Members`]) before a result is written.
//!
//! Without a user of its own, processes that leave their process group each time they start another are killed one by one. That may take
//! half a minute on a busy machine; and where they are root's, the kernel does not limit how many there are.
//!
//! Where the system is not Linux, there is no `/proc` and no `prlimit`: a shell sets the limits of the kernel, what the server writes
//! to sockets has no limit, there is no other user, and a process that leaves the group of the server is not found once its parent has ended.
//!
//! A process that kills us gets no result written, and ends with us (`setpriv --pdeathsig`). What it has detached by then goes on:
//! so another user is better. There are no namespaces and no control groups, because a container does not let us make them.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, io, process};

use tempfile::TempDir;

mod limit;
mod members;
mod user;
mod watcher;

pub use limit::Limit;
pub use members::Members;
pub use user::{Prepared, User, prepare};
pub use watcher::Watcher;

use limit::{FILE_SIZE, OPEN_FILES, THREADS};

/// Names a server to all processes that come from it.
const MARK: &str = "KIT_SERVER";

/// The place of one server.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
    /// The number of its user; `None` if it runs as we do.
    uid: Option<u32>,
    mark: String,
    open_files: u64,
}

impl Sandbox {
    /// A place for a server that may open so many files.
    ///
    /// # Errors
    /// If there is no temporary folder.
    pub fn new(user: User, open_files: Option<u64>) -> io::Result<Self> {
        static SERVERS: AtomicU32 = AtomicU32::new(0);
        let only_ours = Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(only_ours).tempdir()?;
        let uid = (user == User::Other).then(user::free_uid).flatten();
        if let Some(uid) = uid {
            chown(folder.path(), Some(uid), Some(uid))?;
        }
        let mark = format!("{}-{}", process::id(), SERVERS.fetch_add(1, Ordering::Relaxed));
        Ok(Self { folder, uid, mark, open_files: open_files.unwrap_or(OPEN_FILES) })
    }

    /// The words that stand before the command of the server.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        if !*HAS_TOOLS {
            return self.words_of_sh();
        }
        let limit = |name: &str, most: u64| format!("--{name}={most}");
        let mut words = vec![
            "prlimit".to_owned(),
            limit("core", 0),
            limit("fsize", FILE_SIZE),
            limit("nofile", self.open_files),
        ];
        // The kernel counts all threads of a user, also those that do not come from the server. It does not count those of root.
        let others = if self.uid.is_some() { 0 } else { user::our_threads() };
        words.push(limit("nproc", others + THREADS));
        words.extend(["--", "setpriv", "--no-new-privs", "--pdeathsig=KILL"].map(str::to_owned));
        if let Some(uid) = self.uid {
            words.extend(user::options(uid));
        }
        words.push("--".to_owned());
        words
    }

    /// The same without these tools: the limits that a shell can set. A limit that is lower already stays.
    fn words_of_sh(&self) -> Vec<String> {
        let blocks = FILE_SIZE / 512;
        let limits = [("c", 0), ("f", blocks), ("n", self.open_files)];
        let lines = limits.map(|(of, most)| format!("ulimit -{of} {most} 2> /dev/null; "));
        // The shell is replaced, so that signals reach the server.
        ["sh", "-c", &(lines.concat() + r#"exec "$@""#), "sh"].map(str::to_owned).to_vec()
    }

    /// Where the command runs, and what its environment says. A lab gets only what it needs of ours: there may be secrets in it.
    pub fn set_up(&self, command: &mut Command, is_lab: bool) {
        let folder = self.folder.path();
        if is_lab {
            command.current_dir(folder);
        }
        if self.uid.is_some() {
            if is_lab {
                let kept = ["PATH", "LANG", "LC_ALL", "TZ", "RUST_BACKTRACE"];
                command.env_clear();
                command.envs(kept.iter().filter_map(|name| Some((name, env::var_os(name)?))));
            }
            command.env("HOME", folder);
        }
        command.env("TMPDIR", folder).env(MARK, &self.mark);
    }

    /// The processes that come from the server whose first process is this one.
    #[must_use]
    pub fn members(&self, leader: i32) -> Members {
        Members::new(leader, self.uid, self.mark.clone())
    }
}

/// Whether there are `prlimit` and `setpriv`, which are part of util-linux. Without them, a server may do more than it should.
static HAS_TOOLS: LazyLock<bool> = LazyLock::new(|| {
    ["prlimit", "setpriv"].iter().all(|tool| succeeds(Command::new(tool).arg("--version")))
});

/// Whether a command can be run, and succeeds.
fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_prlimit_a_shell_sets_the_limits() {
        let sandbox = Sandbox::new(User::Same, Some(77)).unwrap();
        let words = sandbox.words_of_sh();
        let script = "ulimit -n; ulimit -c; ulimit -f";
        let output =
            Command::new(&words[0]).args(&words[1..]).args(["sh", "-c", script]).output().unwrap();
        let blocks = (FILE_SIZE / 512).to_string();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.lines().collect::<Vec<_>>(), ["77", "0", blocks.as_str()]);
    }
}
