#!/usr/bin/env bash
# lens.sh: builds the lens of this kit if that is needed, and runs it. The lens
# reads what the tools record, and explains it.
#
# SYNOPSIS
#   scripts/lens.sh [--release] VERB [words of the verb]
#
# OPTIONS
#   --release  the optimised build of the lens, beside the optimised labs. That is
#              the one to measure with
#   VERB       what to do; scripts/lens.sh VERB --help tells more:
#     explain    a log of strace, or a recording, one line a call
#     record     a lab under strace, while scripted clients talk to it
#     watch      where a server sleeps, and which clients wait: live
#     timeline   recordings on one time axis
#     follow     one request of a recording, from step to step
#     replay     a recording, or two, as a film in the browser; scripts/replay.sh
#                records first
#     flame      a flame graph; scripts/profile.sh does all of it
#     bench      the cost of a request; scripts/bench.sh builds the servers first
#     compare    all labs side by side; scripts/compare.sh builds them first
#   Files that you name are looked for in the folder where you are.
#
# FIELDS
#   those of the verb
#
# REQUIREMENTS
#   Rust. Linux for watch, record, bench, and compare without --recorded
#
# OVERHEAD
#   a build of a minute or two, the first time
#
# EXIT CODE
#   that of the verb; 2 if the lens cannot be built
#
# EXAMPLES
#   scripts/lens.sh watch lab1
#   scripts/lens.sh watch work/lab2
#   scripts/lens.sh explain captures/lab1-blocking/trace.log
#
# SEE ALSO
#   scripts/trace.sh, scripts/profile.sh, scripts/compare.sh, scripts/bench.sh,
#   scripts/replay.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

case ${1-} in
  -h | --help) usage; exit 0 ;;
  --release) lens_options=(--release); shift ;;
esac
for word in "$@"; do
  case $word in
    --replay) renamed --replay --recorded ;;
    # Is it there?
    work/lab[0-9]) lab_package "$word" > /dev/null ;;
  esac
done
# The film is a program of its own.
if [[ ${1-} == replay ]]; then
  shift
  build_tool replay ${lens_options[@]+"${lens_options[@]}"} ||
    die "the film cannot be made: $tool_error" "To see all that the compiler says: cargo build -p replay"
  exec "$tool" "$@"
fi
build_lens || die "the lens cannot be built: $lens_error" "To see all that the compiler says: cargo build -p lens"
exec "$KIT_LENS" "$@"
