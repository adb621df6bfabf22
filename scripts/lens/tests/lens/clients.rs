//! The client and the load generator of one lab, with the server of another.

use crate::support::lab;
use testkit::{Lab, run};

/// Runs a program of a lab and returns its exit code, its stdout and its stderr.
fn run_lab(package: &str, task: &str, server: &Lab, args: &[&str]) -> (i32, String, String) {
    let port = server.addr.port().to_string();
    let output = run(&lab(package), &[&[task, "--port", &port], args].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_client_of_lines_says_that_the_server_speaks_resp() {
    for package in ["lab2-resp", "lab3-multiclient", "lab4-fair"] {
        let server = Lab::start(&lab(package));
        let port = server.addr.port();
        server.connect().ask("SET a 1\r\nSET long 12345678\r\n", "+OK\r\n+OK\r\n");
        let command = format!("\n  cargo run -p lab2-resp -- client --port {port}\n");
        for request in
            ["PING", "GET long", "GET no", "KEYS *", "FOO", "STRLEN a", "QUIT", "HELLO 3"]
        {
            let args: Vec<&str> = request.split(' ').collect();
            let (code, stdout, stderr) = run_lab("lab1-blocking", "client", &server, &args);
            assert_eq!((code, stdout.as_str()), (2, ""), "{request}: {stderr}");
            assert!(stderr.contains(&format!("127.0.0.1:{port} speaks RESP")), "{stderr}");
            assert!(stderr.ends_with(&command), "{stderr}");
        }
        let command = format!("\n  cargo run --release -p lab2-resp -- bench --port {port}\n");
        for args in [&[][..], &["--large"]] {
            let (code, stdout, stderr) = run_lab("lab1-blocking", "bench", &server, args);
            assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
            assert!(stderr.ends_with(&command), "{stderr}");
        }
    }
}

#[test]
fn a_client_of_resp_says_that_the_server_speaks_lines() {
    let server = Lab::start(&lab("lab1-blocking"));
    let port = server.addr.port();
    for package in ["lab2-resp", "lab4-fair"] {
        let command = format!("\n  cargo run -p lab1-blocking -- client --port {port}\n");
        for request in ["PING", "GET long", "QUIT"] {
            let args: Vec<&str> = request.split(' ').collect();
            let (code, stdout, stderr) = run_lab(package, "client", &server, &args);
            assert_eq!((code, stdout.as_str()), (2, ""), "{request}: {stderr}");
            assert!(stderr.contains(&format!("127.0.0.1:{port} speaks lines")), "{stderr}");
            assert!(stderr.ends_with(&command), "{stderr}");
        }
        let command = format!("\n  cargo run --release -p lab1-blocking -- bench --port {port}\n");
        for args in [&[][..], &["--large"]] {
            let (code, stdout, stderr) = run_lab(package, "bench", &server, args);
            assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
            assert!(stderr.ends_with(&command), "{stderr}");
        }
    }
}

#[test]
fn a_value_that_looks_like_resp_is_a_value_for_the_client_of_lines() {
    let server = Lab::start(&lab("lab1-blocking"));
    for value in ["+OK\r", "$5\r", "-ERR no\r", ":1\r", "*0\r", "$-1\r", "+PONG\r", "_\r", "+OK"] {
        let (code, ..) = run_lab("lab1-blocking", "client", &server, &["SET", "k", value]);
        assert_eq!(code, 0);
        let (code, stdout, stderr) = run_lab("lab1-blocking", "client", &server, &["GET", "k"]);
        assert_eq!((code, stdout, stderr.as_str()), (0, format!("{value}\n"), ""));
    }
}
