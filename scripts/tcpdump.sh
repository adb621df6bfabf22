#!/usr/bin/env bash
# tcpdump.sh: shows the packets between a lab and its clients, with the bytes that
# they carry, and saves them.
#
# SYNOPSIS
#   scripts/tcpdump.sh LAB [options] [-- options of the lab]
#
# OPTIONS
#   LAB              lab1 to lab4; work/lab2 for your own
#   --attach [PID]   watches the lab that runs already, in place of starting one
#   --scenario NAME  scripted clients talk to the lab, and it ends by itself:
#                    two-clients, expiry, pipeline, split, slow-reader, many,
#                    greedy, values, half
#   --recorded       reads the packets of a recording that comes with the lab;
#                    --scenario chooses which. It takes no rights
#   --raw            the output of tcpdump, without explanations
#   --out DIR        the folder for the capture (captures/LAB)
#   --binary PATH    this program; nothing is built
#
# FIELDS
#   06:55:49.617259  when the packet passed, in local time
#   IP A > B         from address and port A to address and port B
#   Flags            S asks for a connection, S. agrees, . acknowledges,
#                    P. carries bytes, F. says nothing more, R ends at once
#   seq, ack         the numbers of the bytes that it carries, and the number of
#                    the next byte that its sender expects
#   length           how many bytes it carries; they follow behind │
#
# REQUIREMENTS
#   tcpdump 4.99 or newer, and the right to capture: mostly sudo, which the script
#   uses for that one command. Without it, --scenario takes a network of its own
#
# OVERHEAD
#   live             small: the kernel copies each packet once more
#   --recorded       none: no lab runs
#
# EXIT CODE
#   0  it was watched
#   2  it could not be watched
#
# EXAMPLES
#   scripts/tcpdump.sh lab2                # then be a client in another terminal
#   scripts/tcpdump.sh lab1 --recorded     # which packets does client B get?
#
# SEE ALSO
#   scripts/tshark.sh, scripts/sockets.sh, scripts/trace.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"
# shellcheck source=scripts/lib-packets.sh
source "$(dirname "$0")/lib-packets.sh"

own_option() { return 1; }
read_options "$@"

explain() { if $raw; then cat; else scripts/lens.sh explain --tool tcpdump --port "$port"; fi; }

# The port tells tcpdump nothing about lab 1; to the others it listens as RESP, on whatever port.
options=(-n -A)
if [[ $kit_lab != lab1-blocking ]]; then options+=(-T resp); fi

needs tcpdump tcpdump "Without it, see what the server says and hears:  scripts/trace.sh $kit_lab --recorded"
if $recorded; then
  file=$(recording packets.pcap)
  choose_words tcpdump
  if ! $raw; then port=$(port_of_recording "$file"); fi
  show tcpdump "${options[@]}" -r "$file"
  tcpdump "${options[@]}" -r "$file" 2> "$work/error" | explain
  exit 0
fi
probe_capture tcpdump -i lo -L
check_scenario
choose_words tcpdump
if $attach; then find_lab; else build_lab && start_lab; fi
begin_capture packets.pcap
listen_to_packets "listening on" tcpdump -i lo "${options[@]}" -l --immediate-mode -U --print -Z "$(id -un)" -w "$part" "tcp port $port"
watch_packets
keep_capture "Was there a client? To be one: $(client_line)"
note "The capture is in $capture ($(tail -n 3 "$work/error" | head -n 1)). Once more: tcpdump ${options[*]} -r $capture"
note "Wireshark opens it, too."
