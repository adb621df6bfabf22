#!/usr/bin/env bash
# sockets.sh: shows the sockets of a lab as the kernel sees them: which clients
# wait to be accepted, and which bytes nobody has read. After each change it
# prints the table of ss, and a sentence for each of its lines.
#
# SYNOPSIS
#   scripts/sockets.sh LAB [options] [-- options of the lab]
#
# OPTIONS
#   LAB              lab1 to lab4; work/lab2 for your own
#   --attach [PID]   looks at the lab that runs already, in place of starting one
#   --once           looks once, and ends
#   --scenario NAME  scripted clients talk to the lab, and it ends by itself:
#                    two-clients, expiry, pipeline, split, slow-reader, many,
#                    greedy, values, half
#   --raw            the output of ss, without explanations
#   --binary PATH    this program; nothing is built
#
# FIELDS
#   State            LISTEN: the listening socket; ESTAB: a connection;
#                    CLOSE-WAIT: the client has left, and the program has not
#                    closed its side
#   Recv-Q           of LISTEN: how many connections wait to be accepted;
#                    else: bytes that the program has not read
#   Send-Q           of LISTEN: how many may wait (the backlog);
#                    else: bytes that the other side has not acknowledged
#   here, there      the two addresses of a connection
#   └                what the line above means
#   owner            the program that has the socket: its pid, and its descriptor
#                    for it; empty: no program has accepted it
#
# REQUIREMENTS
#   ss (Debian: iproute2). No rights: you see all of a lab of your own.
#
# OVERHEAD
#   none for the lab; ss looks five times a second
#
# EXIT CODE
#   0  it was watched
#   2  it could not be watched
#
# EXAMPLES
#   scripts/sockets.sh lab1 --attach --once           # beside a server that runs
#   scripts/sockets.sh lab3 --scenario slow-reader    # where do bytes wait?
#
# SEE ALSO
#   scripts/lens.sh, scripts/port.sh, scripts/tcpdump.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"

once_only=false
own_option() {
  case $1 in
    --once) once_only=true ;;
    *) return 1 ;;
  esac
}
read_options "$@"
if $recorded; then die "there are no recordings of sockets." "Those of system calls: scripts/trace.sh $kit_lab --recorded"; fi
if $out_is_given; then die "this script saves nothing, so --out is for the others." "$(see_help)"; fi

# ss prints what belongs to this port. The words need also the sockets of clients that the kernel does not let in.
ask_ss() {
  local filter="sport = :$port"
  $raw || filter+=" or dport = :$port"
  ss --no-header --tcp --all --numeric --processes "$filter"
}

explain() { if $raw; then cat; else scripts/lens.sh explain --tool ss --port "$port"; fi; }

# feed_tables: each table that differs from the one before, below the time.
feed_tables() {
  local now before=''
  trap 'exit 0' TERM
  while :; do
    now=$(ask_ss)
    if [[ $now != "$before" ]]; then printf '%s\n%s\n\n' "$(date +%T.%1N)" "$now"; fi
    before=$now
    sleep 0.2
  done
}

# watch_sockets: until the scenario is over, the server ends, or somebody presses Ctrl-C.
watch_sockets() {
  mkfifo "$work/tables"
  set -m
  { trap '' INT; explain < "$work/tables"; } &
  reader_pid=$!
  feed_tables > "$work/tables" &
  feeder_pid=$!
  set +m
  if [[ -n $scenario ]]; then
    play > "$work/clients"
    settle
  else
    hold "$server_pid"
  fi
  end_process "$feeder_pid"
  wait "$reader_pid" || true
  feeder_pid='' reader_pid=''
}

needs ss iproute2 "Without it, see where each client waits:  scripts/lens.sh watch $name"
check_scenario
choose_words ss
if $attach; then find_lab; else build_lab && start_lab; fi
show ss -tanp "sport = :$port"
if $once_only; then
  ask_ss | explain
else
  watch_sockets
  if [[ -n $scenario ]]; then cat "$work/clients"; fi
fi
end_lab
farewell
