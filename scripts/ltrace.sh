#!/usr/bin/env bash
# ltrace.sh: shows what a lab asks of libc: the bytes that it receives and sends,
# readable, and what it copies.
#
# Plain ltrace shows nothing of a Rust program: it looks into a table of calls
# (the PLT) that rustc does not make. So this script builds the lab with such a
# table (-C relro-level=off, in target/ltrace), which makes its memcpy visible.
# For the rest, ltrace sets breakpoints in libc itself (-x recv@libc.so.6).
#
# SYNOPSIS
#   scripts/ltrace.sh LAB [options] [-- options of the lab]
#
# OPTIONS
#   LAB              lab1 to lab4; work/lab2 for your own
#   --scenario NAME  scripted clients talk to the lab, and it ends by itself:
#                    two-clients, expiry, pipeline, split, slow-reader, many,
#                    greedy, values, half
#   --raw            the output of ltrace, without explanations
#   --out DIR        the folder for the capture (captures/LAB)
#   --binary PATH    this program; nothing is built
#
# FIELDS
#   1.070 s          seconds since the first call
#   recv(5, "..", N, 0) = M
#                    a call: descriptor 5, the bytes, room for N; M bytes came
#   memcpy "name"    the program copies this word of a request
#   for ...          what the copy is for: the log, the command (the store), or
#                    the reply
#
# REQUIREMENTS
#   ltrace 0.7.3 or newer. It cannot attach: it finds libc only in a program that
#   it has started.
#
# OVERHEAD
#   each call is a breakpoint: the lab is some hundred times slower. The first run
#   builds the lab for half a minute.
#
# EXIT CODE
#   0  it was watched
#   2  it could not be watched
#
# EXAMPLES
#   scripts/ltrace.sh lab2 --scenario expiry    # SET and GET, byte by byte
#   scripts/ltrace.sh lab2 -- --quiet           # without the log: what is copied?
#
# SEE ALSO
#   scripts/trace.sh, scripts/tcpdump.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"

own_option() { return 1; }
read_options "$@"

# Where the words of a client can be seen. accept4 and recv is where labs 1 and 2 sleep, epoll_wait lab 3.
library_calls=accept4@libc.so.6+epoll_wait@libc.so.6+recv@libc.so.6+send@libc.so.6+write@libc.so.6+close@libc.so.6

# build_with_plt: sets binary. Into a folder of its own, or cargo would build everything anew each time.
build_with_plt() {
  if [[ -n $binary ]]; then
    build_lab
    return
  fi
  note "(Built with a table of calls, -C relro-level=off, in a folder of its own: half a minute, once.)"
  export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/ltrace
  build_in=(env "RUSTFLAGS=${RUSTFLAGS-} -C relro-level=off" "CARGO_TARGET_DIR=$CARGO_TARGET_DIR")
  binary=$(build "$lab")
}

explain() { if $raw; then cat; else scripts/lens.sh explain --tool ltrace; fi; }

what_was_copied() {
  if [[ " ${lab_options[*]} " == *' --quiet '* ]]; then
    cat << 'END'

What was copied? Without the log only what the store looks up or keeps: the key, the value, an option in capitals.
The parser itself copies nothing: a request is a list of places in the buffer that recv has filled.
END
  else
    cat << END

What was copied? The words of a request are copied for the log, which prints them, and into the store, which
keeps them. Does the parser copy them, too? See what is left without the log:  scripts/ltrace.sh $name -- --quiet
END
  fi
}

### what happens
if $attach; then
  die "ltrace cannot attach to a running lab: it finds the functions of libc only in what it has started." \
    "Let it start the lab:  scripts/ltrace.sh $name" "Or attach with strace:  scripts/trace.sh $name --attach"
fi
if $recorded; then die "there are no recordings of ltrace." "Those of strace: scripts/trace.sh $kit_lab --recorded"; fi
needs ltrace ltrace "Without it, see the same bytes one floor below:  scripts/trace.sh $kit_lab --recorded"
check_scenario
choose_words ltrace
build_with_plt
begin_capture ltrace.log
: > "$part"
# ltrace asks access(2) for /proc/PID/exe. That forgets the rights of a user who is not root, and so it may not look at a program
# with more of them. In a network of one's own, both have rights.
launcher=()
if ((EUID != 0)) && is_own_network; then launcher=(setpriv --inh-caps=-all --ambient-caps=-all); fi
start_lab ${launcher[@]+"${launcher[@]}"} ltrace -f -ttt -T -s 512 -F scripts/ltrace.conf -e memcpy -x "$library_calls" -o "$part"
follow explain
if [[ -n $scenario ]]; then play > "$work/clients"; settle; else hold "$server_pid" "$tool_pid"; fi
end_lab
end_tool TERM
if [[ -n $scenario ]]; then cat "$work/clients"; fi
keep_capture "Was there a client? To be one: $(client_line)"
if ! $raw; then what_was_copied; fi
note "The capture is in $capture ($(wc -l < "$capture") lines, the start of the program too)."
