#!/usr/bin/env bash
# test.sh: the one test command. It installs what the tests need (it says first
# what), and runs every test.
#
# SYNOPSIS
#   scripts/test.sh [--no-install] [--slow] [--containers]
#
# OPTIONS
#   --no-install  installs nothing: tests that lack a tool are skipped
#   --slow        runs the long tests, and only those: release builds, real
#                 measurements, minutes of random input
#   --containers  with --slow: if no engine for containers runs, starts one for
#                 the time of the test, as root; CI=true does the same
#
# FIELDS
#   Skipping      the tests that cannot run here, and why
#   ### NAME      a suite, when it has ended: how many of its tests passed and
#                 failed, and how many seconds it took
#   last line     how many passed and failed in all suites
#
# REQUIREMENTS
#   Rust. Debian or Ubuntu for the tests with real clients; elsewhere they are
#   skipped
#
# OVERHEAD
#   about 8 minutes (--slow: up to 40); it builds into target/, and installs
#   Debian packages and, below target/, redis-py
#
# EXIT CODE
#   0  all tests passed
#   1  some failed
#   2  they could not be run
#
# EXAMPLES
#   scripts/test.sh                 # before a commit
#   scripts/test.sh --no-install    # with what is installed already
#   scripts/test.sh --slow          # before a release
#
# SEE ALSO
#   scripts/lint.sh, scripts/doctor.sh, scripts/fuzz.sh, scripts/differential.sh,
#   scripts/containers.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

install=true slow=false containers=${CI:-false}
for word in "$@"; do
  case $word in
    -h | --help) usage; exit 0 ;;
    --no-install) install=false ;;
    --slow) slow=true ;;
    --containers) containers=true ;;
    *) unknown "$word" ;;
  esac
done
cd "$(dirname "$0")/.."
# Notes for the next build take more than a gigabyte, and most of these programs are built only once.
export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
has cargo || die "Rust is not installed." "See https://rustup.rs, then open a new terminal."

### what the tests need: COMMAND PACKAGE
needs=(
  'redis-cli redis-tools' 'redis-benchmark redis-tools' 'redis-server redis-server'
  'nc netcat-openbsd' 'telnet telnet' 'ss iproute2' 'netstat net-tools' 'unshare util-linux' 'prlimit util-linux' 'ps procps' 'lsof lsof'
  'python3 python3' 'pip3 python3-pip' 'cc gcc' 'c++ g++'
  'curl curl' 'strace strace' 'perf linux-perf' 'ltrace ltrace' 'tcpdump tcpdump' 'tshark tshark' 'tmux tmux' 'setpriv util-linux'
  'chromium chromium' 'gdb gdb' 'node nodejs'
)
python_versions=(8 5)
export REDIS_PY=$PWD/target/python

as_root() {
  if ((EUID == 0)); then "$@"; elif has sudo; then sudo "$@"; else echo "Only root installs packages, and there is no sudo."; return 1; fi
}

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

### the tests that cannot run here, by a part of their names; says why
skips=() parts=()
skip_unless() {
  local reason=$1 name=$2
  shift 2
  parts+=("$name")
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

# may_film: whether a run can be recorded with its packets, and the kernel can be asked meanwhile.
may_film() { has_all strace ss && may_capture; }

choose_tests() {
  # These run with --slow.
  parts+=(::slow_)
  skip_unless "redis-cli is not installed" redis_cli has redis-cli
  skip_unless "redis-benchmark is not installed" ::redis_benchmark_ has redis-benchmark
  skip_unless "redis-server 7.0 is not installed" every_reply_is_that_of_redis has_redis_7
  skip_unless "redis-server or redis-cli is not installed" every_type_of_redis_ has_all redis-server redis-cli
  skip_unless "redis-server is not installed" a_soak_of_redis_server_ has redis-server
  skip_unless "python3 is not installed" broken_on_purpose:: has python3
  skip_unless "redis-server 7.0 is not installed" untrusted_input_is_handled_as_redis_does has_redis_7
  skip_unless "curl is not installed" curl_ has curl
  skip_unless "ps is not installed" ps_tells_ has ps
  skip_unless "lsof is not installed" lsof_tells_ has lsof
  skip_unless "python3 is not installed" checks_with_python_ has python3
  skip_unless "strace or python3 is not installed" checks_with_python_and_strace_ has_all strace python3
  skip_unless "strace or python3 is not installed" rules_on_real_servers_ has_all strace python3
  skip_unless "strace or python3 is not installed" faults_of_ has_all strace python3
  skip_unless "strace or python3 is not installed" correct_server_passes_ has_all strace python3
  skip_unless "redis-server or strace is not installed" redis_is_recorded_ has_all redis-server strace
  skip_unless "redis-server or redis-benchmark is not installed" bench_of_redis_ has_all redis-server redis-benchmark
  skip_unless "strace, ss or redis-server is not installed" a_comparison_ has_all strace ss redis-server
  skip_unless "tcpdump is not installed, or may not capture" packets_of_a_comparison_ may_capture
  skip_unless "redis-server is not installed" a_server_that_runs_already_ has redis-server
  skip_unless "redis-py 8 is not installed" redis_py_8 test -d "$REDIS_PY/redis-8/redis"
  skip_unless "redis-py 5 is not installed" redis_py_5 test -d "$REDIS_PY/redis-5/redis"
  skip_unless "python3 is not installed" port_names_ has python3
  skip_unless "python3 is not installed" port_kills_ has python3
  skip_unless "strace is not installed" sees::strace_ has strace
  local name
  for name in on_lab_1_the_second_client_waits_until_ on_lab_2_the_second_client_ on_lab_3_the_second_client_ \
    a_recording_is_whole_ a_recording_takes_the_place_ every_scenario_shows_ a_slow_reader_ fifty_clients_ gives_the_pid_ whoever_is_ \
    a_recording_knows_from_which_line_ a_recording_without_lines_ lines_can_be_renewed_ where_strace_has_no_stacks_ \
    without_redis_on_the_path_ profile_wall_ own_lab_under_strace_ each_key_of_a_fresh_run_ \
      submissions_under_strace_; do
    skip_unless "strace is not installed" "$name" has strace
  done
  skip_unless "perf is not installed, or may not sample" profile_perf_ may_sample
  skip_unless "strace is not installed" questions_about_ has strace
  skip_unless "strace or ss is not installed, or packets may not be captured" ss_tells_ may_film
  skip_unless "strace or gdb is not installed" gdb_tells_ has_all strace gdb
  skip_unless "tmux is not installed" in_a_terminal_ has tmux
  skip_unless "chromium is not installed" in_chromium_ has chromium
  skip_unless "node is not installed" in_node_ has node
  skip_unless "ltrace is not installed" sees::ltrace_ has ltrace
  skip_unless "ss is not installed" sees::ss_ has ss
  skip_unless "ss is not installed" own_lab_that_runs_ has ss
  skip_unless "tcpdump is not installed, or may not capture" sees::tcpdump_ may_capture
  skip_unless "tcpdump is not installed, or may not capture" own_lab_beside_tcpdump_ may_capture
  skip_unless "tshark is not installed" sees::tshark_ has tshark
  skip_unless "tshark is not installed" own_lab_beside_tshark_ has tshark
  local all=(strace ltrace tcpdump tshark ss tmux)
  skip_unless "one of ${all[*]} is not installed" lives:: has_all "${all[@]}"
  skip_unless "one of ${all[*]} is not installed" refuses:: has_all "${all[@]}"
}

# list_tests [OPTION]: the names of all tests, or with --ignored of those that need more than Rust.
list_tests() {
  cargo test --quiet --locked --workspace --lib --bins --tests -- --list "$@" | sed -n 's/: test$//p' | sort -u
}

# check_parts: each part of a name above is in the name of a test that is marked #[ignore] and of no other, and each such
# test has such a part. Otherwise tests are skipped that could run, or fail where a tool is missing.
check_parts() {
  local part matching unmarked all ignored right=0 wrong=0
  all=$(list_tests)
  ignored=$(list_tests --ignored)
  for part in "${parts[@]}"; do
    matching=$(grep -F -- "$part" <<< "$all") || matching=
    unmarked=$(grep -vxF -- "$ignored" <<< "$matching") || unmarked=
    if [[ -n $matching && -z $unmarked ]]; then
      right=$((right + 1))
    else
      wrong=$((wrong + 1))
      echo "'$part' should name tests marked #[ignore], and names: ${unmarked:-none}"
    fi
  done
  unmarked=$(grep -vF -- "$(printf '%s\n' "${parts[@]}")" <<< "$ignored") || unmarked=
  if [[ -n $unmarked ]]; then
    wrong=$((wrong + 1))
    printf 'These tests are marked #[ignore], and no part of a name above skips them:\n%s\n' "$unmarked"
  fi
  echo "$right passed, $wrong failed"
  ((wrong == 0))
}

### running, and counting
# The suites run in lanes, beside each other: many tests wait, and a processor is free meanwhile.
lanes=3
passed=0 failed=0 skipped=0
logs=$(mktemp -d)
names=() pids=() begun=()

# end_suites: whatever happens, no suite goes on running.
end_suites() {
  local pid
  for pid in "${pids[@]}"; do [[ -z $pid ]] || kill -TERM -- "-$pid" 2> /dev/null || true; done
  rm -rf "$logs"
}
trap end_suites EXIT
trap 'exit 130' INT TERM

# suite NAME COMMAND...: starts it as soon as there is a lane for it.
suite() {
  while (($(running) >= lanes)); do
    wait -n || true
    report_ended
  done
  local index=${#names[@]}
  names+=("$1") begun+=("$SECONDS")
  shift
  # Each suite is a process group of its own, so that Ctrl-C ends all of it.
  set -m
  (run_suite "$@" > "$logs/$index" 2>&1 < /dev/null && echo 0 > "$logs/$index.status" || echo 1 > "$logs/$index.status") &
  set +m
  pids+=($!)
}

# run_suite COMMAND...: runs it. A function of this script is no command that the user could type.
run_suite() {
  [[ $(type -t "$1") == function ]] || show "$@"
  "$@"
}

# running: how many suites run.
running() {
  local pid count=0
  for pid in "${pids[@]}"; do [[ -z $pid ]] || count=$((count + 1)); done
  echo "$count"
}

# report_ended: shows what the suites printed that have ended.
report_ended() {
  local index
  for index in "${!pids[@]}"; do
    if [[ -n ${pids[index]} && -s $logs/$index.status ]]; then report "$index"; fi
  done
}

# report INDEX: shows what this suite printed, and adds up what its lines 'N passed[;,] N failed' say.
report() {
  local counts p f
  pids[$1]=''
  printf '\n### %s\n' "${names[$1]}"
  cat "$logs/$1"
  # cargo test says '5 passed; 0 failed', check '5 passed, 0 failed', and Criterion 'Success' for each.
  counts=$(sed -nE 's/^(.*[^0-9])?([0-9]+) passed[;,] ([0-9]+) failed.*/\2 \3/p; s/^Success$/1 0/p' "$logs/$1" |
    awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
  p=${counts% *} f=${counts#* }
  # A suite that counts nothing has passed or failed as a whole, or says that it was skipped.
  if [[ $(< "$logs/$1.status") != 0 ]]; then
    if ((f == 0)); then f=1; fi
  elif ((p == 0)); then
    if grep -q '^Skipping ' "$logs/$1"; then skipped=$((skipped + 1)); else p=1; fi
  fi
  passed=$((passed + p)) failed=$((failed + f))
  echo "### ${names[$1]}: $p passed, $f failed ($((SECONDS - begun[$1])) s)"
}

# finish: waits for all suites.
finish() {
  while (($(running) > 0)); do
    wait -n || true
    report_ended
  done
}

# documents_can_be_replayed
documents_can_be_replayed() {
  has unshare && return
  echo "Skipping the documents: unshare (Debian: util-linux) is not installed."
  skipped=$((skipped + 1))
  return 1
}

# prose_of_help: judges what the programs say to --help, and the heads of the scripts.
prose_of_help() {
  local program task tasks built=${CARGO_TARGET_DIR:-target}/debug folder=$logs/help
  mkdir "$folder"
  for program in lab1-blocking check grade lens predict replay; do
    "$built/$program" --help > "$folder/$program.txt" || return
    mapfile -t tasks < <(sed -nE '/^Commands:/,/^$/s/^  ([a-z]+).*/\1/p' "$folder/$program.txt")
    for task in "${tasks[@]}"; do
      "$built/$program" help "$task" > "$folder/$program-$task.txt" || return
    done
  done
  cargo run --quiet --locked --package check -- prose "$folder"/*.txt scripts/*.sh
}

# fuzzing_is_possible
fuzzing_is_possible() {
  has c++ && return
  echo "Skipping the fuzzing: c++ (Debian: g++) is not installed."
  skipped=$((skipped + 1))
  return 1
}

# run_tests: what is done before each commit.
run_tests() {
  local target targets text texts others
  local document=(cargo run --quiet --locked --package check -- document)
  local tests=(cargo test --quiet --locked --workspace)
  local which=(-- --include-ignored "${skips[@]}" --skip ::slow_)
  echo "Building all tests, which takes some minutes the first time."
  cargo test --locked --workspace --all-targets --no-run 2> "$logs/build" || { cat "$logs/build"; die "the tests cannot be built."; }
  # Each test program of the workspace, by name; the longest ones first.
  mapfile -t targets < <(sed -nE 's#.* Executable tests/([a-z_]+)(\.rs|/main\.rs) .*#\1#p' "$logs/build" | sort -u | grep -v '^lens$\|^observe$\|^soak$')
  # All texts of the kit, without the ones of our tests.
  mapfile -t texts < <(git ls-files --cached --others --exclude-standard '*.md' ':!:*/tests/*')
  mapfile -t others < <(git ls-files --cached --others --exclude-standard '*.md' ':!:*/tests/*' ':!:labs/*/README.md')
  suite 'tests: lens' "${tests[@]}" --test lens "${which[@]}"
  if documents_can_be_replayed; then
    # A sheet takes a minute or two; each has a network of its own.
    for text in labs/*/README.md; do suite "sheet: $text" "${document[@]}" "$text"; done
    suite 'other documents' "${document[@]}" "${others[@]}"
  fi
  suite 'prose' cargo run --quiet --locked --package check -- prose "${texts[@]}" labs/*.toml labs/*/exercise/*.toml
  suite 'prose of --help' prose_of_help
  suite 'tests: observe' "${tests[@]}" --test observe "${which[@]}"
  suite 'tests: soak' "${tests[@]}" --test soak "${which[@]}"
  for target in "${targets[@]}"; do suite "tests: $target" "${tests[@]}" --test "$target" --no-fail-fast "${which[@]}"; done
  suite 'unit tests' "${tests[@]}" --lib --bins --no-fail-fast "${which[@]}"
  suite 'benchmarks, each once' cargo test --quiet --locked --workspace --benches
  suite 'the names of skipped tests' check_parts
  finish
}

# builds_offline: the archive for a room without a network; a lab, and a student's own one, are built from it.
builds_offline() (
  class=$(mktemp -d)
  trap 'rm -rf "$class"' EXIT
  scripts/vendor.sh --out "$class/offline" || exit
  rm -r "$class/offline"
  tar --extract --file "$class/offline.tar.gz" --directory "$class"
  cd "$class/offline/kit"
  export CARGO_HOME=$class/no-crates CARGO_TARGET_DIR=$class/target
  unshare --user --map-root-user --net sh -c 'cargo build --quiet --locked -p lab1-blocking &&
    scripts/check.sh start lab1 && cd work/lab1 && cargo build --quiet' || exit
  [[ -s report/index.html && -s images/two-clients.html && -s labs/lab1-blocking/recordings/two-clients/strace.log ]]
)

# run_slow_tests: what is long by nature.
run_slow_tests() {
  local tests=(cargo test --quiet --locked --workspace --no-fail-fast) own_engine=() lab
  # It installs an engine, if there is none.
  if [[ $containers == true ]] && { $install || has_all dockerd docker-compose debootstrap slirp4netns; }; then
    own_engine=(--containers)
  fi
  if fuzzing_is_possible; then suite 'fuzzing, a minute a target' scripts/fuzz.sh --seconds 60; fi
  suite 'slow tests' "${tests[@]}" -- --ignored ::slow_ "${skips[@]}"
  # Without an engine, and without the right to start one, this says so.
  suite 'containers' scripts/containers.sh "${own_engine[@]}"
  if has_redis_7; then
    for lab in lab2 lab3 lab4; do suite "differential, $lab" scripts/differential.sh "$lab"; done
  else
    echo "Skipping the differential test: redis-server 7.0 is not installed."
    skipped=$((skipped + 1))
  fi
  if has_all python3 strace; then suite 'grader, fair' scripts/check.sh prove --runs 5; fi
  if documents_can_be_replayed; then suite 'builds without a network' builds_offline; fi
  # The pictures in the repository stay as they are: each run has other ports and times.
  if has_all tmux strace ss unshare pip3 chromium; then suite 'screenshots' scripts/screenshots.sh --out target/screenshots; fi
  finish
  # What is measured is measured alone.
  lanes=1
  suite 'soak' scripts/soak.sh lab4 --minutes 3
  finish
}

if $install; then
  install_packages
  install_redis_py
fi
choose_tests
skipped=$((skipped + ${#skips[@]} / 2))
if $slow; then run_slow_tests; else run_tests; fi

echo
((skipped == 0)) || echo "Skipped, for the reasons above: $skipped"
echo "All of it took $((SECONDS / 60)) min $((SECONDS % 60)) s."
echo "$passed passed, $failed failed"
((failed == 0))
