#!/usr/bin/env bash
# slow-typist.sh: does all sheets as a student who reads for half a minute before
# each command, and mistypes it first. A step that needs a quick student fails.
#
# SYNOPSIS
#   scripts/slow-typist.sh [FILE...] [options]
#
# OPTIONS
#   FILE             Markdown files; without them, README.md and the sheets of all
#                    labs
#   --pause SECONDS  how long the student reads before each command (30)
#
# FIELDS
#   FAILED           the line of the step that failed, and what came instead
#   ok               the file passed, and how long it took
#   passed, failed   the blocks of commands in all files
#
# REQUIREMENTS
#   Rust, and the tools that the sheets use; scripts/test.sh installs them. Linux.
#   Where unshare may make no network, the files wait for each other
#
# OVERHEAD
#   half a minute for each command of the longest sheet: an hour. The files are
#   done side by side, each in a network of its own
#
# EXIT CODE
#   0  a slow student can do every step
#   1  a step failed
#   2  it could not be done
#
# EXAMPLES
#   scripts/slow-typist.sh                          # before a release
#   scripts/slow-typist.sh labs/lab2-resp/README.md --pause 60
#
# SEE ALSO
#   scripts/test.sh, scripts/check/README.md
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

files=() pause=30
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --pause)
      needs_word "$@"
      [[ $2 =~ ^[0-9]+$ ]] || die "--pause takes a whole number of seconds, not '$2'." "$(see_help)"
      pause=$2
      shift
      ;;
    -*) unknown "$1" ;;
    *)
      [[ -f $1 ]] || die "there is no file '$1'." "Name Markdown files, or none to do all sheets."
      files+=("$(realpath -- "$1")")
      ;;
  esac
  shift
done
cd "$kit"
((${#files[@]} > 0)) || files=(README.md labs/*/README.md)

# The documents have no network, so all that they use is built before.
run cargo build --quiet --locked --workspace --bins --examples || die "the kit does not build: the compiler says why, above."
check=$(build check)

logs=$(mktemp -d)
pids=() SECONDS=0
end_all() {
  local pid
  for pid in "${pids[@]}"; do [[ -z $pid ]] || kill -TERM -- "-$pid" 2> /dev/null || true; done
  rm -rf "$logs"
}
trap end_all EXIT
trap 'exit 130' INT TERM

# Each is a process group of its own, so that Ctrl-C ends all of it.
set -m
for index in "${!files[@]}"; do
  command=("$check" document --slow-typist --pause "$pause" "${files[index]#"$kit"/}")
  show "${command[@]}"
  ("${command[@]}" > "$logs/$index" 2>&1 && echo 0 > "$logs/$index.status" || echo 1 > "$logs/$index.status") &
  pids+=($!)
done
set +m

# report: shows what the documents printed that have ended.
report() {
  local index
  for index in "${!pids[@]}"; do
    [[ -n ${pids[index]} && -s $logs/$index.status ]] || continue
    pids[index]=''
    cat "$logs/$index"
    printf '%s took %d min %d s\n\n' "${files[index]#"$kit"/}" $((SECONDS / 60)) $((SECONDS % 60))
  done
}
for pid in "${pids[@]}"; do
  wait -n || true
  report
done
[[ $(cat "$logs"/*.status | sort -u) == 0 ]] || exit 1
echo "A slow student can do every step."
