#!/usr/bin/env bash
# compare.sh: compares the four labs and redis-server: the same two clients and the same loads for each.
#
# USAGE         scripts/compare.sh [options]
#               --quick           less of everything, and no flame graphs: some seconds
#               --with-threads    also an example of lab 3 with a thread for each client: what does a lock cost?
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

previous=
for word in "$@" ''; do
  case $previous in
    --with | --out)
      [[ -n $word && $word != --* ]] || die "$previous wants a word behind it." "Say scripts/$(basename "$0") --help."
      ;;
  esac
  previous=$word
done

for word in "$@"; do
  case $word in
    -h | --help) usage; exit 0 ;;
    --replay) renamed --replay --recorded ;;
  esac
done

has cargo || die "Rust is not installed, so nothing can be built." "See https://rustup.rs, then open a new terminal."
# The labs are built in the folder of the kit, where cargo finds its settings. Files that the user names are in the folder
# of the user.
here=$(dirname "$0")
build() { (cd "$here/.." && run cargo build --release "$@"); }

# Recordings need no labs.
if [[ " $* " != *" --recorded "* ]]; then labs=(lab1-blocking lab2-resp lab3-multiclient lab4-fair); else labs=(); fi
# A stage that does not build is missing, and the others are compared.
broken=()
for package in "${labs[@]}"; do
  build --bins -p "$package" || broken+=(--broken "$package")
done
if [[ " $* " == *" --with-threads "* ]]; then
  build -p lab3-multiclient --example threads || broken+=(--broken threads)
fi
show "$here/lens.sh" --release compare "${broken[@]}" "$@"
exec "$here/lens.sh" --release compare "${broken[@]}" "$@"
