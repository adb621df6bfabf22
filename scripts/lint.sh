#!/usr/bin/env bash
# lint.sh: all checks that run no server: format, clippy, docs, shell scripts, the lessons.
#
# USAGE         scripts/lint.sh
# REQUIREMENTS  rustfmt and clippy (rustup component add rustfmt clippy), shellcheck
# OVERHEADS     about a minute, the first time
#
# EXAMPLES      scripts/lint.sh    before a commit
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
case ${1-} in
  '') ;;
  -h | --help) usage; exit 0 ;;
  *) die "'$1' is nothing this script knows." "Say scripts/lint.sh, or scripts/lint.sh --help." ;;
esac
cd "$(dirname "$0")/.."

has shellcheck || die "shellcheck is not installed." "On Debian and Ubuntu: sudo apt-get install shellcheck"
run cargo fmt --all --check
run cargo fmt --manifest-path scripts/fuzz/Cargo.toml --check
run cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
RUSTDOCFLAGS='-D warnings' run cargo doc --quiet --locked --workspace --no-deps --document-private-items
run shellcheck --external-sources scripts/*.sh .ci/run
run scripts/lesson-diff.sh --check
echo "All lints hold."
