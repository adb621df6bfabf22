//! A copy of the scripts in a folder of its own, with the programs they need: it can be taken apart, other
//! users can read it, and whatever it starts can be found again.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::LABS;

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Where cargo puts programs. Those of the workspace are there before its tests run; if just this test was
/// built, they are not.
fn programs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::current_exe().unwrap().parent().unwrap().join("..");
        let names = LABS.map(|(_, package, _)| package);
        if !names.iter().chain(&["lens"]).all(|name| folder.join(name).exists()) {
            let build =
                ["build", "--quiet", "-p", "lens", "-p", names[0], "-p", names[1], "-p", names[2]];
            assert!(
                Command::new(env!("CARGO"))
                    .args(build)
                    .current_dir(root())
                    .status()
                    .unwrap()
                    .success()
            );
        }
        folder
    })
}

/// The copy. When it goes, nothing that was started in it may still run.
pub struct Kit {
    folder: TempDir,
    /// What to hide from the scripts.
    hidden: Vec<&'static str>,
    /// Whether to be a user who may do nothing.
    powerless: bool,
}

impl Kit {
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("observe-").unwrap();
        let kit = Self { folder, hidden: Vec::new(), powerless: false };
        fs::set_permissions(kit.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let bin = kit.path().join("bin");
        fs::create_dir(&bin).unwrap();
        let copied =
            Command::new("cp").arg("-r").arg(root().join("scripts")).arg(kit.path()).status();
        assert!(copied.unwrap().success());
        for name in LABS.map(|(_, package, _)| package).iter().chain(&["lens"]) {
            fs::copy(programs().join(name), bin.join(name)).unwrap();
        }
        kit
    }

    /// Without these tools.
    pub fn without(mut self, tools: &[&'static str]) -> Self {
        self.hidden.extend(tools);
        self
    }

    /// As a user without rights, and without sudo.
    pub fn powerless(mut self) -> Self {
        self.powerless = true;
        self.without(&["sudo"])
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program of a lab.
    pub fn program(&self, package: &str) -> String {
        self.path().join("bin").join(package).to_str().unwrap().to_owned()
    }

    /// Where this lab's captures go.
    pub fn captures(&self, package: &str) -> PathBuf {
        self.path().join("captures").join(package)
    }

    /// All programs but the hidden ones, with ours in front.
    fn programs_in_reach(&self) -> String {
        let bin = self.path().join("bin").display().to_string();
        let all = std::env::var("PATH").unwrap();
        if self.hidden.is_empty() {
            return format!("{bin}:{all}");
        }
        let reach = self.path().join("reach");
        if !reach.exists() {
            fs::create_dir(&reach).unwrap();
            let programs = all.split(':').filter_map(|folder| fs::read_dir(folder).ok());
            for program in programs.flatten().map(Result::unwrap) {
                let name = program.file_name();
                if !self.hidden.iter().any(|hidden| *hidden == name) {
                    // The first of a name is the one that is found, and the others are refused here.
                    _ = symlink(program.path(), reach.join(name));
                }
            }
        }
        format!("{bin}:{}", reach.display())
    }

    /// A script, ready to run. What it starts inherits the mark by which we find it.
    pub fn command(&self, script: &str, words: &[&str]) -> Command {
        let script = self.path().join("scripts").join(script);
        let mut command = if self.powerless && is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(script);
            command
        } else {
            Command::new(script)
        };
        command.args(words).env("PATH", self.programs_in_reach()).env("OBSERVE_KIT", self.path());
        command.env("HOME", self.path()).stdin(Stdio::null());
        // The shells of these would read files of the user's.
        command.env_remove("TMUX").env_remove("BASH_ENV").env("LC_ALL", "C.UTF-8");
        command
    }

    /// Runs a script to its end.
    pub fn run(&self, script: &str, words: &[&str]) -> Output {
        let output = self.command(script, words).output().unwrap();
        testkit::wait_until(&format!("{script} has left nothing: {output:?}"), || {
            self.running().is_empty()
        });
        output
    }

    /// Runs a script on the program of a lab, and returns all it has said. It has to succeed.
    pub fn watch(&self, script: &str, lab: (&str, &str), words: &[&str]) -> String {
        let program = self.program(lab.1);
        let (ours, theirs) =
            words.split_at(words.iter().position(|word| *word == "--").unwrap_or(words.len()));
        let words = [&[lab.0, "--binary", &program], ours, theirs].concat();
        let output = self.run(script, &words);
        assert_eq!(output.status.code(), Some(0), "{script} {words:?}:\n{}", said(&output));
        said(&output)
    }

    /// What runs that was started from here: process and name.
    pub fn running(&self) -> Vec<(i32, String)> {
        let mark = format!("OBSERVE_KIT={}\0", self.path().display());
        let processes = fs::read_dir("/proc").unwrap().map(Result::unwrap);
        let pids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
        pids.filter_map(|pid: i32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
            let is_ours = environment.windows(mark.len()).any(|window| window == mark.as_bytes());
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
            is_ours.then(|| (pid, name.trim().to_owned()))
        })
        .collect()
    }
}

impl Drop for Kit {
    fn drop(&mut self) {
        let left = self.running();
        for (pid, _) in &left {
            _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(*pid), nix::sys::signal::SIGKILL);
        }
        assert!(left.is_empty() || std::thread::panicking(), "left running: {left:?}");
    }
}

/// Whether we may do everything.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|this| std::os::unix::fs::MetadataExt::uid(&this) == 0)
}

/// All that a script has said.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Checks that these stand in a text, in this order.
#[track_caller]
pub fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else {
            panic!("{part:?} is missing, or comes too early, in:\n{text}")
        };
        rest = &rest[at + part.len()..];
    }
}

/// Checks that it has ended with 2, said these things, and captured nothing.
#[track_caller]
pub fn assert_fails(kit: &Kit, output: &Output, parts: &[&str]) {
    let text = said(output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    let captures = kit.captures("lab1-blocking");
    let left: Vec<_> =
        fs::read_dir(captures).map_or(Vec::new(), |files| files.map(Result::unwrap).collect());
    assert!(left.is_empty(), "{left:?}");
}
