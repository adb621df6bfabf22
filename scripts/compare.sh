#!/usr/bin/env bash
# compare.sh: compares the four labs and redis-server: the same two clients and the same loads for each.
#
# USAGE         scripts/compare.sh [options]
#               --quick           less of everything, and no flame graphs: some seconds
#               --with-threads    also an example of lab 3 with a thread for each client: what does a lock cost?
#               --lab work/lab2   also a lab of your own: one more column
#               --with HOST:PORT  compare with this server too, which runs already and speaks RESP; the load
#                                 leaves its keys there (bench:0 to bench:999, busy, name)
#               --recorded        from the recordings of the kit: needs no tool, and starts nothing
#               --out DIR         where to put the page and all figures (report)
# REQUIREMENTS  Rust. strace, ss, tcpdump, perf and redis-server (Debian: strace iproute2 tcpdump linux-perf
#               redis-server): without one of them, it says what is lost. Linux: costs are read from /proc
# OVERHEADS     about two minutes, and ports of this machine only. Leave the machine alone meanwhile: what others
#               do shows in the figures
# EXIT CODE     0 there is a comparison, and it says what it lacks; 1 no stage could be measured; 2 it could
#               not be done
#
# EXAMPLES      scripts/compare.sh                  everything, into report/
#               scripts/compare.sh --quick          does it run here?
#               scripts/compare.sh --with-threads   one thread for all, or a thread for each?
#               scripts/compare.sh --recorded       what the recordings tell
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

arguments=() own=() recorded=false threads=false
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --*=*) set -- "$1" "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --quick) arguments+=("$1") ;;
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

has cargo || die "Rust is not installed, so nothing can be built." "See https://rustup.rs, then open a new terminal."
here=$(dirname "$0")
build_release() { run_in_kit cargo build --release "$@"; }

# Recordings need no labs.
labs=()
if ! $recorded; then labs=(lab1-blocking lab2-resp lab3-multiclient lab4-fair "${own[@]}"); fi
# A stage that does not build is missing, and the others are compared.
broken=()
for package in "${labs[@]}"; do
  cargo_words "$package"
  build_release --bins "${words[@]}" || broken+=(--broken "$package")
done
if $threads && ! $recorded; then
  build_release -p lab3-multiclient --example threads || broken+=(--broken threads)
fi
show "$here/lens.sh" --release compare "${broken[@]}" "${arguments[@]}"
exec "$here/lens.sh" --release compare "${broken[@]}" "${arguments[@]}"
