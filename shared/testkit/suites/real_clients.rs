//! Real clients with their default settings. `scripts/test.sh` installs the clients that are not Rust
//! crates, and runs these tests. A plain `cargo test` ignores them and says so.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use testkit::Lab;

use crate::{BENCHMARK_CLIENTS, LAB};

/// The time limit for a client, in seconds.
const TIMEOUT: &str = "120";

/// Runs a client program and expects that it succeeds.
#[track_caller]
fn succeed(command: &mut Command, stdin: &[u8]) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; run scripts/test.sh"));
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}\n{stdout}\n{stderr}");
    assert_eq!(stderr, "", "{command:?}");
    stdout
}

fn redis_cli(lab: &Lab, args: &[&str]) -> Command {
    let mut command = Command::new("redis-cli");
    command
        .args(["-p", &lab.addr.port().to_string()])
        .args(args)
        .env("REDISCLI_HISTFILE", "/dev/null");
    command
}

#[test]
#[ignore = "needs redis-cli: scripts/test.sh installs it"]
fn redis_cli_works_as_it_does_with_redis() {
    let lab = Lab::start(LAB);
    let script = "SET name Alice\nGET name\nGET nobody\nEXPIRE name 100\nTTL name\nDEL name\nFOO\n\
        SET bin \"\\x00\\xff\\r\\n\"\nSTRLEN bin\nGET bin\nMGET bin nobody\nPING\n";
    let expected = "OK\n\"Alice\"\n(nil)\n(integer) 1\n(integer) 100\n(integer) 1\n\
        (error) ERR unknown command 'FOO'\nOK\n(integer) 4\n\"\\x00\\xff\\r\\n\"\n\
        1) \"\\x00\\xff\\r\\n\"\n2) (nil)\nPONG\n";
    assert_eq!(succeed(&mut redis_cli(&lab, &["--no-raw"]), script.as_bytes()), expected);
    let resp3 = "GET nobody\nCONFIG GET save\n";
    let expected = "(nil)\n1# \"save\" => \"\"\n";
    assert_eq!(succeed(&mut redis_cli(&lab, &["-3", "--no-raw"]), resp3.as_bytes()), expected);
    let megabyte = "m".repeat(1 << 20);
    assert_eq!(succeed(&mut redis_cli(&lab, &["-x", "SET", "big"]), megabyte.as_bytes()), "OK\n");
    assert_eq!(succeed(&mut redis_cli(&lab, &["GET", "big"]), b"").trim_end(), megabyte);
    let info = succeed(&mut redis_cli(&lab, &["INFO", "keyspace"]), b"");
    assert_eq!(info, "# Keyspace\r\ndb0:keys=2,expires=0,avg_ttl=0\r\n");
}

#[test]
#[ignore = "needs redis-cli: scripts/test.sh installs it"]
fn redis_cli_pipes_a_hundred_thousand_commands() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let lines: String = (0..100_000).map(|n| format!("SET key:{n} value:{n}\r\n")).collect();
    let output = succeed(&mut redis_cli(&lab, &["--pipe"]), lines.as_bytes());
    assert!(output.contains("errors: 0, replies: 100000"), "{output}");
    assert_eq!(succeed(&mut redis_cli(&lab, &["DBSIZE"]), b""), "100000\n");
}

#[test]
#[ignore = "needs redis-benchmark: scripts/test.sh installs it"]
fn redis_benchmark_runs_its_tests() {
    for pipeline in ["1", "16"] {
        let lab = Lab::start_with(LAB, &["--quiet"]);
        let port = lab.addr.port().to_string();
        let mut command = Command::new("timeout");
        command.args([TIMEOUT, "redis-benchmark", "-p", &port, "-c", BENCHMARK_CLIENTS]);
        command.args(["-t", "ping,set,get,incr,mset", "-n", "8000", "-P", pipeline, "--csv"]);
        let output = succeed(&mut command, b"");
        let tests = ["PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)"];
        for test in tests {
            let row = output.lines().find(|line| line.starts_with(&format!("\"{test}\",")));
            let figure = row.and_then(|row| row.split('"').nth(3)).unwrap_or("no row");
            assert!(
                figure.parse::<f64>().is_ok_and(|rate| rate > 0.0),
                "{test}: {figure}\n{output}"
            );
        }
        let counted = succeed(&mut redis_cli(&lab, &["GET", "counter:__rand_int__"]), b"");
        assert_eq!(counted, "8000\n");
    }
}

/// The folder where `scripts/test.sh` has installed this version of redis-py.
fn redis_py(version: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/python");
    std::env::var("REDIS_PY").unwrap_or_else(|_| root.to_owned()) + "/redis-" + version
}

#[track_caller]
fn python_client_passes(version: &str) {
    let lab = Lab::start(LAB);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testkit/clients/redis_py.py");
    let mut command = Command::new("timeout");
    command.args([TIMEOUT, "python3", script, &lab.addr.port().to_string(), version]);
    let output = succeed(command.env("PYTHONPATH", redis_py(version)), b"");
    assert_eq!(output, "all checks passed\n");
}

#[test]
#[ignore = "needs redis-py 8: scripts/test.sh installs it"]
fn redis_py_8_works_with_its_defaults() {
    python_client_passes("8");
}

#[test]
#[ignore = "needs redis-py 5: scripts/test.sh installs it"]
fn redis_py_5_works_with_its_defaults() {
    python_client_passes("5");
}

#[test]
fn the_redis_crate_works_with_its_defaults() -> redis::RedisResult<()> {
    use redis::Commands;
    let lab = Lab::start(LAB);
    let client = redis::Client::open(format!("redis://{}/", lab.addr))?;
    let mut connection = client.get_connection()?;
    let _: () = connection.set("name", "Alice")?;
    assert_eq!(connection.get::<_, Option<String>>("name")?.as_deref(), Some("Alice"));
    assert_eq!(connection.get::<_, Option<String>>("nobody")?, None);
    assert!(connection.expire::<_, bool>("name", 100)?);
    assert_eq!(connection.ttl::<_, i64>("name")?, 100);
    assert_eq!(connection.del::<_, i64>(&["name", "nobody"])?, 1);
    let mut pipeline = redis::pipe();
    for _ in 0..1000 {
        pipeline.incr("n", 1);
    }
    let counted: Vec<i64> = pipeline.query(&mut connection)?;
    assert_eq!(counted, (1..=1000).collect::<Vec<_>>());
    for value in [(0..=255).collect::<Vec<u8>>(), vec![b'm'; 1 << 20]] {
        let _: () = connection.set("value", &value)?;
        assert_eq!(connection.get::<_, Vec<u8>>("value")?, value);
    }
    let error = redis::cmd("FOO").query::<()>(&mut connection).unwrap_err();
    assert!(error.to_string().contains("unknown command 'FOO'"), "{error}");
    assert_eq!(redis::cmd("PING").query::<String>(&mut connection)?, "PONG");
    Ok(())
}
