#!/usr/bin/env bash
# bench.sh: measures redis-server, lab 3, lab 4 and the baseline under the same
# loads, in turns. The baseline answers each request without reading it: no server
# of this design can be cheaper.
#
# SYNOPSIS
#   scripts/bench.sh [options]
#
# OPTIONS
#   --quick         a hundredth of each load: it shows that the script works here
#   --rounds N      how often each load is measured; the median counts (5)
#   --only NAME...  these loads only; scripts/lens.sh bench --help names them
#   --with PROGRAM  one more server, as the column 'other': an older build, or
#                   work/lab4, your own lab
#   --json FILE     the file that gets all figures (report/bench.json)
#   --chart FILE    the file that gets the chart, an SVG (report/bench.svg)
#
# FIELDS
#   what was measured  the load: its clients, and the requests each has in flight
#   redis lab3 lab4 baseline other
#                   the median of all rounds for this server; below it the lowest
#                   and the highest
#   lab4 ÷ redis    lab 4's figure as a share of Redis's
#   ≤ 0.90 met      the target of such a share, and whether it was met
#
# REQUIREMENTS
#   Rust. redis-server and redis-benchmark (Debian: redis-server redis-tools):
#   without them it measures the rest, and says what is missing. Linux: the cost
#   of a server is read from /proc.
#
# OVERHEAD
#   everything      fifteen minutes, both cores and 1 GB of memory
#   --quick         a minute
#   The first run also builds for two minutes. Do nothing else on the machine
#   meanwhile: other work shows in the figures. All ports are free ones of this
#   machine.
#
# EXIT CODE
#   0  it was measured, whether the targets are met or not
#   1  there was nothing to measure
#   2  it could not be done
#
# EXAMPLES
#   scripts/bench.sh                          # everything
#   scripts/bench.sh --only get-50 get-p64    # two loads
#   scripts/bench.sh --quick                  # does it run here?
#
# SEE ALSO
#   scripts/compare.sh, scripts/profile.sh, scripts/soak.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

arguments=() own='' only=false
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --*=*) set -- "$1" "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --quick) only=false arguments+=("$1") ;;
    --rounds | --only | --with | --json | --chart)
      needs_word "$@"
      if [[ $1 == --only ]]; then only=true; else only=false; fi
      arguments+=("$1" "$2")
      if [[ $1 == --with && $2 == *work/lab[1-4]* ]]; then
        own=$(lab_package "$2")
        arguments[${#arguments[@]}-1]=${CARGO_TARGET_DIR:-$kit/target}/release/$own
      fi
      shift
      ;;
    *)
      # Several names may stand behind --only.
      { $only && [[ $1 != -* ]]; } || unknown "$1"
      arguments+=("$1")
      ;;
  esac
  shift
done

needs_linux "it reads what a server costs from /proc" "Or measure one lab: cargo run -p lab3-multiclient -- bench"
here=$(dirname "$0")
has cargo || die "Rust is not installed, so nothing can be built." "See https://rustup.rs, then open a new terminal."
build_release() {
  run_in_kit cargo build -q --release "$@" ||
    die "the labs do not build: the compiler says why, above." "Undo your last change, or ask: git diff"
}
build_release -p lab1-blocking -p lab2-resp -p lab3-multiclient -p lab4-fair --bins
build_release -p lab4-fair --example baseline
if [[ -n $own ]]; then
  cargo_words "$own"
  build_release "${words[@]}"
fi
show "$here/lens.sh" --release bench ${arguments[@]+"${arguments[@]}"}
exec "$here/lens.sh" --release bench ${arguments[@]+"${arguments[@]}"}
