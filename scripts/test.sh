#!/usr/bin/env bash
# test.sh: the one test command. Installs what the tests need (it says so first) and runs every test.
#
# USAGE         scripts/test.sh [--no-install]
# REQUIREMENTS  Rust. Debian or Ubuntu for the tests with real clients; elsewhere they are skipped, and
#               it says which and why
# OVERHEADS     some minutes; builds into target/, installs Debian packages and, below target/, redis-py
# EXIT CODE     0 all tests passed, 1 some failed, 2 they could not be run
#
# EXAMPLES      scripts/test.sh                 everything
#               scripts/test.sh --no-install    with what is installed already
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

install=true
for word in "$@"; do
  case $word in
    -h | --help) usage; exit 0 ;;
    --no-install) install=false ;;
    *) die "'$word' is nothing this script knows." "Say scripts/test.sh, or scripts/test.sh --help." ;;
  esac
done
cd "$(dirname "$0")/.."
# Notes for the next build take more than a gigabyte, and most of these programs are built only once.
export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
has cargo || die "Rust is not installed." "See https://rustup.rs, then open a new terminal."

### what the tests need: COMMAND PACKAGE
needs=(
  'redis-cli redis-tools' 'redis-benchmark redis-tools' 'redis-server redis-server'
  'nc netcat-openbsd' 'telnet telnet' 'ss iproute2' 'unshare util-linux' 'prlimit util-linux' 'ps procps'
  'python3 python3' 'pip3 python3-pip' 'cc gcc' 'c++ g++'
  'curl curl' 'strace strace' 'perf linux-perf' 'ltrace ltrace' 'tcpdump tcpdump' 'tshark tshark' 'tmux tmux' 'setpriv util-linux'
  'chromium chromium'
)
python_versions=(8 5)
export REDIS_PY=$PWD/target/python

as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

install_packages() {
  local need packages=()
  for need in "${needs[@]}"; do
    has "${need% *}" || packages+=("${need#* }")
  done
  ((${#packages[@]} > 0)) || return 0
  if ! has apt-get; then
    echo "These packages are missing, and there is no apt-get to install them: ${packages[*]}"
    return 0
  fi
  echo "Installing Debian packages for the tests: ${packages[*]}"
  # A server that is installed must not start by itself: it would hold port 6379.
  { run as_root apt-get update --quiet=2 &&
    run as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
      apt-get install --quiet=2 --yes --no-install-recommends "${packages[@]}" > /dev/null; } ||
    echo "Some of them could not be installed; what needs them is skipped."
}

install_redis_py() {
  local version folder
  has pip3 || return 0
  for version in "${python_versions[@]}"; do
    folder=$REDIS_PY/redis-$version
    if [[ ! -d $folder/redis ]]; then
      echo "Installing redis-py $version into ${folder#"$PWD"/}"
      run python3 -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
        --root-user-action=ignore --target "$folder" "redis==$version.*" || rm -rf "$folder"
    fi
  done
}

### the tests that cannot run here, by name; says why
skips=()
skip_unless() {
  local reason=$1 name=$2
  shift 2
  if ! "$@"; then
    echo "Skipping $name: $reason"
    skips+=(--skip "$name")
  fi
}

# has_all COMMAND...
has_all() {
  local name
  for name in "$@"; do has "$name" || return 1; done
}

# has_redis_7: whether redis-server has the version that the labs are compared with, byte by byte.
has_redis_7() { redis-server --version 2> /dev/null | grep -q 'v=7\.0\.'; }

# may_capture: whether packets can be captured here, by ourselves or by sudo.
may_capture() {
  has tcpdump || return 1
  tcpdump -i lo -L > /dev/null 2>&1 || sudo -n tcpdump -i lo -L > /dev/null 2>&1
}

# may_sample: whether perf can be used here, by ourselves or by sudo.
may_sample() {
  has perf || return 1
  perf record -q -e cpu-clock -o /dev/null -- true > /dev/null 2>&1 || sudo -n true > /dev/null 2>&1
}

choose_tests() {
  skip_unless "redis-cli is not installed" redis_cli has redis-cli
  skip_unless "redis-benchmark is not installed" redis_benchmark has redis-benchmark
  skip_unless "redis-server 7.0 is not installed" every_reply_is_that_of_redis has_redis_7
  skip_unless "redis-server or redis-cli is not installed" every_type_of_redis_ has_all redis-server redis-cli
  skip_unless "redis-server is not installed" a_soak_of_redis_server_ has redis-server
  skip_unless "python3 is not installed" broken_on_purpose:: has python3
  skip_unless "redis-server 7.0 is not installed" untrusted_input_is_handled_as_redis_does has_redis_7
  skip_unless "curl is not installed" curl_ has curl
  skip_unless "redis-server or strace is not installed" redis_is_recorded_ has_all redis-server strace
  skip_unless "redis-server or redis-benchmark is not installed" bench_of_redis_ has_all redis-server redis-benchmark
  skip_unless "strace, ss or redis-server is not installed" a_comparison_ has_all strace ss redis-server
  skip_unless "tcpdump is not installed, or may not capture" packets_of_a_comparison_ may_capture
  skip_unless "redis-server is not installed" a_server_that_runs_already_ has redis-server
  skip_unless "redis-py 8 is not installed" redis_py_8 test -d "$REDIS_PY/redis-8/redis"
  skip_unless "redis-py 5 is not installed" redis_py_5 test -d "$REDIS_PY/redis-5/redis"
  skip_unless "python3 is not installed" port_ has python3
  skip_unless "strace is not installed" sees::strace_ has strace
  local name
  for name in on_lab_ a_recording_ every_scenario_ a_slow_reader_ fifty_clients_ gives_the_pid_ whoever_is_ without_redis_ profile_wall_; do
    skip_unless "strace is not installed" "$name" has strace
  done
  skip_unless "perf is not installed, or may not sample" profile_perf_ may_sample
  skip_unless "tmux is not installed" in_a_terminal_ has tmux
  skip_unless "chromium is not installed" in_chromium_ has chromium
  skip_unless "ltrace is not installed" sees::ltrace_ has ltrace
  skip_unless "ss is not installed" sees::ss_ has ss
  skip_unless "tcpdump is not installed, or may not capture" sees::tcpdump_ may_capture
  skip_unless "tshark is not installed" sees::tshark_ has tshark
  local all=(strace ltrace tcpdump tshark ss tmux)
  skip_unless "one of ${all[*]} is not installed" lives:: has_all "${all[@]}"
  skip_unless "one of ${all[*]} is not installed" refuses:: has_all "${all[@]}"
}

### running, and counting
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# suite NAME COMMAND...: runs it and adds up what its lines 'N passed[;,] N failed' say.
suite() {
  local name=$1 status=0 counts
  shift
  echo
  echo "### $name"
  run "$@" 2>&1 | tee "$log" || status=$?
  # cargo test says '5 passed; 0 failed', check '5 passed, 0 failed', and Criterion 'Success' for each.
  counts=$(sed -nE 's/^(.*[^0-9])?([0-9]+) passed[;,] ([0-9]+) failed.*/\2 \3/p; s/^Success$/1 0/p' "$log" |
    awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
  local p=${counts% *} f=${counts#* }
  # A suite that ends with an error before it counts anything has failed as a whole.
  if ((status != 0 && f == 0)); then f=1; fi
  passed=$((passed + p)) failed=$((failed + f))
  echo "### $name: $p passed, $f failed"
}

if $install; then
  install_packages
  install_redis_py
fi
choose_tests
skipped=$((${#skips[@]} / 2))
suite 'tests' cargo test --quiet --locked --workspace --no-fail-fast -- --include-ignored "${skips[@]}"
suite 'benchmarks, each once' cargo bench --quiet --locked --package shared -- --test
if has c++; then
  suite 'fuzzing, some seconds a target' scripts/fuzz.sh --seconds 5
else
  echo "Skipping the fuzzing: c++ (Debian: g++) is not installed."
  skipped=$((skipped + 1))
fi
if has unshare; then
  suite 'documents' cargo run --quiet --locked --package check -- document README.md CONTRIBUTING.md scripts/check/README.md labs/*/README.md
else
  echo "Skipping the documents: unshare (Debian: util-linux) is not installed."
  skipped=$((skipped + 1))
fi

echo
((skipped == 0)) || echo "Skipped, for the reasons above: $skipped"
echo "$passed passed, $failed failed"
((failed == 0))
