#!/usr/bin/env bash
# trace.sh: shows every system call that a lab makes for its clients, when, how
# long it took, and what it means.
#
# SYNOPSIS
#   scripts/trace.sh LAB [options] [-- options of the lab]
#
# OPTIONS
#   LAB              lab1 to lab4; work/lab2 for your own
#   --attach [PID]   watches the lab that runs already, in place of starting one
#   --scenario NAME  scripted clients talk to the lab, and it ends by itself:
#                    two-clients, expiry, pipeline, split, slow-reader, many,
#                    greedy, values, half
#   --recorded       reads a recording that comes with the lab; --scenario chooses
#                    which
#   --raw            the output of strace, without explanations
#   --summary        a table: how often each call was made, and how long it took
#   --all-calls      every system call, and not only sockets and waiting
#   --out DIR        the folder for the capture (captures/LAB)
#   --binary PATH    this program; nothing is built
#
# FIELDS
#   at (ms)          milliseconds since the program started
#   took             how long the call took; asleep included
#   call             the system call, or who: what a client did stands beside it
#   what happened    what the call did; indented lines explain it the first time
#   --summary        % time, seconds: of all time in calls, asleep or not.
#                    usecs/call: microseconds a call. calls: how many.
#                    errors: how many of them failed. syscall: its name.
#                    CPU time: how long the server was on a CPU meanwhile
#
# REQUIREMENTS
#   Linux and strace; only Rust for --recorded. To start a lab under strace takes
#   no rights; to attach takes the right to trace, mostly sudo.
#
# OVERHEAD
#   lines            some 50 microseconds for each call that is shown
#   --all-calls      the same for every call
#   --summary        the same
#   --recorded       none: no lab runs
#   Look with it, but do not measure speed with it.
#
# EXIT CODE
#   0  it was watched
#   2  it could not be watched
#
# EXAMPLES
#   scripts/trace.sh lab1                           # then be a client
#   scripts/trace.sh lab3 --scenario two-clients    # one terminal is enough
#   scripts/trace.sh work/lab2                      # your own lab
#
# SEE ALSO
#   scripts/lens.sh, scripts/ltrace.sh, scripts/sockets.sh, scripts/profile.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"

summary=false
all_calls=false
own_option() {
  case $1 in
    --summary) summary=true ;;
    --all-calls) all_calls=true ;;
    *) return 1 ;;
  esac
}
read_options "$@"

# explain [FILE]: the log in words, or as it is where there is no lens.
explain() {
  local words=(explain "$@")
  if $all_calls; then words+=(--all); fi
  if $raw; then cat "$@"; else scripts/lens.sh "${words[@]}"; fi
}

# What strace may not be told by everyone.
check_rights() {
  needs strace strace "Without it, look at a recording:  scripts/trace.sh $kit_lab --recorded"
  if $attach; then return; fi
  strace -o /dev/null true 2> "$work/error" || die "strace may not trace here: $(tail -n 1 "$work/error")." \
    "In a container: start it with --cap-add=SYS_PTRACE" "Or look at a recording:  scripts/trace.sh $kit_lab --recorded"
}

options=(-ttt -T -yy -s 128)
if $summary; then options=(-w -c); fi
if ! $all_calls; then options+=(-e "trace=$socket_calls"); fi

start() {
  begin_capture "$($summary && echo summary.txt || echo trace.log)"
  : > "$part"
  if $attach; then
    attach_strace
  else
    # What the lab logs, the lens says too, and better.
    if ! $raw && ! $summary; then hide_log; fi
    start_lab strace "${options[@]}" -o "$part"
  fi
}

attach_strace() {
  local tries
  for tries in 1 2; do
    show "${sudo[@]}" strace "${options[@]}" -o "$part" -p "$server_pid"
    : > "$work/error"
    set -m
    "${sudo[@]}" strace "${options[@]}" -o "$part" -p "$server_pid" < /dev/null 2> "$work/error" &
    set +m
    tool_pid=$!
    until grep -q "attached" "$work/error"; do
      is_running "$tool_pid" || break
      sleep 0.05
    done
    is_running "$tool_pid" && return
    tool_pid=''
    ((tries == 1)) || break
    ask_for_rights "$(why_not)" "Try: sudo sysctl kernel.yama.ptrace_scope=0   (until the next start of the machine)" \
      "Or start the lab under strace, which takes no rights: scripts/trace.sh $name" \
      "Or look at a recording: scripts/trace.sh $kit_lab --recorded"
  done
  die "strace does not attach: $(tail -n 1 "$work/error")"
}

why_not() {
  local tracer
  tracer=$(sed -n 's/^TracerPid:\t//p' "/proc/$server_pid/status" 2> /dev/null) || tracer=0
  if ((tracer > 0)); then
    die "process $server_pid is being traced already, by process $tracer: a process has one tracer at most."
  fi
  [[ -d /proc/$server_pid ]] || die "process $server_pid has ended."
  echo "you may not attach to process $server_pid"
}

# clocks: how long the server has been on a CPU, in nanoseconds, and the time by the clock on the wall, in
# seconds. Nothing if the server has ended, or if the kernel does not tell.
clocks() {
  local uptime
  read -r uptime _ < /proc/uptime
  cat "/proc/$server_pid"/task/*/schedstat 2> /dev/null |
    LC_ALL=C awk -v uptime="$uptime" '{ sum += $1 } END { if (NR) printf "%.0f %s", sum, uptime }' || true
}

# cpu_line BEFORE AFTER: what the clocks told before and after the clients.
cpu_line() {
  [[ -n $1 && -n $2 ]] || return 0
  LC_ALL=C awk -v before="$1" -v after="$2" 'BEGIN {
    split(before, b, " "); split(after, a, " ")
    printf "  CPU time    %.3f s of %.2f s: how long the server was on a CPU.\n", (a[1] - b[1]) / 1e9, a[2] - b[2]
  }'
}

explain_summary() {
  cat << 'END'
  seconds     how long in the call by the clock on the wall, asleep or not.
              That is the -w in strace -w -c. Without -w, strace counts CPU
              time, and all the waiting vanishes.
  accept4, recvfrom, epoll_wait: here a server sleeps, and uses no CPU. The
              longest of them tells what the server waits for.
END
}

if $recorded; then
  log=$(recording strace.log)
  if $summary; then
    build_lens || die "the lens cannot be built: $lens_error"
    note "Counted from $log."$'\n'"Live, this table is made by strace -w -c."
    run scripts/lens.sh explain --summary "$log"
    printf '\n  CPU time    not in a recording: leave --recorded out to see it.\n'
    explain_summary
    exit 0
  fi
  choose_words strace
  if ! $raw; then log=$(dirname "$log"); fi
  if $raw; then show cat "$log"; else show scripts/lens.sh explain "$log"; fi
  explain "$log"
  exit 0
fi
check_rights
if [[ -n $scenario ]] && ! $attach && ! $summary; then
  check_scenario
  words=(record "$name" --scenario "$scenario" --out "$out/$scenario")
  if [[ -n $binary ]]; then words+=(--binary "$binary"); fi
  words+=(-- "${lab_options[@]}")
  run scripts/lens.sh "${words[@]}" || exit 2
  if $raw; then show cat "$out/$scenario/strace.log"; else show scripts/lens.sh explain "$out/$scenario"; fi
  if $raw; then explain "$out/$scenario/strace.log"; else explain "$out/$scenario"; fi
  note "The capture is the folder $out/$scenario: strace.log, lines.json, clients.jsonl, packets.pcap, meta.json."
  exit 0
fi
check_scenario
if ! $summary; then choose_words strace; fi
if $attach; then find_lab; else build_lab; fi
start
if ! $summary; then follow explain; fi
before=$(clocks)
if [[ -n $scenario ]]; then play > "$work/clients"; settle; else hold "$server_pid" "$tool_pid"; fi
after=$(clocks)
end_lab
end_tool INT
if [[ -n $scenario ]]; then cat "$work/clients"; fi
keep_capture "Was there a client? To be one: $(client_line)"
if $summary; then
  cat "$capture"
  printf '\n'
  cpu_line "$before" "$after"
  explain_summary
fi
note "The capture is in $capture ($(wc -l < "$capture") lines)."
if ! $summary; then note "To read it again: scripts/lens.sh explain $capture"; fi
