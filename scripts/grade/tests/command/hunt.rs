//! A student's scenario, and servers with a mistake. The lab of the kit is built, so these need the real one.

use std::process::{Command, Output};

use testkit::{Terminal, wait_until};

use crate::kit::{self, TestKit, grade, stderr, stdout};

/// `hunt.toml` in this folder: a client that sends a command and waits for a reply.
fn write_scenario(kit: &TestKit, send: &str, reply: &str) {
    let actions = format!("['connect', {{ send = '{send}' }}, {{ expect = '{reply}' }}, 'close']");
    kit.write("hunt.toml", &format!("[[client]]\nname = 'A'\nactions = {actions}\n"));
}

/// Hunts with a file, by default that of [`write_scenario`].
fn hunt(kit: &TestKit, file: Option<&str>) -> Output {
    let mut hunt: Command = grade();
    hunt.env("KIT_WORK", kit.path("work")).args(["hunt", "lab2"]);
    hunt.arg(file.map_or_else(|| kit.path("hunt.toml"), Into::into));
    hunt.output().unwrap()
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_hunt_servers_with_a_mistake() {
    let kit = TestKit::new();
    // The example for students must pass on the lab of the kit.
    let example = kit::SERVER.replace("servers/server.py", "hunt.toml");
    let text = stdout(&hunt(&kit, Some(&example)));
    assert!(text.contains("It fails on these servers:"), "{text}");
    write_scenario(&kit, "GET {key}", "nil");
    let output = hunt(&kit, None);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("  nil_as_text\n"), "{text}");
    assert!(!text.contains("  errors_as_status\n"), "{text}");
    assert!(!stderr(&output).contains("judged"), "this is no terminal: {}", stderr(&output));
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_say_what_is_wrong_with_a_scenario() {
    let kit = TestKit::new();
    kit.write("hunt.toml", "[[client]]\nname = 'A'\nactions = [{ wait_for = 'B' }]\n");
    let output = hunt(&kit, None);
    assert!(stderr(&output).contains("a client waits for 'B', and none has"), "{output:?}");
    write_scenario(&kit, "GET {key}", "$");
    let output = hunt(&kit, None);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("so the scenario is wrong"), "{}", stdout(&output));
}

/// Each hunt says more of the first server that it does not catch.
#[test]
#[ignore = "needs python3"]
fn checks_with_python_give_one_more_hint_at_each_hunt() {
    let kit = TestKit::new();
    write_scenario(&kit, "GET {key}", "nil");
    let hints = [
        "\n  What a client sees: The value Alice comes with the length 7",
        "\n  The step that fails because of it is step 3: A value comes back with its",
        "\n  The client of that step catches it with these actions: expect,",
    ];
    for (given, heading) in [
        (1, "(1 of 3; the next hunt says more):"),
        (2, "(2 of 3; the next hunt says more):"),
        (3, "(3 of 3):"),
        (3, "(3 of 3):"),
    ] {
        let text = stdout(&hunt(&kit, None));
        assert!(text.contains(&format!("A hint for one that is not {heading}\n")), "{text}");
        for (index, hint) in hints.iter().enumerate() {
            assert_eq!(text.contains(hint), index < given, "{hint} in {text}");
        }
    }
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_a_hunt_shows_how_many_servers_are_judged() {
    let kit = TestKit::new();
    write_scenario(&kit, "PING", "+PONG");
    let (work, file) = (kit.path("work"), kit.path("hunt.toml"));
    let program = env!("CARGO_BIN_EXE_grade");
    let terminal = Terminal::run(&format!(
        "KIT_WORK={} '{program}' hunt lab2 {}",
        work.display(),
        file.display()
    ));
    terminal.wait_for(" servers are judged");
    wait_until("the line is written anew", || !terminal.picture().contains("  0 of "));
    let picture = terminal.picture();
    assert!(picture.matches("are judged").count() <= 1, "{picture}");
}
