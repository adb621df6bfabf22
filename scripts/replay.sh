#!/usr/bin/env bash
# replay.sh: records a lab while scripted clients talk to it, and makes a film of
# the run: one file that a browser shows. The film has the line of the server, the
# queues of the kernel and the terminals of the clients, at each moment. On a
# desktop, your browser opens.
#
# SYNOPSIS
#   scripts/replay.sh LAB [LAB] [options]
#
# OPTIONS
#   LAB              lab1 to lab4; work/lab2 for your own. A second lab plays the
#                    same scenario, and stands beside the first
#   --scenario NAME  what the clients do (two-clients): expiry, pipeline, split,
#                    slow-reader, many, greedy, values, half
#   --recorded       reads the recordings that come with the labs: no lab runs
#   --out FILE       the file to make (captures/replay.html); -o is short for it
#   --no-open        opens no browser
#
# FIELDS
#   The film         the file with the film, which you open in a browser. The
#                    page explains what it shows
#
# REQUIREMENTS
#   Linux and strace, and the right to capture packets with tcpdump. Without
#   tcpdump the clients' own notes stand in for the packets, and the page says so.
#   Only Rust for --recorded.
#
# OVERHEAD
#   a scenario takes some seconds, and is played twice: the second time to learn
#   the lines of the source
#   --recorded       none: no lab runs
#
# EXIT CODE
#   0  there is a film
#   2  it could not be made
#
# EXAMPLES
#   scripts/replay.sh lab1                        # B waits: in which line?
#   scripts/replay.sh lab1 lab3 --recorded        # two labs side by side
#   scripts/replay.sh work/lab2 --scenario half   # your own lab
#
# SEE ALSO
#   scripts/lens.sh, scripts/trace.sh, scripts/compare.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

labs=() scenario=two-clients recorded=false out=captures/replay.html open=true
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --*=*) set -- "$1" "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --recorded) recorded=true ;;
    --no-open) open=false ;;
    --scenario) needs_word "$@"; scenario=$2; shift ;;
    -o | --out) needs_word "$@"; out=$2; shift ;;
    -*) unknown "$1" ;;
    *) labs+=("$(lab_package "$1")") ;;
  esac
  shift
done
case ${#labs[@]} in
  0) die "which lab?" "Say scripts/replay.sh lab1, lab2, lab3 or lab4. Your own: work/lab1, work/lab2 and so on." ;;
  1 | 2) ;;
  *) die "a page has room for two labs, and not for ${#labs[@]}." "Say two of them." ;;
esac

# recordings LAB: the folder with the recordings that come with it.
recordings() { echo "$kit/labs/$1/recordings"; }

# check LAB: ends if there is no recording of the scenario.
check() {
  local known
  [[ $1 != my-* ]] || die "your own lab comes with no recordings." "To record it: scripts/replay.sh $(lab_name "$1") --scenario $scenario"
  [[ ! -e $(recordings "$1")/$scenario/meta.json ]] || return 0
  known=$(cd "$(recordings "$1")" && echo ./*/)
  known=${known//.\//}
  die "there is no recording of '$scenario' with $1." "Say one of these behind --scenario: ${known//\//}"
}

$recorded || needs_linux "it records what a server does with strace" "Or from the recordings: scripts/replay.sh ${labs[0]} --recorded"
here=$(dirname "$0")
folders=()
for lab in "${labs[@]}"; do
  if $recorded; then
    check "$lab"
    folders+=("$(recordings "$lab")/$scenario")
  else
    folder=captures/$lab/$scenario
    run "$here/lens.sh" record "$(lab_name "$lab")" --scenario "$scenario" --out "$folder"
    folders+=("$folder")
  fi
done
show "$here/lens.sh" replay "${folders[@]}" --out "$out"
"$here/lens.sh" replay "${folders[@]}" --out "$out"

# Over ssh, in a container or in a pipe there is no browser to open.
browser='' desktop=${DISPLAY-}${WAYLAND_DISPLAY-}
if has xdg-open && [[ -n $desktop ]]; then browser=xdg-open; fi
if [[ $(uname -s 2> /dev/null) == Darwin ]]; then browser=open; fi
if $open && [[ -t 1 && -n $browser ]]; then "$browser" "$out" < /dev/null > /dev/null 2>&1 & fi
