#!/usr/bin/env bash
# tshark.sh: shows the packets between a lab and its clients decoded, one line
# each, and saves them.
#
# SYNOPSIS
#   scripts/tshark.sh LAB [options] [-- options of the lab]
#
# OPTIONS
#   LAB              lab1 to lab4; work/lab2 for your own
#   --attach [PID]   watches the lab that runs already, in place of starting one
#   --scenario NAME  scripted clients talk to the lab, and it ends by itself:
#                    two-clients, expiry, pipeline, split, slow-reader, many,
#                    greedy, values, half
#   --follow[=N]     at the end, shows conversation N (0 is the first) as one text
#   --recorded       reads the packets of a recording that comes with the lab;
#                    --scenario chooses which. It takes no rights
#   --raw            the output of tshark, without explanations
#   --out DIR        the folder for the capture (captures/LAB)
#   --binary PATH    this program; nothing is built
#
# FIELDS
#   no.              the number of the packet
#   time             seconds since the first packet
#   from -> to       from the client with this port to the server, or back
#   TCP              a packet without bytes: its flags, as in [SYN, ACK]
#   RESP, lines      a packet that carries a request or a reply, decoded
#
# REQUIREMENTS
#   tshark, and the right to capture: membership in the group wireshark, or sudo.
#   Without it, --scenario takes a network of its own
#
# OVERHEAD
#   live             small for the lab; tshark itself takes a second to start
#   --recorded       none: no lab runs
#
# EXIT CODE
#   0  it was watched
#   2  it could not be watched
#
# EXAMPLES
#   scripts/tshark.sh lab3                               # then be a client
#   scripts/tshark.sh lab2 --scenario expiry --follow    # all of it as one text
#
# SEE ALSO
#   scripts/tcpdump.sh, scripts/sockets.sh, scripts/trace.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"
# shellcheck source=scripts/lib-packets.sh
source "$(dirname "$0")/lib-packets.sh"

conversation=''
own_option() {
  case $1 in
    --follow) conversation=0 ;;
    --follow=*[!0-9]* | --follow=) return 1 ;;
    --follow=*) conversation=${1#*=} ;;
    *) return 1 ;;
  esac
}
read_options "$@"

explain() { if $raw; then cat; else scripts/lens.sh explain --tool tshark --port "$port"; fi; }

# how_to_decode: sets options. tshark takes port 6379 for RESP, no other port, and lab 1 on 6379 too: so it is
# told, both ways.
how_to_decode() {
  local columns='"No","%m","Time","%t","From","%uS","To","%uD","Protocol","%p","Info","%i"'
  if [[ $kit_lab == lab1-blocking ]]; then
    # Only a column that asks for the data makes tshark look at them.
    options=(-d "tcp.port==$port,data" -o data.show_as_text:TRUE -o "gui.column.format:$columns,\"Bytes\",\"%Cus:data.len\"")
  else
    options=(-d "tcp.port==$port,resp" -o "gui.column.format:$columns")
  fi
}

# follow_conversation FILE
follow_conversation() {
  if [[ -z $conversation ]]; then return; fi
  echo
  show tshark -q -n -r "$1" -z "follow,tcp,ascii,$conversation"
  tshark -q -n -r "$1" -z "follow,tcp,ascii,$conversation" 2> "$work/error"
  note "Indented: what the server says. The numbers are bytes."
}

needs tshark tshark "Without it, see what the server says and hears:  scripts/trace.sh $kit_lab --recorded"
if $recorded; then
  file=$(recording packets.pcap)
  build_lens || die "the lens cannot be built: $lens_error"
  port=$(port_of_recording "$file")
  how_to_decode
  show tshark -n "${options[@]}" -r "$file"
  tshark -n "${options[@]}" -r "$file" 2> "$work/error" | explain
  follow_conversation "$file"
  exit 0
fi
probe_capture tshark -i lo -L
check_scenario
choose_words tshark
if $attach; then find_lab; else build_lab && start_lab; fi
how_to_decode
begin_capture tshark.pcap
if ((${#sudo[@]} > 0)); then
  # As root, tshark gives up the right to write into folders of others. So only the capture is root's.
  feed_packets dumpcap -q -i lo -f "tcp port $port" -w -
  listen_to_packets "Capture started" tshark -n -l -i - "${options[@]}" -P -F pcap -w "$part"
else
  listen_to_packets "Capture started" tshark -n -l -i lo -f "tcp port $port" "${options[@]}" -P -F pcap -w "$part"
fi
watch_packets
keep_capture "Was there a client? To be one: $(client_line)"
follow_conversation "$capture"
note "The capture is in $capture. Wireshark opens it, too."
