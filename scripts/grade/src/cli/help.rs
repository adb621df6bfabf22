//! What stands below the options in the help: examples and exit codes.

pub const CHECK: &str = "\
Examples:
  scripts/check.sh start lab1
      makes work/lab1: the start, for you to complete
  scripts/check.sh lab1
      judges what you wrote
  scripts/check.sh lab1 --hint
      gives the next hint for the step that failed
  scripts/check.sh lab2 --step first-reply
      judges one step, and what it needs
  scripts/check.sh lab2 --cmd 'python3 server.py {port}'
      judges a server in another language
  scripts/check.sh lab4 --json result.json
      judges the tasks of lab 4; writes the results for a machine

Exit code:
  0  all steps work; or the hint was given
  1  one step does not work
  2  it could not be judged, or a result was not written";

pub const START: &str = "\
Examples:
  scripts/check.sh start lab1
      makes work/lab1; then read work/lab1/README.md

Exit code:
  0  work/lab1 is there
  2  it could not be made: you have it already, for instance";

pub const RESET: &str = "\
Examples:
  scripts/check.sh reset lab1
      puts your files aside, and makes work/lab1 again

Exit code:
  0  you can begin again
  2  it could not be done: you have no work/lab1, for instance";

pub const MERGE: &str = "\
Examples:
  scripts/check.sh merge lab2
      takes the changes of a newer kit into work/lab2

Exit code:
  0  your files have all changes
  1  you must finish a file: you and the kit changed the same lines
  2  it could not be done";

pub const HUNT: &str = "\
Examples:
  cp scripts/grade/hunt.toml my-hunt.toml
  scripts/check.sh hunt lab2 my-hunt.toml
      counts the servers with a mistake that your conversation finds

Exit code:
  0  each server with a mistake failed
  1  one of them passed; or the lab of the kit did not pass
  2  one of them could not be judged; or nothing could be done";

pub const PROVE: &str = "\
Examples:
  scripts/check.sh prove
      takes many minutes
  scripts/check.sh prove lab2 --runs 5
      judges two servers, five times each

Exit code:
  0  each run said that the server is right
  1  one run said that it is wrong: the grader has a defect
  2  it could not be done";

pub const SOLUTION: &str = "\
Examples:
  scripts/check.sh solution lab1
      shows the diff at once if all your steps work; else, type it twice

Exit code:
  0  the diff was shown
  1  some steps do not work yet, and you asked for the first time
  2  it could not be done";

pub const SUBMIT: &str = "\
Examples:
  scripts/check.sh submit lab2
      takes your name from git
  scripts/check.sh submit lab2 --name 'Ada Lovelace' --out ada.tar.gz

Exit code:
  0  the file is there
  2  it could not be made";

pub const GRADE: &str = "\
Examples:
  scripts/check.sh grade ~/handed-in
      writes into ~/handed-in/results
  scripts/check.sh grade ~/handed-in --lab lab2 --jobs 1 --again
      grades those of lab 2 once more, one after the other

Exit code:
  0  all submissions were graded, whatever their points
  1  one could not be graded, or not whole
  2  nothing was graded";

pub const CLASS: &str = "\
Examples:
  scripts/check.sh class ~/handed-in/results/*.json
      writes class.html and class.csv beside the results
  scripts/check.sh class ~/handed-in/results/*.json --names off --out page
      writes them into the folder page, and shows no names

Exit code:
  0  the page has all results
  1  the page is there, but a file is no result
  2  there is no page";
