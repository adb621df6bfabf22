#!/usr/bin/env bash
# tcpdump.sh: shows the packets between a lab and its clients, with what they carry, and saves them.
#
# USAGE         scripts/tcpdump.sh LAB [options] [-- options of the lab]
#               --attach [PID]   watch the one that runs already, in place of starting one
#               --scenario NAME  scripted clients talk to it, and it ends by itself: two-clients, expiry, …
#               --recorded       read the packets of a recording (--scenario chooses which); takes no rights
#               --raw            what tcpdump says, without our words
#               --out DIR        where to put the capture (captures/LAB); --binary PATH  do not build
# REQUIREMENTS  tcpdump 4.99 or newer, and the right to capture: mostly sudo, which it asks for itself
# OVERHEADS     small: the kernel copies each packet once more
# EXIT CODE     0 it was watched, 2 it could not be
#
# EXAMPLES      scripts/tcpdump.sh lab2                          then be a client, in another terminal
#               scripts/tcpdump.sh lab1 --scenario two-clients   who answers the second client, and when?
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"
# shellcheck source=scripts/lib-packets.sh
source "$(dirname "$0")/lib-packets.sh"

own_option() { return 1; }
read_options "$@"

explain() { if $raw; then cat; else explain_tcpdump; fi; }

# The port tells tcpdump nothing about lab 1; to the others it listens as RESP, on whatever port.
options=(-n -A)
if [[ $kit_lab != lab1-blocking ]]; then options+=(-T resp); fi

needs tcpdump tcpdump "Without it, see what the server says and hears:  scripts/trace.sh $kit_lab --recorded"
if $recorded; then
  file=$(recording packets.pcap)
  port=$(port_of_recording "$file")
  show tcpdump "${options[@]}" -r "$file"
  tcpdump "${options[@]}" -r "$file" 2> "$work/error" | explain
  exit 0
fi
probe_capture tcpdump -i lo -L
check_scenario
if $attach; then find_lab; else build_lab && start_lab; fi
begin_capture packets.pcap
listen_to_packets "listening on" tcpdump -i lo "${options[@]}" -l --immediate-mode -U --print -Z "$(id -un)" -w "$part" "tcp port $port"
watch_packets
keep_capture "Was there a client? To be one: $(client_line)"
note "The capture is in $capture ($(tail -n 3 "$work/error" | head -n 1)). Once more: tcpdump ${options[*]} -r $capture"
note "Wireshark opens it, too."
