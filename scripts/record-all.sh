#!/usr/bin/env bash
# record-all.sh: makes the recordings of the kit again, those that --replay and the READMEs show.
#
# USAGE         scripts/record-all.sh [LAB...] [options]
#               LAB          lab1, lab2, lab3, lab4 or redis (all that have recordings)
#               --lines      keep the times, and renew only the lines of the source: for a change that moves lines
# REQUIREMENTS  strace, tcpdump and the right to capture (root), redis-server. A machine that does nothing
#               else: times of a busy one are worse than old times
# OVERHEADS     three minutes; --lines: one and a half
# EXIT CODE     0 all recordings are made; 2 one is not, and it says which
#
# EXAMPLES      scripts/record-all.sh                  after a change of what a lab does
#               scripts/record-all.sh --lines          after a change of its source that keeps its calls
#               scripts/record-all.sh lab3             the recordings of one lab
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

options=() labs=()
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --lines) options+=(--lines) ;;
    -*) die "'$1' is nothing this script knows." "Say scripts/record-all.sh --help." ;;
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

lens=$(build lens)
count=0 began=$SECONDS
for folder in labs/*/recordings/*/ scripts/lens/recordings/*/*/; do
  folder=${folder%/}
  scenario=$(basename "$folder")
  case $folder in
    labs/*) package=$(basename "$(dirname "$(dirname "$folder")")") ;;
    *) package=$(basename "$(dirname "$folder")") ;;
  esac
  wanted "$package" || continue
  run "$lens" record "$package" --scenario "$scenario" --out "$folder" "${options[@]}" || exit 2
  ! grep -q '"packets": "none' "$folder/meta.json" ||
    die "$folder has no packets: $(grep '"packets"' "$folder/meta.json")" "Run it as root, or restore it: git checkout $folder"
  count=$((count + 1))
done
((count > 0)) || die "there is no recording of ${labs[*]}." "Make one: lens record LAB --scenario NAME --out labs/LAB/recordings/NAME"

echo "$count recordings in $((SECONDS - began)) s."
if ((${#options[@]} == 0)); then
  echo "What quotes them: BLESS=1 cargo test -p lens --test lens -- timeline follow; the READMEs (cargo run -q -p check -- document FILE); and"
  echo "  $lens timeline labs/*/recordings/two-clients scripts/lens/recordings/redis-server/two-clients --svg images/two-clients.svg"
fi
