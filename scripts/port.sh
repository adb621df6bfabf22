#!/usr/bin/env bash
# port.sh: tells which program listens on a port, and ends that program if you say
# so.
#
# SYNOPSIS
#   scripts/port.sh [options] [PORT]
#
# OPTIONS
#   PORT     a number from 1 to 65535 (6379)
#   --yes    does not ask
#   --force  KILL in place of TERM: the program cannot clean up. Try it only if
#            TERM did not help
#
# FIELDS
#   pid          the number of the process that listens
#   after it     its command line, its user, and how long it has been running
#
# REQUIREMENTS
#   ss (Debian: iproute2) or lsof; sudo to see programs of other users
#
# OVERHEAD
#   less than a second, and up to five while the program ends
#
# EXIT CODE
#   0  the port is free
#   1  the port is still taken
#   2  nothing could be done
#
# EXAMPLES
#   scripts/port.sh               # who has 6379? end it?
#   scripts/port.sh 6380 --yes
#
# SEE ALSO
#   scripts/doctor.sh, scripts/sockets.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

port=6379
signal=TERM
ask=true
for word in "$@"; do
  case $word in
    -h | --help) usage; exit 0 ;;
    --yes) ask=false ;;
    --force) signal=KILL ;;
    -*) unknown "$word" ;;
    *[!0-9]* | '') die "'$word' is not a port: say a number from 1 to 65535, such as 6379." ;;
    *) port=$word ;;
  esac
done
((port >= 1 && port <= 65535)) || die "$port is not a port: say a number from 1 to 65535, such as 6379."

# Whether anybody listens on the port, whoever it is.
is_taken() {
  if has ss; then
    [[ -n $(ss --no-header --listening --tcp --numeric "sport = :$port") ]]
  else
    lsof -nP -iTCP:"$port" -sTCP:LISTEN > /dev/null 2>&1
  fi
}

# The process ids of those who listen there, as far as we may see them.
holders() {
  if has ss; then
    ss --no-header --listening --tcp --numeric --processes "sport = :$port" | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -un || true
  else
    lsof -nP -iTCP:"$port" -sTCP:LISTEN -t 2> /dev/null | sort -un || true
  fi
}

has ss || has lsof || die "neither ss nor lsof is installed." "On Debian and Ubuntu: sudo apt-get install iproute2" \
  "Or start a lab. It says which program has the port, and 'kill PID' ends that:  cargo run -p lab1-blocking -- --port $port"

if ! is_taken; then
  echo "Port $port is free."
  exit 0
fi
pids=$(holders)
[[ -n $pids ]] || die "port $port is taken by a program of another user, whom you may not see." \
  "Try: sudo scripts/port.sh $port" "Or take another port: cargo run -p lab1-blocking -- --port $((port + 1))"

for pid in $pids; do
  printf 'Port %s is taken by pid %s: %s\n' "$port" "$pid" "$(ps -o user= -o etime= -o args= -p "$pid" |
    awk '{ user = $1; since = $2; $1 = $2 = ""; sub(/^ +/, "")
      unit = gsub(/:/, ":", since) > 1 ? "h:min:s" : "min:s"
      printf "%s\n  (user %s, running for %s %s)", $0, user, since, unit }')"
done
if $ask; then
  read -r -p "End it with $signal? [y/N] " answer || answer=
  if [[ ! $answer =~ ^[Yy] ]]; then
    echo "Nothing was ended."
    exit 1
  fi
fi
for pid in $pids; do
  printf '+ kill -%s %s\n' "$signal" "$pid" >&2
  kill "-$signal" "$pid" 2> /dev/null || die "may not end pid $pid." "Try: sudo scripts/port.sh $port"
done
# A server that ends properly does so at once; five seconds is for those that save something first.
for ((tenths = 0; tenths < 50; tenths++)); do
  if ! is_taken; then
    echo "Port $port is free now."
    exit 0
  fi
  sleep 0.1
done
echo "Port $port is still taken, 5 seconds after $signal. Try: scripts/port.sh --force $port" >&2
exit 1
