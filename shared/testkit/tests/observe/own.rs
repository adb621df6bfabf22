//! The scripts also watch a lab of the student's own: `work/lab2` in place of `lab2`.

use std::fs;

use crate::kit::{Kit, assert_fails, assert_in_order, output_text};
use crate::{LABS, WATCHERS};

/// Runs a script on an own lab, and returns its output. The script must succeed.
fn watch(kit: &Kit, script: &str, args: &[&str]) -> String {
    let output = kit.run(script, args);
    let text = output_text(&output);
    assert_eq!(output.status.code(), Some(0), "{script} {args:?}:\n{text}");
    text
}

#[test]
#[ignore = "needs strace"]
fn own_lab_under_strace_is_built_by_itself_and_explained_as_its_lab() {
    for (lab, package, many) in LABS {
        let kit = Kit::new();
        kit.make_own_lab((lab, package));
        let folder = format!("work/{lab}");
        let text = watch(&kit, "trace.sh", &[&folder, "--scenario", "two-clients"]);
        let (accepted, gone) = ("accepted client B", "client A is gone");
        assert_in_order(&text, &if many { [accepted, gone] } else { [gone, accepted] });
        assert!(text.contains(&format!("my-{lab} --port 0")), "{text}");
        let text = watch(&kit, "trace.sh", &[&folder, "--scenario", "expiry", "--summary"]);
        assert!(text.contains("% time"), "{text}");
        let built = fs::read_to_string(kit.path().join("cargo")).unwrap();
        let manifest = format!("--manifest-path work/{lab}/Cargo.toml --target-dir ");
        assert!(built.lines().count() == 2 && built.matches(&manifest).count() == 2, "{built}");
        assert!(kit.path().join(format!("captures/my-{lab}/two-clients/strace.log")).exists());
    }
}

#[test]
#[ignore = "needs tcpdump"]
fn own_lab_beside_tcpdump_has_the_protocol_of_its_lab() {
    for (lab, package, text) in
        [("lab1", "lab1-blocking", "│ SET name Alice EX 1"), ("lab2", "lab2-resp", "RESP \"SET\"")]
    {
        let kit = Kit::new();
        kit.make_own_lab((lab, package));
        let folder = format!("./work/{lab}/");
        let shown = watch(&kit, "tcpdump.sh", &[&folder, "--scenario", "expiry"]);
        assert!(shown.contains(text), "{shown}");
    }
}

#[test]
#[ignore = "needs tshark"]
fn own_lab_beside_tshark_has_the_protocol_of_its_lab() {
    let kit = Kit::new();
    kit.make_own_lab(("lab1", "lab1-blocking"));
    let text = watch(&kit, "tshark.sh", &["work/lab1", "--scenario", "expiry"]);
    assert!(text.contains("lines SET name Alice EX 1 (20 bytes)"), "{text}");
}

#[test]
#[ignore = "needs ss"]
fn own_lab_that_runs_is_found_by_its_folder() {
    let kit = Kit::new();
    kit.make_own_lab(("lab2", "lab2-resp"));
    let server = testkit::Lab::start(&kit.program("my-lab2"));
    let port = server.addr.port().to_string();
    let args = ["work/lab2", "--attach", "--once", "--", "--port", &port];
    let text = watch(&kit, "sockets.sh", &args);
    assert!(text.contains("my-lab2 is running: pid"), "{text}");
    let text = watch(&kit, "lens.sh", &["watch", "work/lab2", "--port", &port, "--once"]);
    assert!(text.contains("The server is asleep in accept4"), "{text}");
}

#[test]
fn an_own_lab_that_is_not_there_is_made_with_check() {
    let kit = Kit::new();
    let scripts = WATCHERS.iter().chain(&["panes.sh", "profile.sh", "soak.sh"]);
    let missing = ["there is no work/lab3.", "scripts/check.sh start lab3"];
    for script in scripts {
        assert_fails(&kit, &kit.run(script, &["work/lab3"]), &missing);
    }
    assert_fails(&kit, &kit.run("lens.sh", &["watch", "work/lab3"]), &missing);
    assert_fails(&kit, &kit.run("compare.sh", &["--lab", "work/lab3"]), &missing);
    assert_fails(&kit, &kit.run("bench.sh", &["--with", "work/lab3"]), &missing);
}

#[test]
fn an_own_lab_has_no_recordings() {
    let kit = Kit::new();
    kit.make_own_lab(("lab2", "lab2-resp"));
    let output = kit.run("trace.sh", &["work/lab2", "--recorded"]);
    let kit_lab = "scripts/trace.sh lab2-resp --recorded";
    assert_fails(&kit, &output, &["there are no recordings of your own labs", kit_lab]);
    let output = kit.run("differential.sh", &["work/lab2"]);
    assert_fails(&kit, &output, &["only the labs of the kit have this test", "Say lab2-resp"]);
}
