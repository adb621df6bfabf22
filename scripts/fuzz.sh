#!/usr/bin/env bash
# fuzz.sh: feeds random bytes to everything that reads bytes from outside, and
# checks what it promises. Inputs that reach new code are changed and tried again
# (libFuzzer): so it finds what nobody has thought of.
#
# SYNOPSIS
#   scripts/fuzz.sh [TARGET...] [options]
#
# OPTIONS
#   TARGET        one of these, or all if there is none: requests (RESP, the
#                 server's half), replies (the client's half), lines (lab 1).
#                 Of traces: strace (lines), explain (the page), summary (the
#                 table of calls). And ltrace, and packets (tcpdump and tshark)
#   --seconds N   how long for each target (60)
#   --corpus      only the inputs in scripts/fuzz/corpus, each once
#   --input FILE  only this file, with one target: repeats a finding
#   --keep        adds the inputs that reached new code to scripts/fuzz/corpus,
#                 and then keeps as few inputs as reach all code
#
# FIELDS
#   target        what was fed
#   runs          how many inputs
#   runs/s        how many inputs a second
#   coverage      how many places of the code were reached
#   corpus        how many inputs were kept because they reached new code
#   finding       the input that broke a promise, or 'none'
#
# REQUIREMENTS
#   Rust (the stable one), a C++ compiler (Debian: g++).
#
# OVERHEAD
#   one CPU for --seconds a target; a build of two minutes, the first time; some
#   MB below target/fuzz
#
# EXIT CODE
#   0    nothing was found
#   1    something was found
#   2    it could not be run
#   130  Ctrl-C
#
# EXAMPLES
#   scripts/fuzz.sh requests --seconds 10    # ten seconds for one target
#   scripts/fuzz.sh --corpus                 # does an old finding fail again?
#
# SEE ALSO
#   scripts/differential.sh, scripts/soak.sh, scripts/test.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

all=(requests replies lines strace explain summary ltrace packets)
targets=() seconds=60 corpus_only=false keep=false input=''
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --seconds | --input)
      needs_word "$@"
      if [[ $1 == --seconds ]]; then seconds=$2; else input=$2; fi
      shift
      ;;
    --corpus) corpus_only=true ;;
    --replay) renamed --replay --corpus ;;
    --keep) keep=true ;;
    -*) unknown "$1" ;;
    *)
      [[ " ${all[*]} " == *" $1 "* ]] || die "there is no target '$1'." "There are: ${all[*]}."
      targets+=("$1")
      ;;
  esac
  shift
done
((${#targets[@]} > 0)) || targets=("${all[@]}")
[[ $seconds =~ ^[1-9][0-9]{0,5}$ ]] || die "'$seconds' is no number of seconds." "Say, for example, --seconds 60."
if [[ -n $input ]]; then
  [[ -f $input ]] || die "there is no file '$input'."
  ((${#targets[@]} == 1)) || die "a file is for one target." "Say, for example, scripts/fuzz.sh requests --input FILE."
fi

### building
has cargo || die "Rust is not installed." "See https://rustup.rs, then open a new terminal."
has c++ || die "a C++ compiler is not installed: the fuzzer is written in C++." "On Debian and Ubuntu: sudo apt-get install g++"
host=$(rustc -vV | sed -n 's/^host: //p')
folder=${CARGO_TARGET_DIR:-target}/fuzz
programs=$folder/$host/release
# What cargo-fuzz sets: each branch counts how often it was taken, and each comparison tells with what.
coverage=(-Cpasses=sancov-module)
for word in level=4 inline-8bit-counters pc-table trace-compares; do
  coverage+=("-Cllvm-args=-sanitizer-coverage-$word")
done
run env "RUSTFLAGS=${coverage[*]} --cfg fuzzing" cargo build --quiet --release --locked \
  --manifest-path scripts/fuzz/Cargo.toml --target "$host" --target-dir "$folder" ||
  die "the targets cannot be built." "If scripts/fuzz/Cargo.lock is out of date, renew it, and commit it:" \
    "  cargo update --workspace --manifest-path scripts/fuzz/Cargo.toml"

### running
findings=$folder/findings log=$folder/log
mkdir -p "$findings"

# stat NAME: what the fuzzer has counted.
stat() { sed -nE "s/^stat::$1: +//p" "$log" | tail -n 1; }

# fuzz TARGET: runs it, and prints its row of the table.
found=0 interrupted=false
fuzz() {
  local target=$1 status=0 corpus=scripts/fuzz/corpus/$1 own=$folder/corpus/$1 finding=none
  local options=(-timeout=25 -rss_limit_mb=1024 -max_len=4096 -print_final_stats=1
    "-artifact_prefix=$findings/$target-")
  mkdir -p "$own" "$corpus"
  local inputs=("$own" "$corpus")
  if [[ -n $input ]]; then inputs=("$input")
  elif $corpus_only; then inputs=(-runs=0 "$corpus")
  else inputs=("-max_total_time=$seconds" "${inputs[@]}"); fi
  show "$programs/$target" "${options[@]}" "${inputs[@]}"
  "$programs/$target" "${options[@]}" "${inputs[@]}" > "$log" 2>&1 || status=$?
  if ((status == 72)); then
    interrupted=true
  elif ((status != 0)); then
    found=$((found + 1))
    finding=$(sed -nE 's/.*Test unit written to (.*)/\1/p' "$log" | tail -n 1)
    finding=${finding:-${input:-one in $corpus}}
  fi
  rows+=("$(printf '%-9s %12s %9s %9s %7s  %s' "$target" "$(stat number_of_executed_units)" \
    "$(stat average_exec_per_sec)" "$(sed -nE 's/.* cov: ([0-9]+).*/\1/p' "$log" | tail -n 1)" \
    "$(sed -nE 's/.* corp: ([0-9]+).*/\1/p' "$log" | tail -n 1)" "$finding")")
  if ((status != 0 && status != 72)); then
    grep --no-group-separator -A 2 -E 'panicked at|ERROR: libFuzzer: (timeout|out-of-memory)' "$log" | cut -c 1-200
    echo "To repeat it: scripts/fuzz.sh $target --input $finding"
  fi
}

# minimise TARGET: of all inputs, a few that reach as much code as all do. (With the counters, which tell how often
# each branch was taken, it would be ten times as many.)
minimise() {
  local target=$1 corpus=scripts/fuzz/corpus/$1
  local new=$folder/minimal/$target
  rm -rf "$new"
  mkdir -p "$new"
  local command=("$programs/$target" -set_cover_merge=1 -use_counters=0 -max_len=1024
    "$new" "$folder/corpus/$target" "$corpus")
  show "${command[@]}"
  "${command[@]}" > "$log" 2>&1 ||
    die "the corpus of $target could not be made smaller: see $log"
  rm -rf "$corpus"
  mv "$new" "$corpus"
}

rows=()
for target in "${targets[@]}"; do
  fuzz "$target"
  if $interrupted; then break; fi
  if $keep; then minimise "$target"; fi
done

echo
printf '%-9s %12s %9s %9s %7s  %s\n' target runs runs/s coverage corpus finding
printf '%s\n' "${rows[@]}"
if $interrupted; then exit 130; fi
echo "$((${#targets[@]} - found)) passed, $found failed"
((found == 0))
