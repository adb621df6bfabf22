#!/usr/bin/env bash
# soak.sh: keeps a server busy with ten thousand clients, and checks every reply.
#
# USAGE         scripts/soak.sh [LAB] [options]
#               LAB                  lab4 (the default), work/lab4 or redis-server.
#                                    lab3 also works, but a flood makes the others
#                                    wait
#               --minutes N          how long (10)
#               --clients N          connections held at once (10000)
#               --seed N             makes the random choices of another run again
#               --fail-fast          stops at the first failure
#               --json FILE          also writes the figures to a file
#               --against HOST:PORT  a server that runs already and is empty
#               --binary PATH        a program that is built already
# REQUIREMENTS  20,000 open files in one shell (ulimit -Hn), or it holds fewer
#               connections; Linux, to see memory and descriptors; redis-server
#               only if you ask for it
# OVERHEADS     uses both processors all the time; some 400 MiB in the server
# EXIT CODE     0 every answer was right and nothing leaked; 1 something is wrong,
#               and the report says what; 2 nothing could be checked
#
# EXAMPLES      scripts/soak.sh                           before a release
#               scripts/soak.sh lab4 --minutes 1          after a change
#               scripts/soak.sh redis-server --minutes 2  Redis must pass
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
