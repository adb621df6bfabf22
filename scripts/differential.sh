#!/usr/bin/env bash
# differential.sh: sends random requests to a lab and to a real redis-server, and
# compares every reply.
#
# SYNOPSIS
#   scripts/differential.sh [LAB] [options]
#
# OPTIONS
#   LAB           lab2, lab3 or lab4 (the default); lab 1 has another protocol
#   --requests N  how many random requests (300000)
#   --seed N      sends the requests of another run again
#
# FIELDS
#   request N     the number of the request in this run, and its bytes
#   Redis, lab    the reply of redis-server, and the reply of the lab
#   with seed N   the number that --seed takes to send these requests again
#
# REQUIREMENTS
#   redis-server 7.0: other versions reply differently in places.
#
# OVERHEAD
#   20 seconds for 300,000 requests, after the build.
#
# EXIT CODE
#   0  every reply was the same
#   1  some replies were not the same; it shows the requests and both replies
#   2  it could not be done
#
# EXAMPLES
#   scripts/differential.sh                    # after a change of a command
#   scripts/differential.sh lab2 --requests 20000
#   scripts/differential.sh --seed 7           # what failed with seed 7
#
# SEE ALSO
#   scripts/fuzz.sh, scripts/soak.sh, scripts/test.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

target='' requests=300000 seed=$RANDOM
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --requests | --seed)
      [[ ${2-} =~ ^[0-9]{1,18}$ ]] || die "$1 wants a number behind it." "$(see_help)"
      if [[ $1 == --seed ]]; then seed=$2; else requests=$2; fi
      shift
      ;;
    *)
      [[ -z $target && $1 != -* ]] || unknown "$1"
      target=$1
      ;;
  esac
  shift
done
cd "$(dirname "$0")/.."

lab=$(lab_package "${target:-lab4}")
[[ $lab != lab1-blocking ]] || die "lab1-blocking does not speak Redis's protocol, so there is nothing to compare." "Say lab2, lab3 or lab4."
[[ $lab != my-* ]] || die "only the labs of the kit have this test." "Say $(kit_lab "$lab")."
has redis-server || die "redis-server is not installed." "On Debian and Ubuntu: sudo apt-get install redis-server"
version=$(redis-server --version | sed -nE 's/.* v=([0-9.]+).*/\1/p')
[[ $version == 7.0.* ]] || die "redis-server has version $version, and its replies differ from those of version 7.0." \
  "The labs are compared with version 7.0, which Debian 12 and Ubuntu 24.04 have."
has cargo || die "Rust is not installed." "See https://rustup.rs, then open a new terminal."

test=(cargo test --quiet --locked --package "$lab" --test lab)
"${test[@]}" --no-run || die "$lab does not build: the compiler says why, above." "Undo your last change, or ask: git diff"
export DIFFERENTIAL_REQUESTS=$requests DIFFERENTIAL_SEED=$seed RUST_BACKTRACE=0
show env "DIFFERENTIAL_REQUESTS=$requests" "DIFFERENTIAL_SEED=$seed" "${test[@]}" -- --ignored --nocapture every_reply_is_that_of_redis
"${test[@]}" -- --ignored --nocapture every_reply_is_that_of_redis || exit 1
