#!/usr/bin/env bash
# own-network.sh: opens tmux in a network of your own. There you may capture
# packets without root, and port 6379 is free.
#
# SYNOPSIS
#   scripts/own-network.sh [COMMAND...]
#
# OPTIONS
#   COMMAND   runs this command there, in place of tmux
#
# FIELDS
#   none: the command prints what it prints
#
# REQUIREMENTS
#   Linux that lets users have a network; unshare 2.38 (Debian: util-linux) and ip
#   (iproute2) or newer; tmux, if there is no COMMAND
#
# OVERHEAD
#   none. From the network there is no way out: build the labs before
#
# EXIT CODE
#   2  there is no such network here; else that of the command
#
# EXAMPLES
#   scripts/own-network.sh    # in each terminal: all of them share the network
#   scripts/own-network.sh scripts/tcpdump.sh lab1 --scenario two-clients
#
# SEE ALSO
#   scripts/tcpdump.sh, scripts/tshark.sh, scripts/port.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

case ${1-} in
  -h | --help) usage; exit 0 ;;
  -*) unknown "$1" ;;
esac
needs_linux "only Linux gives a user a network"
for tool in unshare ip; do
  has "$tool" || die "$tool is not installed." "On Debian and Ubuntu, as root: apt-get install util-linux iproute2"
done
# All windows belong to the first tmux of this name, so they are in its network, whoever opens them.
command=(env -u TMUX tmux -L own-network)
if (($# > 0)); then
  command=("$@")
elif ! has tmux; then
  die "tmux is not installed." "On Debian and Ubuntu, as root: apt-get install tmux" \
    "Or run one command there: scripts/own-network.sh scripts/tcpdump.sh lab1 --scenario two-clients"
fi
said=$("${own_network[@]}" true 2>&1) || die "this system gives you no network of your own: $said." \
  "On Ubuntu 24.04, ask somebody who may: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0" \
  "Or read recordings: scripts/tcpdump.sh lab1 --recorded"
show "${own_network[@]}" sh -c 'ip link set lo up && exec "$@"' sh "${command[@]}"
exec "${own_network[@]}" sh -c 'ip link set lo up && exec "$@"' sh "${command[@]}"
