# shellcheck shell=bash
# lib.sh: what all scripts share. Sourced, not run.

# usage: prints the head of the script that calls it: purpose, usage, requirements, examples.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p;}' "$0"; }

# die MESSAGE...: says what is wrong and how to go on, and ends with exit code 2.
die() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  shift
  if (($# > 0)); then printf '  %s\n' "$@" >&2; fi
  exit 2
}

# has COMMAND: whether it is installed.
has() { command -v "$1" > /dev/null 2>&1; }

# run COMMAND...: prints the exact command, and then runs it. Students learn the tool, not our wrapper.
run() {
  printf '+ %s\n' "$*" >&2
  "$@"
}
