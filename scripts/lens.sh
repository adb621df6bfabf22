#!/usr/bin/env bash
# lens.sh: builds the lens of this kit if that is needed, and runs it.
#
# USAGE         scripts/lens.sh [--release] VERB [words]
#               --release   the build that measures: optimised, of the lens and of the labs beside it
#               VERB        explain, record, play, flame, watch, timeline, follow, bench, compare;
#                           scripts/lens.sh VERB --help tells what each takes
# REQUIREMENTS  Rust
# OVERHEADS     a build of a minute or two, the first time
# EXIT CODE     that of the verb; 2 if the lens cannot be built
#
# EXAMPLES      scripts/lens.sh watch lab1
#               scripts/lens.sh explain captures/lab1-blocking/trace.log
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
build_lens || die "the lens cannot be built: $lens_error" "To see all that the compiler says: cargo build -p lens"
exec "$KIT_LENS" "$@"
