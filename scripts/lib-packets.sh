# shellcheck shell=bash
# lib-packets.sh: what tcpdump.sh and tshark.sh share: the right to capture, the life of a capture, and what
# a packet means. Sourced, not run.
# shellcheck disable=SC2034,SC2154  # options and processes come from lib-observe.sh

# probe_capture COMMAND...: whether that, which captures nothing, can open the interface; if not, with sudo.
probe_capture() {
  if "$@" > /dev/null 2> "$work/error"; then return; fi
  ask_for_rights "$1 may not capture packets here" "As root: sudo scripts/$(basename "$0") $name" \
    "In a container: start it with --cap-add=NET_RAW" \
    "Or look at the packets of a recording, which takes no rights:  scripts/$(basename "$0") $kit_lab --recorded"
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
port_of_recording() { sed -n 's/.*"address": "[^"]*:\([0-9]*\)".*/\1/p' "${1%/*}/meta.json"; }

### what a packet means
# mean FLAGS FROM LENGTH INDENT: tells it, the first time. FLAGS as tcpdump writes them.
mean() {
  local by=client
  if [[ $2 == "$port" ]]; then by=server; fi
  case $1:$by in
    S:*) once syn "$4" "SYN: a client asks for a connection" ;;
    S.:*) once synack "$4" "SYN, ACK: the kernel of the server agrees, whether its program accepts anybody or not" ;;
    F*) once "fin$by" "$4" "FIN: the $by will say nothing more" ;;
    R*) once rst "$4" "RST: an end without goodbye; what was on its way is lost" ;;
    *:client)
      if (($3 > 0)); then
        once question "$4" "PSH: here are $3 bytes, for the program to read"
      else
        once handshake "$4" "ACK: the connection is there. The server's program need not even know of it"
      fi
      ;;
    *:server)
      if (($3 > 0)); then
        once answer "$4" "PSH: and here the program has answered"
      else
        once ack "$4" "ACK: the kernel of the server has these bytes; it does not say that the program has read them"
      fi
      ;;
  esac
}

# explain_tcpdump: each packet in one line, below it the bytes it carries, without the headers that -A shows too.
packet='' payload=''
explain_tcpdump() {
  local line rest='' status
  while :; do
    status=0
    IFS= read -r -t 0.2 line || status=$?
    if ((status > 128)); then
      # Nothing comes for now, so the last packet is whole.
      rest+=$line
      if [[ -z $rest ]]; then show_packet; fi
      continue
    fi
    line=$rest$line rest=''
    if ((status > 0)) && [[ -z $line ]]; then break; fi
    if [[ $line =~ ^[0-9:.]+\ IP6?\  ]]; then
      show_packet
      packet=$line payload=''
    elif [[ -n $packet ]]; then
      payload+=$line$'\n'
    fi
  done
  show_packet
}

show_packet() {
  local header=52 length from flags colour=$dim line lines=0
  if [[ ! $packet =~ ^([^ ]+)\ IP6?\ [^\ ]+\.([0-9]+)\ \>\ [^\ ]+:\ Flags\ \[([^]]+)\] ]]; then return 0; fi
  from=${BASH_REMATCH[2]} flags=${BASH_REMATCH[3]}
  [[ $packet =~ ,\ length\ ([0-9]+) ]] && length=${BASH_REMATCH[1]}
  # Behind the IP header (20 bytes, 40 for IPv6) and the TCP header (20, and 12 for its time stamps).
  if [[ $packet != *'options [nop,nop,TS'* ]]; then header=40; fi
  if [[ $packet == *' IP6 '* ]]; then header=$((header + 20)); fi
  if ((${length:-0} > 0)); then
    colour=$cyan
    if [[ $from == "$port" ]]; then colour=$green; fi
  fi
  # The window and the options matter to the kernel; who wants them says --raw.
  line=$(sed -E 's/, (win|options) (\[[^]]*\]|[0-9]+)//g' <<< "$packet")
  printf '%s%s%s\n' "$colour" "$line" "$plain"
  mean "$flags" "$from" "${length:-0}" 4
  if ((${length:-0} > 0)); then
    payload=${payload:header}
    payload=${payload%"${payload##*[!$'\n']}"}
    while IFS= read -r line && ((lines < 20)); do
      printf '    %s│%s %s\n' "$dim" "$plain" "${line:0:100}"
      lines=$((lines + 1))
    done <<< "$payload"
  fi
  packet='' payload=''
}

# explain_tshark: who says what to whom.
explain_tshark() {
  local number at from to protocol info flags length colour who
  while read -r number at from to protocol info; do
    flags='' length=0 colour=$dim
    if [[ $protocol == TCP && $info =~ ^[0-9]+\ .*\[([A-Z,\ ]+)\] ]]; then
      flags=${BASH_REMATCH[1]}
      [[ $info =~ Len=([0-9]+) ]] && length=${BASH_REMATCH[1]}
      info="[$flags]"
      if ((length > 0)); then info+=" $length bytes"; fi
      flags=$(letters "$flags")
    else
      # Of lines, the last column is how many bytes they are.
      if [[ $protocol == TCP && $info =~ ^(.*)\ +([0-9]+)\ *$ ]]; then
        protocol=lines info="${BASH_REMATCH[1]% } (${BASH_REMATCH[2]} bytes)"
      fi
      length=1 colour=$cyan
      if [[ $from == "$port" ]]; then colour=$green; fi
    fi
    who="client $from -> server"
    if [[ $from == "$port" ]]; then who="server -> client $to"; fi
    printf '%s%4s %12s s  %s  %-5s %s%s\n' "$colour" "$number" "${at%.*}.$(cut -c1-6 <<< "${at#*.}")" "$who" "$protocol" "$info" "$plain"
    if [[ -n $flags ]]; then mean "$flags" "$from" "$length" 46; fi
  done
}

# letters NAMES: the flags as tcpdump writes them.
letters() {
  case $1 in
    SYN) echo S ;;
    'SYN, ACK') echo S. ;;
    *RST*) echo R ;;
    *FIN*) echo F ;;
    *) echo . ;;
  esac
}
