#!/usr/bin/env bash
# vendor.sh: packs the kit with everything that it needs from the network, for a
# room without one.
#
# SYNOPSIS
#   scripts/vendor.sh [--out FOLDER]
#
# OPTIONS
#   --out FOLDER  the folder that is made (redis-from-scratch-offline, beside the
#                 kit); the archive has the same name and ends in .tar.gz
#
# FIELDS
#   kit              the kit, with its recordings and its history, without what
#                    was built and without work/
#   kit/report/index.html
#                    the page that compares the labs, from the recordings
#   kit/images/two-clients.html
#                    a film of labs 1 and 3
#   vendor           the source of each crate that the kit uses
#   .cargo           the settings with which cargo finds these crates
#
# REQUIREMENTS
#   Rust, and a network while it runs. The machines without a network need Rust,
#   and the tools that scripts/doctor.sh lists
#
# OVERHEAD
#   about a minute; 600 MB for the folder and 100 MB for the archive
#
# EXIT CODE
#   0  the archive is there
#   2  it could not be made
#
# EXAMPLES
#   scripts/vendor.sh
#   scripts/vendor.sh --out /media/stick/class
#
# SEE ALSO
#   scripts/doctor.sh, labs/INSTRUCTORS.md
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

out=$(dirname "$kit")/redis-from-scratch-offline
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --out) needs_word "$@"; out=$(realpath --no-symlinks -- "$2"); shift ;;
    *) unknown "$1" ;;
  esac
  shift
done
archive=$out.tar.gz
for taken in "$out" "$archive"; do
  [[ ! -e $taken ]] || die "there is $taken already." "Remove it, or choose another place: scripts/vendor.sh --out FOLDER"
done
case $out/ in
  "$kit"/*) die "the folder must not lie in the kit: it would be packed into itself." "Choose another place: scripts/vendor.sh --out FOLDER" ;;
esac
has cargo || die "Rust is not installed." "See https://rustup.rs, then open a new terminal."

# What is half made is of no use.
trap 'rm -rf "$out" "$archive"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$out/kit" "$out/.cargo" || die "cannot make $out." "Choose another place: scripts/vendor.sh --out FOLDER"
cd "$kit"
tar --create --exclude=./target --exclude=./work --exclude=./captures --exclude=./report --exclude=./logs . |
  tar --extract --directory "$out/kit"

cd "$out"
show cargo vendor --locked --manifest-path kit/Cargo.toml vendor
# With --quiet it would print no settings.
cargo vendor --locked --manifest-path kit/Cargo.toml vendor > .cargo/config.toml 2> vendor.log ||
  { cat vendor.log >&2; die "the crates could not be fetched: cargo says why, above."; }
rm vendor.log

if build_lens; then
  (cd "$kit" && scripts/lens.sh compare --recorded --out "$out/kit/report" > /dev/null)
else
  die "the page of the comparison cannot be made: $lens_error"
fi
run tar --create --gzip --file "$archive" --directory "$(dirname "$out")" "$(basename "$out")"
trap - EXIT
echo "$(du -sh "$archive" | cut -f 1) in $archive, $(du -sh "$out" | cut -f 1) unpacked."
echo "On each machine:"
echo "  tar --extract --file $(basename "$archive") && cd $(basename "$out")/kit"
echo "  cargo run --offline -p lab1-blocking"
