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
#                    two-clients, expiry, pipeline, split, slow-reader, many
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
#   owner            the program that has the socket, its pid and its descriptor;
#                    empty: no program has accepted it
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

# sockets: the sockets of the server's side, the listening one first.
sockets() {
  ss --no-header --tcp --all --numeric --processes "sport = :$port" | sort -k1,1r -k5,5
  # Those whom the kernel does not let in have a socket of their own only.
  ss --no-header --tcp --numeric --processes state syn-sent "dport = :$port" | sed 's/^/SYN-SENT /'
}

# explain_socket STATE RECV_Q SEND_Q LOCAL PEER [OWNER]
explain_socket() {
  local state=$1 received=$2 sending=$3 client="client ${5##*:}" owner=${6-}
  case $state in
    LISTEN)
      local say="$received waiting to be accepted; the program lets $sending wait (its backlog)"
      if ((received > sending)); then say+=". $received: Linux lets one more wait than it is told"; fi
      if ((received > 0)); then say="$red$say$plain"; fi
      echo "the door: $say"
      ;;
    ESTAB) explain_connection "$client" "$received" "$sending" "$owner" ;;
    CLOSE-WAIT)
      if [[ -n $owner ]]; then
        echo "$client has left, and the program has not closed its side yet"
      else
        echo "$red$client was never accepted and has left already; $(bytes "$received") of it will be read all the same$plain"
      fi
      ;;
    SYN-RECV) echo "$red$client has asked, and its handshake is not over: the queue is full$plain" ;;
    SYN-SENT) echo "${red}client ${4##*:} asks for a connection and gets no answer: the queue is full, it asks again after a second$plain" ;;
    FIN-WAIT* | LAST-ACK | CLOSING | TIME-WAIT) echo "$client: the connection is over" ;;
    *) echo "$client: $state" ;;
  esac
}

# explain_connection CLIENT RECV_Q SEND_Q OWNER
explain_connection() {
  local say
  if [[ -z $4 && -z $sees_owners ]]; then
    say="$1 is connected (who owns it, only its user and root may know)"
  elif [[ -z $4 ]]; then
    say="$red$1 is connected, and waits: nobody has accepted it$plain"
  else
    say="$1 is accepted: descriptor $(sed -n 's/.*fd=\([0-9]*\).*/\1/p' <<< "$4")"
  fi
  if (($2 > 0)); then say+="; it has sent $(bytes "$2") that nobody has read"; fi
  if (($3 > 0)); then say+="; $(bytes "$3") for it are on their way: it does not read them"; fi
  echo "$say"
}

bytes() { if (($1 == 1)); then echo '1 byte'; else echo "$1 bytes"; fi; }

show_sockets() {
  local state received sending at peer owner
  if $raw; then
    echo "$1"
    return
  fi
  sees_owners=$(grep -o 'users:' <<< "$1" | head -n 1) || true
  printf '%s%-11s %7s %7s  %-22s %-22s %s%s\n' "$dim" State Recv-Q Send-Q 'here' 'there' 'owner' "$plain"
  while read -r state received sending at peer owner; do
    [[ -n $state ]] || continue
    printf '%-11s %7s %7s  %-22s %-22s %s\n' "$state" "$received" "$sending" "$at" "$peer" "$owner"
    printf '            └ %s\n' "$(explain_socket "$state" "$received" "$sending" "$at" "$peer" "$owner")"
  done <<< "$1"
}

save_sockets() { sockets > "$work/sockets"; }

show_now() {
  printf '\n%s%s%s\n' "$bold" "$(date +%T.%1N)" "$plain"
  show_sockets "$1"
}

# watch_sockets PID...: shows the table each time it has changed, until one of these ends.
watch_sockets() {
  local now before='' process
  watching=true
  if [[ -z $scenario ]]; then invite; fi
  while ! $stopping; do
    for process in "$@"; do is_running "$process" || break 2; done
    beside save_sockets || continue
    IFS= read -r -d '' now < "$work/sockets" || true
    if [[ $now != "$before" ]]; then
      beside show_now "${now%$'\n'}" || continue
      before=$now
    fi
    nap
  done
  watching=false
}

needs ss iproute2 "Without it, the kernel's own table, in hexadecimal: cat /proc/net/tcp"
check_scenario
if $attach; then find_lab; else build_lab && start_lab; fi
show ss -tanp "sport = :$port"
if $once_only; then
  show_sockets "$(sockets)"
elif [[ -n $scenario ]]; then
  set -m
  play > "$work/clients" &
  set +m
  reader_pid=$!
  watch_sockets "$reader_pid" "$server_pid"
  end_group "$reader_pid"
  reader_pid=''
  cat "$work/clients"
else
  watch_sockets "$server_pid"
fi
end_lab
farewell
