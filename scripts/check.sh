#!/usr/bin/env bash
# check.sh: gives you the start of a lab, and checks step by step what you have
# written.
#
# SYNOPSIS
#   scripts/check.sh LAB [options]
#   scripts/check.sh start | reset | merge | solution LAB
#   scripts/check.sh predict LAB [QUESTION]
#   scripts/check.sh questions LAB [--kit]
#   scripts/check.sh hunt LAB FILE
#   scripts/check.sh prove [LAB...] [--runs N]
#   scripts/check.sh submit LAB [--name NAME] [--out FILE]
#   scripts/check.sh grade DIR [--lab LAB] [--jobs N] [--again] [--seed N]
#   scripts/check.sh class RESULT.json... [--out DIR] [--names on|off]
#
# OPTIONS
#   LAB        lab1, lab2 or lab3: judges yours, in work/LAB; lab4: judges
#              labs/lab4-fair as it stands here. These may follow:
#     --hint          judge nothing: give the next hint for what failed last
#     --step STEP     only this step, by number or name, or only this task of
#                     lab 4, and what it needs; with --hint, the next hint for it
#     --all           all about each step that fails, not only about the first;
#                     all are tried, even if several in a row wait for nothing
#     --watch         judge again each time a file of yours has changed
#     --cmd COMMAND   a server in any language; {port} stands for the port
#     --binary PATH   this program, which is started as a lab is
#     --hostile       strace makes calls of the server fail: it must survive
#     --no-trace      judge no system calls
#     --same-user     run the server as you run, even if you are root
#     --seed N        all random words of the steps follow from this number
#     --json FILE     writes what came of each step, for a machine; - is stdout,
#                     and then this page goes to stderr
#     --junit FILE    the same as JUnit XML, for GitHub and GitLab
#     --result FILE   the same as result.json of Classroom 50
#   start      makes work/LAB: the lab without the functions that you write
#   reset      puts your files aside, and begins again
#   merge      takes over what a newer kit has changed in the start of your files
#   predict    asks what the lab of the kit will do, by number or name of the
#              question or all of them, lab1 to lab4. Your answer is kept; then
#              the lab runs, and its trace decides. To list the questions, or to
#              let a recording decide: scripts/check.sh predict --help
#   questions  when all steps work: which of your lines made the calls of a run?
#              With --kit, about the lab of the kit
#   hunt       counts how many servers with a mistake a conversation of yours
#              catches. It is in FILE, and must pass on the lab of the kit. To
#              begin, copy the example scripts/grade/hunt.toml
#   prove      judges servers that are right, again and again: is the grader fair?
#              How often: --runs N; else 25 times, and lab 3 100 times
#   solution   the diff from yours to the lab of the kit, and what the lab does
#              beyond the steps. All steps must work, or you must ask twice
#   submit     packs what you wrote into one file, to hand it in:
#              labN-NAME.submission.tar.gz
#   grade      for instructors: grades all submissions in DIR, and writes results
#              into DIR/results
#   class      for instructors: puts results side by side, in class.html and
#              class.csv; with --names off, students are numbers
#
# FIELDS
#   ok         the step works
#   FAILS      it does not work. Below the list: what was sent, what must come and
#              what has come
#   -          it was not tried, because it needs a step that fails, or because
#              several steps before it waited for the same thing and failed
#   not begun  behind a step of a task of lab 4: the server does not know its
#              command or its option. That is no failure
#   unknown    it could not be judged: neither a pass nor a failure
#   skipped    its system calls were not judged, because strace is not here
#   Right, Wrong   of a prediction; then the lines of the run that decide
#
# RESULTS
#   Each step has points: those that steps.toml gives it (points), or else 1. It
#   gets all of them when it works, and else none. An unknown step gets none, is
#   no failure, and stays in the sum: judge again. A step that was skipped or not
#   begun is not in the sum. The files of --json, --junit and --result say the
#   same, in the order of the steps. They are written when the server and all
#   that it has started are gone.
#
# LIMITS
#   While it is judged, a server may have 64 processes, 1 GiB of memory, files of
#   64 MiB, and 4096 open files. It may write 512 MiB. It may take 2 minutes for a
#   step, and 15 minutes for all steps. If you are root, each server runs as a
#   user of its own, in a folder of its own. Where that cannot be, it runs as
#   root: a --cmd whose files others may not read, or a container without
#   CAP_SYS_PTRACE. With --json, --junit or --result, a line says so.
#
# REQUIREMENTS
#   Rust; strace to judge system calls, and for questions; prlimit and setpriv
#   (util-linux) for the limits. On macOS: Rust; no system call is judged, what a
#   server writes to sockets has no limit, and no server runs as another user
#
# OVERHEAD
#   a build, the first time; then some seconds
#
# EXIT CODE
#   0  all steps work; all submissions were graded, all results were used
#   1  a step does not; a question was left out; a submission was not graded
#      whole; a result was not used
#   2  nothing could be judged, or only in part; or a result was not written
#
# EXAMPLES
#   scripts/check.sh start lab1
#   scripts/check.sh lab1 --hint
#   scripts/check.sh predict lab1 second-client
#   scripts/check.sh lab2 --cmd 'python3 server.py {port}'
#   scripts/check.sh submit lab2 --name 'Ada Lovelace'
#   scripts/check.sh grade ~/handed-in
#
# SEE ALSO
#   scripts/trace.sh, scripts/lens.sh, labs/lab1-blocking/README.md,
#   labs/INSTRUCTORS.md
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

case ${1-} in
  -h | --help) usage; exit 0 ;;
  '') die "which lab?" "Say scripts/check.sh lab1, lab2, lab3 or lab4. To begin: scripts/check.sh start lab1" ;;
esac
program=grade builds='the grader'
if [[ $1 == predict || $1 == questions ]]; then program=predict builds='what asks'; fi
build_tool "$program" || die "$builds cannot be built: $tool_error" "To see all that the compiler says: cargo build -p $program"
exec "$tool" "$@"
