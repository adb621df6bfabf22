# shellcheck shell=bash
# lib-packets.sh: what tcpdump.sh and tshark.sh share: the right to capture, and the life of a capture. Sourced,
# not run.
# shellcheck disable=SC2034,SC2154  # options and processes come from lib-observe.sh

# probe_capture COMMAND...: whether that, which captures nothing, can open the interface; if not, in another network, or
# with sudo.
probe_capture() {
  local own=()
  if "$@" > /dev/null 2> "$work/error"; then return; fi
  if may_own_a_network; then
    if [[ -n $scenario ]] && ! $attach; then capture_in_own_network "$1"; fi
    own=("Without root: scripts/own-network.sh, in each terminal, and then the same again")
  fi
  ask_for_rights "$1 may not capture packets here" "As root: sudo scripts/$(basename "$0") $name" \
    "In a container: start it with --cap-add=NET_RAW" ${own[@]+"${own[@]}"} \
    "Or look at the packets of a recording, which takes no rights:  scripts/$(basename "$0") $kit_lab --recorded"
}

# capture_in_own_network TOOL: runs this script again in a network of its own, and ends. That takes no rights. Scripted clients
# need no other terminal, so they can be in that network, too.
capture_in_own_network() {
  # There is no way from there to where cargo gets crates from.
  check_scenario
  build_lab
  note "$1 may not capture packets here, so the lab and its clients get a network of their own."
  cd "$OLDPWD" || exit
  run "$kit/scripts/own-network.sh" "$0" "${arguments[@]}"
  exit
}

# feed_packets COMMAND...: starts what captures packets for the tool that shows them.
feed_packets() {
  mkfifo "$work/packets"
  show "${sudo[@]}" "$@" "|"
  set -m
  "${sudo[@]}" "$@" < /dev/null > "$work/packets" 2> "$work/feeder" &
  set +m
  feeder_pid=$!
}

# listen_to_packets SIGN COMMAND...: starts the tool, and waits until it says on stderr that it has begun. What
# it prints goes through `explain`.
listen_to_packets() {
  local sign=$1 input=/dev/null with=("${sudo[@]}")
  shift
  if [[ -n $feeder_pid ]]; then input=$work/packets with=(); fi
  mkfifo "$work/lines"
  show "${with[@]}" "$@"
  : > "$work/error"
  set -m
  { trap '' INT; explain < "$work/lines"; } &
  reader_pid=$!
  "${with[@]}" "$@" < "$input" > "$work/lines" 2> "$work/error" &
  tool_pid=$!
  set +m
  until grep -q "$sign" "$work/error"; do
    is_running "$tool_pid" || die "$1 does not capture: $(grep -v '^Running as\|^Capturing\|packets captured\|^ \*\*\|^tshark: $' "$work/error" | tail -n 1)"
    sleep 0.05
  done
}

# watch_packets: until the scenario is over or somebody presses Ctrl-C; then all ends, the last packet included.
watch_packets() {
  if [[ -n $scenario ]]; then
    play > "$work/clients"
    settle
  else
    hold "$server_pid" "$tool_pid"
  fi
  end_lab
  until_quiet
  end_tool INT
  if [[ -n $scenario ]]; then cat "$work/clients"; fi
}

# until_quiet: waits until nothing has been captured for a moment: a tool hears of a packet a little later.
until_quiet() {
  local size='' before=none
  while [[ $size != "$before" ]]; do
    before=$size
    sleep 0.5
    size=$(stat -c %s "$part")
  done
}

# port_of_recording FILE: where the server of a recording listened.
port_of_recording() { scripts/lens.sh port "${1%/*}"; }
