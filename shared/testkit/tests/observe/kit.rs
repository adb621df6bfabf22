//! A copy of the scripts in a temporary folder, with the programs that they need. A test may change the copy,
//! other users can read it, and a test can find all processes that its scripts have started.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;
pub use testkit::root;

use crate::LABS;

/// The folder where cargo puts programs. `cargo test --workspace` builds the programs before the tests run. If
/// only this test was built, the programs are missing, and this function builds them.
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

/// Puts a program into a folder. All programs together have more than 100 MB, so they are copied only if the folder
/// is on another disk.
fn link(program: &Path, place: &Path) {
    if fs::hard_link(program, place).is_err() {
        fs::copy(program, place).unwrap();
    }
}

/// The copy. When it is dropped, none of the processes that its scripts have started may still run.
pub struct Kit {
    folder: TempDir,
    /// The tools that the scripts cannot find.
    hidden: Vec<&'static str>,
    /// Whether to run the scripts as a user without rights.
    unprivileged: bool,
}

impl Kit {
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("observe-").unwrap();
        let kit = Self { folder, hidden: Vec::new(), unprivileged: false };
        fs::set_permissions(kit.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let bin = kit.path().join("bin");
        fs::create_dir(&bin).unwrap();
        let copied =
            Command::new("cp").arg("-r").arg(root().join("scripts")).arg(kit.path()).status();
        assert!(copied.unwrap().success());
        for name in LABS.map(|(_, package, _)| package) {
            link(&programs().join(name), &bin.join(name));
        }
        link(&programs().join("lens"), &kit.lens());
        kit
    }

    /// Hides these tools from the scripts.
    pub fn without(mut self, tools: &[&'static str]) -> Self {
        self.hidden.extend(tools);
        self
    }

    /// Runs the scripts as a user without rights, and without sudo.
    pub fn unprivileged(mut self) -> Self {
        self.unprivileged = true;
        self.without(&["sudo"])
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The lens of the kit. The scripts cannot build one here, so a variable tells them where it is.
    fn lens(&self) -> PathBuf {
        self.path().join("lens")
    }

    /// The path of the program of a lab.
    pub fn program(&self, package: &str) -> String {
        self.path().join("bin").join(package).to_str().unwrap().to_owned()
    }

    /// Makes a lab of the student's own, `work/lab2` for `lab2`, from the lab of the kit. The program is that of the kit,
    /// under the name of the own lab. A cargo of ours "builds" it: its arguments go to the file `cargo`.
    pub fn make_own_lab(&self, (lab, package): (&str, &str)) {
        let own = self.path().join("work").join(lab);
        fs::create_dir_all(&own).unwrap();
        let from = root().join("labs").join(package);
        for part in ["Cargo.toml", "src"] {
            let copied = Command::new("cp").arg("-r").arg(from.join(part)).arg(&own).status();
            assert!(copied.unwrap().success());
        }
        let program = self.program(&format!("my-{lab}"));
        fs::copy(self.program(package), &program).unwrap();
        let cargo = self.path().join("bin/cargo");
        let built = format!(r#"{{"target":{{"name":"my-{lab}"}},"executable":"{program}"}}"#);
        let script = format!("#!/bin/sh\necho \"$@\" >> \"$OBSERVE_KIT/cargo\"\necho '{built}'\n");
        fs::write(&cargo, script).unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The folder for the captures of this lab.
    pub fn captures(&self, package: &str) -> PathBuf {
        self.path().join("captures").join(package)
    }

    /// The PATH of the scripts: the programs of the copy first, then all programs except the hidden ones.
    fn path_variable(&self) -> String {
        let bin = self.path().join("bin").display().to_string();
        let all = std::env::var("PATH").unwrap();
        if self.hidden.is_empty() {
            return format!("{bin}:{all}");
        }
        let links = self.path().join("links");
        if !links.exists() {
            fs::create_dir(&links).unwrap();
            let programs = all.split(':').filter_map(|folder| fs::read_dir(folder).ok());
            for program in programs.flatten().map(Result::unwrap) {
                let name = program.file_name();
                if !self.hidden.iter().any(|hidden| *hidden == name) {
                    // This fails if an earlier folder of PATH has a program of this name. That one counts.
                    _ = symlink(program.path(), links.join(name));
                }
            }
        }
        format!("{bin}:{}", links.display())
    }

    /// A script, ready to run. Its processes inherit the variable `OBSERVE_KIT`, by which `running` finds them.
    pub fn command(&self, script: &str, args: &[&str]) -> Command {
        let script = self.path().join("scripts").join(script);
        let mut command = if self.unprivileged && is_root() {
            let mut command = Command::new("setpriv");
            command.args(WITHOUT_RIGHTS).arg(script);
            command
        } else {
            Command::new(script)
        };
        command
            .args(args)
            .env("PATH", self.path_variable())
            .env("OBSERVE_KIT", self.path())
            .env("KIT_LENS", self.lens());
        command.env("HOME", self.path()).stdin(Stdio::null());
        // The windows of panes.sh have the same name in each test.
        command.env("TMUX_TMPDIR", self.path());
        // These variables would make a shell read files of the user.
        command.env_remove("TMUX").env_remove("BASH_ENV").env("LC_ALL", "C.UTF-8");
        command
    }

    /// Runs a script to its end.
    pub fn run(&self, script: &str, args: &[&str]) -> Output {
        self.run_to_its_end(self.command(script, args))
    }

    /// Runs a command to its end. Then none of its processes may still run.
    pub fn run_to_its_end(&self, command: Command) -> Output {
        self.run_until_it_ends(command, |_| ())
    }

    /// The same, and does something meanwhile. The output goes to files: the end of a pipe comes only when all
    /// who could write to it have ended, and by then nobody would be left to find.
    pub fn run_until_it_ends(
        &self,
        mut command: Command,
        meanwhile: impl FnOnce(&Running),
    ) -> Output {
        let folder = TempDir::new().unwrap();
        let (stdout, stderr) = (folder.path().join("stdout"), folder.path().join("stderr"));
        let [out, err] = [&stdout, &stderr].map(|file| fs::File::create(file).unwrap());
        let mut child = command.stdout(out).stderr(err).spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        meanwhile(&Running { pid: nix::unistd::Pid::from_raw(pid), stdout: stdout.clone() });
        let status = child.wait().unwrap();
        let left = self.running();
        let [stdout, stderr] = [stdout, stderr].map(|file| fs::read(file).unwrap());
        let output = Output { status, stdout, stderr };
        assert!(left.is_empty(), "left running: {left:?}, after:\n{}", output_text(&output));
        output
    }

    /// Runs a script on the program of a lab, and returns its output. The script must succeed.
    pub fn watch(&self, script: &str, lab: (&str, &str), args: &[&str]) -> String {
        let program = self.program(lab.1);
        let (script_args, lab_args) =
            args.split_at(args.iter().position(|arg| *arg == "--").unwrap_or(args.len()));
        let args = [&[lab.0, "--binary", &program], script_args, lab_args].concat();
        let output = self.run(script, &args);
        assert_eq!(output.status.code(), Some(0), "{script} {args:?}:\n{}", output_text(&output));
        output_text(&output)
    }

    /// The running processes that the scripts of this copy have started: ids and names.
    pub fn running(&self) -> Vec<(i32, String)> {
        let variable = format!("OBSERVE_KIT={}\0", self.path().display());
        let processes = fs::read_dir("/proc").unwrap().map(Result::unwrap);
        let pids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
        pids.filter_map(|pid: i32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
            let is_ours =
                environment.windows(variable.len()).any(|window| window == variable.as_bytes());
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
            is_ours.then(|| (pid, name.trim().to_owned()))
        })
        .collect()
    }
}

/// A script that runs.
pub struct Running {
    pub pid: nix::unistd::Pid,
    stdout: PathBuf,
}

impl Running {
    /// Waits until the script has printed this.
    pub fn wait_for(&self, text: &str) {
        testkit::wait_until(text, || fs::read_to_string(&self.stdout).unwrap().contains(text));
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

/// The options of `setpriv` for a user without rights, who cannot get any.
const WITHOUT_RIGHTS: [&str; 5] =
    ["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--"];

/// Whether this system gives a user without rights a network of its own.
pub fn anybody_may_own_a_network() -> bool {
    let mut trial = Command::new("setpriv");
    trial.args(if is_root() { &WITHOUT_RIGHTS[..] } else { &WITHOUT_RIGHTS[3..] });
    trial.args(["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "true"]);
    trial.output().unwrap().status.success()
}

/// Whether this test runs as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|this| std::os::unix::fs::MetadataExt::uid(&this) == 0)
}

/// The whole output of a script: stdout, then stderr.
pub fn output_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A port that no program listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Checks that a text contains these parts, in this order.
#[track_caller]
pub fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else {
            panic!("{part:?} is missing, or is not in this order, in:\n{text}")
        };
        rest = &rest[at + part.len()..];
    }
}

/// Checks that a script has ended with exit code 2 and printed these parts, and has left no capture.
#[track_caller]
pub fn assert_fails(kit: &Kit, output: &Output, parts: &[&str]) {
    let text = output_text(output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    let captures = kit.captures("lab1-blocking");
    let left: Vec<_> =
        fs::read_dir(captures).map_or(Vec::new(), |files| files.map(Result::unwrap).collect());
    assert!(left.is_empty(), "{left:?}");
}
