#!/usr/bin/env bash
# profile.sh: draws a flame graph of a lab: where it runs while clients keep it
# busy, or where it waits.
#
# SYNOPSIS
#   scripts/profile.sh LAB [options] [-- options of the lab]
#
# OPTIONS
#   LAB            lab1 to lab4; work/lab2 for your own
#   --wall         where it waits, by the clock on the wall: from stacks that
#                  strace takes. One silent client is connected meanwhile
#   --seconds N    for how long (5)
#   --attach [PID] the lab that runs already, in place of starting one
#   --pid PID      the same as --attach PID
#   --clients N    how many clients keep it busy (8)
#   --requests N   how many requests they send in a round (1000000)
#   --pipeline P   how many requests each sends before it waits for replies (1)
#   --idle         no load and no silent client: you are the client
#   --load         sends the load with --wall too
#   --fp           perf follows frame pointers, and not DWARF: see what is lost
#   --out DIR      the folder for the picture (captures/LAB)
#   --binary PATH  this program; nothing is built
#
# FIELDS
#   a box          a function. Its width is its share of the samples, or with
#                  --wall of the time
#   above a box    the functions that it has called
#   from left to right
#                  the alphabet, and not time
#
# REQUIREMENTS
#   perf (Debian: linux-perf) and the right to use it. --wall: strace, no rights
#
# OVERHEAD
#   perf           999 samples a second with 8 KB of stack each: some percent
#   --wall         each system call takes a millisecond more
#
# EXIT CODE
#   0  it was drawn
#   1  there was nothing to draw: perf took no sample
#   2  it could not be done
#
# EXAMPLES
#   scripts/profile.sh lab3 --pipeline 16    # what does a busy server do?
#   scripts/profile.sh lab1 --wall           # what does an idle one do?
#
# SEE ALSO
#   scripts/lens.sh, scripts/trace.sh, scripts/bench.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"

wall=false seconds=5 clients=8 requests=1000000 pipeline=1 took=0 load='' call_graph=dwarf,8192

# number OPTION WORD: the word, if it is a number above 0.
number() {
  [[ ${2-} =~ ^[1-9][0-9]{0,8}$ ]] || die "$1 wants a number above 0 behind it." "$(see_help)"
  echo "$2"
}

# Options with a number behind them are ours; all others go to read_options.
words=()
while (($# > 0)); do
  case $1 in
    --seconds) seconds=$(number "$@"); shift ;;
    --clients) clients=$(number "$@"); shift ;;
    --requests) requests=$(number "$@"); shift ;;
    --pipeline) pipeline=$(number "$@"); shift ;;
    --pid) words+=(--attach "$(number "$@")"); shift ;;
    --) words+=("$@"); break ;;
    *) words+=("$1") ;;
  esac
  shift
done
own_option() {
  case $1 in
    --wall) wall=true ;;
    --idle) load=false ;;
    --load) load=true ;;
    --fp) call_graph=fp ;;
    *) return 1 ;;
  esac
}
read_options "${words[@]}"
# How a lab waits shows best with a client that says nothing; without load the user is the client.
silent=false
if [[ -z $load ]]; then
  if $wall; then silent=true load=false; else load=true; fi
fi
if $recorded || $raw || [[ -n $scenario ]]; then
  die "--recorded, --raw and --scenario are for scripts/trace.sh." "$(see_help)"
fi
if $wall && $attach; then
  die "--wall starts the lab itself: to attach takes rights, and a sleep that has begun cannot be measured." \
    "Leave --attach out. To look at the one that runs: scripts/lens.sh watch $name"
fi

# build_release: the build to measure. .cargo/config.toml gives it frame pointers, which --fp needs.
build_release() {
  if [[ -n $binary ]]; then build_lab; else binary=$(build "$lab" --release); fi
}

# connect_silent_client: connects a client that says nothing until this script ends.
connect_silent_client() {
  note "A client is connected meanwhile, and says nothing. To be the client yourself: --idle"
  printf '+ exec 7<>/dev/tcp/127.0.0.1/%s\n' "$port" >&2
  exec 7<> "/dev/tcp/127.0.0.1/$port" || die "the client cannot connect to 127.0.0.1:$port."
}

# prepare_for_load: nobody needs to know the port, and nobody could read so many lines.
prepare_for_load() {
  if ! $load; then return; fi
  lab_options+=(--quiet)
  hide_log
  if ! $port_is_given; then lab_options+=(--port 0); fi
}

# start_load: our bench, round after round, until we end it.
start_load() {
  local options=(bench --clients "$clients" --requests "$requests" --pipeline "$pipeline" --port "$port")
  show "$binary" "${options[@]}"
  set -m
  { while "$binary" "${options[@]}"; do :; done; } > "$work/bench" 2>&1 < /dev/null &
  set +m
  reader_pid=$!
}

# Only without load, and without a silent client, the user is the client.
if $load || $silent; then invite() { note "Ctrl-C ends it before its time, and draws what there is."; }; fi

end_load() {
  [[ -n $reader_pid ]] || return 0
  end_group "$reader_pid"
  reader_pid=''
}

### where it runs
check_perf() {
  local fallback="See where it waits, which takes no rights: scripts/profile.sh $name --wall"
  needs perf linux-perf "$fallback"
  perf record -q -e cpu-clock -o "$work/try" -- true > /dev/null 2> "$work/error" && return
  local paranoid='?'
  read -r paranoid 2> /dev/null < /proc/sys/kernel/perf_event_paranoid || true
  ask_for_rights "you may not use perf here (perf_event_paranoid is $paranoid; perf says: $(grep -m 1 . "$work/error"))" \
    "Try: sudo sysctl kernel.perf_event_paranoid=1   (until the next start of the machine)" \
    "In a container: start it with --cap-add=PERFMON" "$fallback"
}

# The clock of the CPU is there in every virtual machine, hardware counters are not. DWARF, because libc's
# send uses the register of the frame pointer for something else in a program with threads: with --fp,
# nobody knows who has called it.
sample() {
  local command=(perf record -q -F 999 -e cpu-clock --call-graph "$call_graph" -p "$server_pid" -o "$part" -- sleep "$seconds")
  show "${sudo[@]}" "${command[@]}"
  set -m
  "${sudo[@]}" "${command[@]}" < /dev/null 2> "$work/error" &
  set +m
  tool_pid=$!
  local begun=$SECONDS
  hold "$tool_pid"
  took=$((SECONDS - begun))
  end_process "$tool_pid" INT
  tool_pid=''
  [[ -s $part ]] || die "perf has recorded nothing: $(grep -m 1 . "$work/error" || echo 'and does not say why')"
  if ((${#sudo[@]} > 0)); then "${sudo[@]}" chown "$(id -u)" "$part"; fi
}

profile_cpu() {
  check_perf
  if $attach; then find_lab; fi
  if $load || ! $attach; then build_release; fi
  begin_capture perf.data
  if ! $attach; then
    prepare_for_load
    start_lab
    tool_pid=''
  fi
  if $load; then start_load; fi
  sample
  end_load
  end_lab
  farewell
  keep_capture "Try again, or with --wall."
  if perf evlist -i "$capture" 2> /dev/null | grep -q ':u$'; then
    note "You may not see the kernel's functions, where a server spends most of its time. To see them too:"
    note "  sudo sysctl kernel.perf_event_paranoid=1   (until the next start of the machine)"
  fi
  # The lens finds the functions that were merged into others faster than perf does, and everywhere.
  local script=(perf script --no-inline --fields 'comm,tid,ip,sym,dso' -i "$capture")
  begin_capture perf.txt
  show "${script[@]}"
  "${script[@]}" > "$part" 2> "$work/error" || die "perf cannot read what it has recorded: $(grep -m 1 . "$work/error")"
  mv "$part" "$capture"
  part=''
  picture=$out/cpu.svg
  draw "$capture" --title "$lab: where it runs"
}

### where it waits
profile_wall() {
  needs strace strace "Or look at a running one, which takes nothing: scripts/lens.sh watch $name"
  strace -k -o "$work/try" true 2> "$work/error" ||
    die "strace cannot take stacks here: $(tail -n 1 "$work/error")" "In a container: start it with --cap-add=SYS_PTRACE"
  build_release
  begin_capture wall.log
  : > "$part"
  prepare_for_load
  start_lab strace -k -T -o "$part"
  if $load; then start_load; fi
  if $silent; then connect_silent_client; fi
  # The longest sleep ends when the lab is told to end: then strace writes how long it was, and its stack.
  sleep "$seconds" &
  local clock=$! begun=$SECONDS
  hold "$clock" "$server_pid"
  took=$((SECONDS - begun))
  kill "$clock" 2> /dev/null || true
  wait "$clock" 2> /dev/null || true
  end_load
  end_lab
  end_tool TERM
  keep_capture "Try again, or look at a running one: scripts/lens.sh watch $name"
  picture=$out/wall.svg
  draw "$capture" --wall --title "$lab: where it waits"
}

# draw STACKS OPTION...: the picture is there when it is whole, and not before.
draw() {
  build_lens || die "the lens cannot be built: $lens_error"
  local note="no load"
  if $silent; then note="one silent client"; fi
  if $load; then note="$clients clients, pipeline $pipeline"; fi
  run scripts/lens.sh flame "$@" --note "$note, $took s" --output "$picture" && return
  local status=$?
  # A capture of nothing is none.
  ((status == 2)) || rm -f "$out/perf.data" "$out/perf.txt"
  exit "$status"
}

if $wall; then profile_wall; else profile_cpu; fi
echo "The flame graph is in $bold$picture$plain. To see it in a browser:"
echo "  python3 -m http.server --bind 127.0.0.1 --directory $out 8000"
echo "  http://127.0.0.1:8000/$(basename "$picture")     Click on a function to see it alone; Ctrl-F finds one."
