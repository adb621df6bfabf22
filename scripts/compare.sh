#!/usr/bin/env bash
# compare.sh: compares the four labs and redis-server: the same two clients and
# the same loads for each, and one page with everything that was measured.
#
# SYNOPSIS
#   scripts/compare.sh [options]
#
# OPTIONS
#   --quick           smaller loads, and no flame graphs
#   --with-threads    also lab 3's protocol with a thread for each client
#   --lab work/lab2   also a lab of your own: one more column
#   --with HOST:PORT  also this server, which runs already and speaks RESP. The
#                     load leaves keys there: bench:0 to bench:999, busy, name
#   --recorded        from the recordings of the kit: starts nothing, and needs no
#                     tool
#   --all             prints all rows of the table, with those that few readers
#                     need
#   --out DIR         the folder for the page and all figures (report)
#
# FIELDS
#   lab1 lab2 ...     a column for each server
#   B is connected    from the moment when client B asks for a connection until it
#                     has one; client A is connected and silent
#   B has its first reply
#                     from the same moment until B has its first reply
#   A held the server how long the server was in calls about A while B waited
#   calls, reads, writes, packets, bytes a request
#                     of one request alone, and of 16 that are sent together,
#                     divided by 16
#   served at once    how many clients had a reply while all others waited too
#   requests/s        under the load of the kit's own bench
#   p50, p99, p99.9   how long a reply took at most: for half of the requests, for
#                     99 in 100, for 999 in 1,000
#   CPU a request     time of the server on a processor
#   switches          how often its threads left their processors, a request
#   quiet beside busy how long a client waits that asks now and then, while
#                     another client asks all the time
#   peak memory       of the server under the load
#   memory a key, memory a silent client
#                     what each of them adds to the memory of the server
#   lines of its own code
#                     without comments, empty lines and tests
#   Missing           what could not be measured, and why
#
# REQUIREMENTS
#   Rust. strace, ss, tcpdump, perf and redis-server (Debian: strace iproute2
#   tcpdump linux-perf redis-server): without one of them, it says what is
#   missing. Linux: costs are read from /proc.
#
# OVERHEAD
#   everything        two to three minutes
#   --quick           half a minute
#   --recorded        a second
#   The first run also builds all labs for about two minutes. Do nothing else on
#   the machine meanwhile: other work shows in the figures.
#
# EXIT CODE
#   0  there is a comparison, and it says what it lacks
#   1  no server could be measured
#   2  it could not be done
#
# EXAMPLES
#   scripts/compare.sh                    # everything, into report/
#   scripts/compare.sh --quick            # does it run here?
#   scripts/compare.sh --with-threads     # one thread for all, or one for each?
#   scripts/compare.sh --lab work/lab2    # is yours like lab 2?
#   scripts/compare.sh --recorded         # what the recordings tell
#
# SEE ALSO
#   scripts/bench.sh, scripts/lens.sh, scripts/trace.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

arguments=() own=() quick=false recorded=false threads=false
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --*=*) set -- "$1" "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --quick) quick=true arguments+=("$1") ;;
    --all) arguments+=("$1") ;;
    --with-threads) threads=true arguments+=("$1") ;;
    --recorded) recorded=true arguments+=("$1") ;;
    --replay) renamed --replay --recorded ;;
    --lab | --with | --out)
      needs_word "$@"
      if [[ $1 == --lab ]]; then
        [[ $2 == *work/* ]] || die "--lab is for a lab of your own, as in --lab work/lab2." "Those of the kit are compared anyway."
        own+=("$(lab_package "$2")")
      fi
      arguments+=("$1" "$2")
      shift
      ;;
    *) unknown "$1" ;;
  esac
  shift
done

$recorded || needs_linux "it reads what a server costs from /proc" "Or from the recordings: scripts/compare.sh --recorded"
has cargo || die "Rust is not installed, so nothing can be built." "See https://rustup.rs, then open a new terminal."
here=$(dirname "$0")
build_release() { run_in_kit cargo build --release "$@"; }

# Recordings need no labs.
labs=() building='the lens' measures='reads the recordings'
if ! $recorded; then
  labs=(lab1-blocking lab2-resp lab3-multiclient lab4-fair ${own[@]+"${own[@]}"})
  building='the labs and the lens'
  if $quick; then measures='measures: about half a minute'; else measures='measures: two to three minutes'; fi
fi
echo "compare.sh: builds $building, optimised: some minutes, the first time" >&2
# A stage that does not build is missing, and the others are compared.
broken=()
for package in ${labs[@]+"${labs[@]}"}; do
  cargo_words "$package"
  build_release --bins "${words[@]}" || broken+=(--broken "$package")
done
if $threads && ! $recorded; then
  build_release -p lab3-multiclient --example threads || broken+=(--broken threads)
fi
echo "compare.sh: $measures" >&2
show "$here/lens.sh" --release compare ${broken[@]+"${broken[@]}"} ${arguments[@]+"${arguments[@]}"}
exec "$here/lens.sh" --release compare ${broken[@]+"${broken[@]}"} ${arguments[@]+"${arguments[@]}"}
