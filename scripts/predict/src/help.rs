//! What stands below the options in the help: examples and exit codes.

pub const ALL: &str = "\
Examples:
  scripts/check.sh predict lab1
  scripts/check.sh questions lab1

Exit code:
  0  you answered all questions
  1  a question of predict has no answer yet
  2  it could not be done";

pub const PREDICT: &str = "\
Examples:
  scripts/check.sh predict lab1
      asks all questions that you have not answered
  scripts/check.sh predict lab1 second-client
      asks one question
  scripts/check.sh predict lab1 --list
      lists the questions and your answers
  scripts/check.sh predict lab1 second-client --again --recorded
      asks once more; a recording decides, and no strace is needed

Exit code:
  0  you answered all that was asked; or there was nothing to ask
  1  you left out a question
  2  it could not be done";

pub const QUESTIONS: &str = "\
Examples:
  scripts/check.sh questions lab1
      asks about your server in work/lab1; all its steps must work
  scripts/check.sh questions lab1 --kit
      asks about the lab of the kit

Exit code:
  0  the questions were asked
  2  it could not be done: your server fails a step, for instance";
