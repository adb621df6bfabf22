#!/usr/bin/env bash
# lint.sh: all checks that run no server: format, clippy, docs, shell scripts, the
# JavaScript of the film, the lessons. At the end it prints how large the parts of
# the kit are.
#
# SYNOPSIS
#   scripts/lint.sh
#
# OPTIONS
#   none
#
# FIELDS
#   lines  of Rust with comments and without tests, of JavaScript, or of shell
#          scripts
#   goal   how large the part should be at most
#
# REQUIREMENTS
#   rustfmt and clippy (rustup component add rustfmt clippy), shellcheck. For the
#   types on macOS and on arm64 the standard library of that system. lint.sh
#   installs it with rustup, which needs a network. Without one, it says what was
#   skipped. For the page of the film TypeScript and Biome. lint.sh installs both
#   into target/node with npm (Debian: npm). Without npm, it skips them
#
# OVERHEAD
#   five minutes, the first time; then some seconds
#
# EXIT CODE
#   0  all checks hold
#   else one does not; its output says which and why
#
# EXAMPLES
#   scripts/lint.sh    # before a commit
#
# SEE ALSO
#   scripts/test.sh, scripts/lesson-diff.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
case ${1-} in
  '') ;;
  -h | --help) usage; exit 0 ;;
  *) unknown "$1" ;;
esac
cd "$(dirname "$0")/.."

has shellcheck || die "shellcheck is not installed." "On Debian and Ubuntu: sudo apt-get install shellcheck"
run cargo fmt --all --check
run cargo fmt --manifest-path scripts/fuzz/Cargo.toml --check
run cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
run cargo clippy --quiet --locked --manifest-path scripts/fuzz/Cargo.toml --target-dir target/fuzz --all-targets -- -D warnings
# check_other SYSTEM: checks the types of all programs for a system that is not this one. Nothing is linked, so no C compiler is needed.
check_other() {
  if has rustup && { rustup target list --installed | grep -qx "$1" || run rustup target add "$1"; }; then
    run cargo clippy --quiet --locked --workspace --lib --bins --target "$1" --target-dir target/other -- -D warnings
  else
    echo "Skipping $1: its standard library is not installed. To install it: rustup target add $1"
  fi
}
check_other aarch64-apple-darwin
check_other aarch64-unknown-linux-gnu
run env RUSTDOCFLAGS='-D warnings' cargo doc --quiet --locked --workspace --no-deps --document-private-items
run shellcheck --external-sources scripts/*.sh scripts/containers/* .ci/run
run scripts/lesson-diff.sh --check

# check_page: the types and the style of the page's JavaScript, with the versions that its package.json names.
check_page() {
  local page=scripts/replay/page tools=target/node
  if ! has npm; then
    echo "Skipping the JavaScript of the replay: npm is not installed. On Debian and Ubuntu: sudo apt-get install npm"
    return
  fi
  if ! cmp --silent "$page/package.json" "$tools/package.json"; then
    mkdir -p "$tools"
    cp "$page/package.json" "$tools"
    if ! run npm install --silent --no-audit --no-fund --no-package-lock --prefix "$tools"; then
      rm "$tools/package.json"
      echo "Skipping the JavaScript of the replay: npm cannot install TypeScript and Biome."
      return
    fi
  fi
  run "$tools/node_modules/.bin/tsc" --project "$page"
  (cd "$page" && run "$kit/$tools/node_modules/.bin/biome" check --error-on-warnings)
}
check_page

# lines FOLDER...: the lines of Rust below these folders, with comments and without tests.
lines() {
  find "$@" -name '*.rs' -not -name tests.rs -not -path '*/tests/*' -exec awk 'FNR == 1 { tests = 0 } /^#\[cfg\(test\)\]/ { tests = 1 } !tests' {} + | wc -l
}
# size WHAT LINES GOAL: says how large something is. A goal shows the scale; it is not a contest.
size() { printf '  %-54s %6d   goal %6d\n' "$@"; }
echo "Lines of Rust, with comments and without tests:"
size "lab 2, protocol.rs" "$(lines labs/lab2-resp/src/protocol.rs)" 200
size "lab 3, server.rs and server/" "$(lines labs/lab3-multiclient/src/server.rs labs/lab3-multiclient/src/server)" 330
size "lab 3, examples/threads.rs" "$(lines labs/lab3-multiclient/examples/threads.rs)" 100
size "shared" "$(lines shared/src)" 2300
printf '  %-54s %6d   goal %6d\n' "shared, direct dependencies" \
  "$(sed -n '/^\[dependencies\]/,/^$/p' shared/Cargo.toml | grep -c workspace)" 8
tools=()
for crate in trace harness lens check fuzz; do
  [[ -d scripts/$crate ]] || continue
  tools+=("scripts/$crate")
  printf '  %-54s %6d\n' "scripts/$crate" "$(lines "scripts/$crate")"
done
size "these tools together" "$(lines "${tools[@]}")" 15500
printf '  %-54s %6d\n' "scripts/grade" "$(lines scripts/grade)"
printf '  %-54s %6d\n' "scripts/predict" "$(lines scripts/predict)"
printf '  %-54s %6d\n' "scripts/replay" "$(lines scripts/replay)"
printf '  %-54s %6d\n' "scripts/replay/page, JavaScript" "$(cat scripts/replay/page/*.js | wc -l)"
printf '  %-54s %6d\n' "scripts/*.sh, shell" "$(cat scripts/*.sh | wc -l)"
echo "All lints hold."
