#!/usr/bin/env bash
# record-all.sh: makes the recordings of the kit again, which --recorded and the
# READMEs show.
#
# SYNOPSIS
#   scripts/record-all.sh [LAB...] [--lines]
#
# OPTIONS
#   LAB      lab1, lab2, lab3, lab4 or redis; without one, all of them
#   --lines  keeps the times, and makes only the lines of the source again: for a
#            change of a lab's source that moves lines
#
# FIELDS
#   + lens.sh record ...   each recording that is made
#   Lines of the source    of how many calls the line is known
#   last lines             how many recordings, in how many seconds, and what
#                          quotes them and has to follow
#
# REQUIREMENTS
#   strace, tcpdump and the right to capture (root), redis-server. A quiet
#   machine: times of a busy one are worse than old times
#
# OVERHEAD
#   three minutes; with --lines one and a half
#
# EXIT CODE
#   0  all recordings are made
#   2  one could not be made, and it says which
#
# EXAMPLES
#   scripts/record-all.sh            # after a change of what a lab does
#   scripts/record-all.sh --lines    # after a change that only moves lines
#   scripts/record-all.sh lab3       # the recordings of one lab
#
# SEE ALSO
#   scripts/lens.sh, scripts/trace.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

options=() labs=()
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --lines) options+=(--lines) ;;
    -*) unknown "$1" ;;
    redis | redis-server) labs+=(redis-server) ;;
    *) labs+=("$(lab_package "$1")") ;;
  esac
  shift
done
cd "$(dirname "$0")/.."
for tool in strace tcpdump redis-server; do
  has "$tool" || die "$tool is not installed." "On Debian and Ubuntu: sudo apt-get install $tool"
done
read -r load _ < /proc/loadavg
if ((${#options[@]} == 0)) && [[ ${load%.*} -gt 0 ]]; then
  echo "The machine is busy (load $load): times will be worse than on a quiet one." >&2
fi

# wanted PACKAGE: whether its recordings were asked for.
wanted() { ((${#labs[@]} == 0)) || [[ " ${labs[*]} " == *" $1 "* ]]; }

count=0 began=$SECONDS
for folder in labs/*/recordings/*/ scripts/lens/recordings/*/*/; do
  folder=${folder%/}
  scenario=$(basename "$folder")
  case $folder in
    labs/*) package=$(basename "$(dirname "$(dirname "$folder")")") ;;
    *) package=$(basename "$(dirname "$folder")") ;;
  esac
  wanted "$package" || continue
  run scripts/lens.sh record "$package" --scenario "$scenario" --out "$folder" "${options[@]}" || exit 2
  [[ -f $folder/packets.pcap ]] || die "$folder has no packets." "Run it as root, or restore it: git checkout $folder"
  count=$((count + 1))
done
((count > 0)) || die "there is no recording of ${labs[*]}." "Make one: scripts/lens.sh record LAB --scenario NAME --out labs/LAB/recordings/NAME"

echo "$count recordings in $((SECONDS - began)) s."
if ((${#options[@]} == 0)); then
  echo "What quotes them: BLESS=1 cargo test -p lens --test lens -- timeline follow; the READMEs (cargo run -q -p check -- document FILE); and"
  echo "  scripts/lens.sh timeline labs/*/recordings/two-clients scripts/lens/recordings/redis-server/two-clients --svg images/two-clients.svg"
fi
