#!/usr/bin/env bash
# ltrace.sh: shows what a lab asks of libc: the bytes it receives and sends, readable, and what it copies.
#
# Plain ltrace shows nothing of a Rust program: it looks into a table of calls (the PLT) that rustc does not
# make. So this script builds the lab with such a table (-C relro-level=off, in target/ltrace), which makes
# its memcpy visible, and has ltrace set breakpoints in libc itself for the rest (-x recv@libc.so.6).
#
# USAGE         scripts/ltrace.sh LAB [options] [-- options of the lab]
#               --scenario NAME  scripted clients talk to it, and it ends by itself: expiry, pipeline, split, …
#               --raw            what ltrace says, without our words
#               --out DIR        where to put the capture (captures/LAB); --binary PATH  do not build
# REQUIREMENTS  ltrace 0.7.3 or newer. No --attach: ltrace finds libc only in what it starts itself
# OVERHEADS     each call is a breakpoint: the lab is some hundred times slower
# EXIT CODE     0 it was watched, 2 it could not be
#
# EXAMPLES      scripts/ltrace.sh lab2 --scenario expiry     SET and GET name Alice, byte by byte
#               scripts/ltrace.sh lab2 -- --quiet            without the log's lines: what is copied now?
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"
# shellcheck source=scripts/lib-ltrace.sh
source "$(dirname "$0")/lib-ltrace.sh"

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
  export RUSTFLAGS="${RUSTFLAGS-} -C relro-level=off" CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/ltrace
  binary=$(build "$lab")
}

explain() { if $raw; then cat; else explain_ltrace "$server_pid"; fi; }

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
build_with_plt
begin_capture ltrace.log
: > "$part"
start_lab ltrace -f -ttt -T -s 512 -F scripts/ltrace.conf -e memcpy -x "$library_calls" -o "$part"
follow explain
if [[ -n $scenario ]]; then play > "$work/clients"; settle; else hold "$server_pid" "$tool_pid"; fi
end_lab
end_tool TERM
if [[ -n $scenario ]]; then cat "$work/clients"; fi
keep_capture "Was there a client? To be one: $(client_line)"
if ! $raw; then what_was_copied; fi
note "The capture is in $capture ($(wc -l < "$capture") lines, the start of the program too)."
