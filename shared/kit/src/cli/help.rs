//! What stands below the options in the help: columns, examples, exit codes.

/// Stands for what a user types to run the program.
const RUN: &str = "{run}";

const LAB: &str = "\
Examples:
  {run}
      serves on 127.0.0.1:6379
  {run} -- client
      opens a prompt; type this in a second terminal
  {run} -- bench
      measures the server; type this in a second terminal

";

const SERVE: &str = "\
Examples:
  {run} -- serve
      serves on 127.0.0.1:6379
  {run} -- serve --port 7000
      serves on another port
  {run} -- serve --quiet
      logs connections and errors only

";

const SERVE_CODES: &str = "\
Exit code:
  0  Ctrl-C, SIGTERM or SIGHUP ended the server
  1  it could not serve: its port is taken, for instance
  2  the command line is wrong";

const CLIENT: &str = r"Examples:
  {run} -- client
      opens a prompt
  {run} -- client SET name Alice
      sends one command
  {run} -- client --port 7000 --json GET name
      asks a server on another port; prints the reply as JSON
  {run} -- client --pieces 'PI' 'NG\r\n'
      sends one command in two writes

Exit code:
  0  the server replied; or you left the prompt
  1  the server replied with an error; at a prompt, that is 0
  2  there is no server, or it closed the connection; or the command line
     is wrong";

const BENCH: &str = "\
Columns of the table:
  count  How many were measured
  p50    Half of them took this long or less: the median
  p95    95 of 100 took this long or less; p99: 99 of 100
  max    The slowest one

Examples:
  {run} -- bench
      sends 10,000 requests from 8 clients
  {run} -- bench --clients 50 --pipeline 16
      each client sends 16 requests before it waits for replies
  {run} -- bench --large
      sets and gets values of 10 to 100 KB

Exit code:
  0  each request got its reply
  1  a reply is missing or wrong; or the host is unknown
  2  there is no server of this lab; or the command line is wrong";

/// Adds to the help of each task of a lab. `run` is what a user types to run the program.
pub fn of_lab(command: clap::Command, run: &str) -> clap::Command {
    of_example(command, run)
        .after_help(LAB.replace(RUN, run) + SERVE_CODES)
        .mut_subcommand("client", |client| client.hide(false).after_help(CLIENT.replace(RUN, run)))
        .mut_subcommand("bench", |bench| bench.hide(false).after_help(BENCH.replace(RUN, run)))
}

/// The same for an example of a lab, which only serves.
pub fn of_example(command: clap::Command, run: &str) -> clap::Command {
    let below = SERVE.replace(RUN, run) + SERVE_CODES;
    command
        .after_help(below.clone())
        .mut_subcommand("serve", |serve| serve.after_help(below))
        .mut_subcommand("client", |client| client.hide(true))
        .mut_subcommand("bench", |bench| bench.hide(true))
}
