#!/usr/bin/env bash
# soak.sh: keeps a server busy for minutes with ten thousand clients, hostile ones
# among them, and checks every answer.
#
# SYNOPSIS
#   scripts/soak.sh [LAB] [options]
#
# OPTIONS
#   LAB                  lab4 (the default), work/lab4 or redis-server. lab3 also
#                        works, but a client that floods starves the others there
#   --minutes N          for how long (10)
#   --clients N          how many connections are held at once (10000)
#   --seed N             makes the random choices of another run again
#   --fail-fast          ends at the first wrong answer
#   --json FILE          writes the figures for machines, too
#   --against HOST:PORT  a server that runs already, and is empty
#   --binary PATH        this program; nothing is built
#
# FIELDS
#   wrong answers        replies that differ from what the client had to get
#   clients let down     connections that the server closed without a reason
#   PING beside all that how long a quiet client waited: half of its requests at
#                        most p50, 99 in 100 at most p99, the longest max
#   memory (RSS)         of the server: at the start, when its size had settled,
#                        at the last, and when all clients had left
#   descriptors, threads the same; more after the clients than before is a leak
#   CPU                  time of the server on a processor
#
# REQUIREMENTS
#   20,000 open files in one shell (ulimit -Hn), or it holds fewer connections.
#   Linux, to see memory and descriptors. redis-server only if you ask for it.
#
# OVERHEAD
#   both processors, for all that time; some 400 MiB in the server
#
# EXIT CODE
#   0  every answer was right and nothing leaked
#   1  something is wrong, and it says what
#   2  it could not be done
#
# EXAMPLES
#   scripts/soak.sh                             # ten minutes, before a release
#   scripts/soak.sh lab4 --minutes 1            # after a change in the server
#   scripts/soak.sh redis-server --minutes 2    # is the check right? Redis passes
#
# SEE ALSO
#   scripts/bench.sh, scripts/differential.sh, scripts/fuzz.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

target='' binary='' against=false options=()
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --minutes | --clients | --seed | --json | --against | --binary)
      needs_word "$@"
      case $1 in
        --binary) binary=$(realpath -- "$2") ;;
        --json) options+=(--json "$(realpath -- "$2")") ;;
        --against) against=true options+=("$1" "$2") ;;
        *) options+=("$1" "$2") ;;
      esac
      shift
      ;;
    --fail-fast) options+=("$1") ;;
    *)
      [[ -z $target && $1 != -* ]] || unknown "$1"
      target=$1
      ;;
  esac
  shift
done
cd "$(dirname "$0")/.."

if $against && [[ -n $target$binary ]]; then
  die "--against takes a server that runs already, so none is started." "Leave out ${target:-the program}, or --against."
fi
case ${target:=lab4} in
  redis-server) ;;
  *)
    lab=$(lab_package "$target")
    [[ $lab == *[34]* ]] ||
      die "$lab serves one client at a time: ten thousand would wait for the first." "Use lab4."
    ;;
esac

check=$(build check --release)
if ! $against; then
  if [[ -n $binary ]]; then
    [[ -x $binary && ! -d $binary ]] || die "$binary is not a program that you may run." "Leave out --binary to build it."
  elif [[ $target == redis-server ]]; then
    has redis-server || die "redis-server is not installed." "On Debian and Ubuntu: sudo apt-get install redis-server" \
      "Or soak the lab: scripts/soak.sh lab4"
    binary=$(command -v redis-server)
  else
    binary=$(build "$lab" --release)
  fi
  options+=("$binary")
fi
show "$check" soak "${options[@]}"
# exec: Ctrl-C and the exit code belong to the soak.
exec "$check" soak "${options[@]}"
