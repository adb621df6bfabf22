#!/usr/bin/env bash
# lesson-diff.sh: shows what changes from one lab to the next, and fails if
# anything else differs.
#
# SYNOPSIS
#   scripts/lesson-diff.sh [1 | 2 | 3] [--check]
#
# OPTIONS
#   1, 2, 3  from lab 1 to lab 2, from lab 2 to lab 3, from lab 3 to lab 4;
#            without a number, all three
#   --check  only checks, and shows no difference
#
# FIELDS
#   FROM -> TO     the two labs, and what changes between them
#   - and + lines  what is in the first lab only, and in the second lab only
#   differs too    a file that should be the same in both labs
#
# REQUIREMENTS
#   diff; git, for colours
#
# OVERHEAD
#   less than a second
#
# EXIT CODE
#   0  nothing but the lesson differs
#   1  something else differs, or the lesson is missing
#   2  it could not be done
#
# EXAMPLES
#   scripts/lesson-diff.sh 1          # the protocol changes
#   scripts/lesson-diff.sh 3          # the sharing of one thread changes
#   scripts/lesson-diff.sh --check    # do all lessons hold?
#
# SEE ALSO
#   scripts/compare.sh, scripts/lint.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

lessons=(1 2 3)
show=true
for word in "$@"; do
  case $word in
    1 | 2 | 3) lessons=("$word") ;;
    --check) show=false ;;
    -h | --help) usage; exit 0 ;;
    -*) unknown "$word" ;;
    *) die "there is no lesson '$word'." "Say 1 (lab 1 to lab 2), 2 (lab 2 to lab 3), 3 (lab 3 to lab 4), or --check." ;;
  esac
done
cd "$(dirname "$0")/.."

# present FILE: the file, or an empty one if there is no such file.
present() { if [[ -e $1 ]]; then echo "$1"; else echo /dev/null; fi; }

failed=0
# lesson FROM TO SUBJECT FILE...: the two labs differ in these files of src/ and in no other.
lesson() {
  local from=labs/$1/src to=labs/$2/src subject=$3
  shift 3
  echo "${from%/src} -> ${to%/src}: $subject"
  local differing file
  differing=$(diff --recursive --brief --new-file "$from" "$to" | sed -E "s|^Files $from/(.*) and .* differ\$|\1|" || true)
  for file in $differing; do
    if [[ " $* " != *" $file "* ]]; then
      echo "  $file differs too, and it should not: make both the same, to the byte." >&2
      failed=1
    fi
  done
  for file in "$@"; do
    if [[ $'\n'$differing$'\n' != *$'\n'$file$'\n'* ]]; then
      echo "  $file does not differ, and it is the lesson." >&2
      failed=1
    elif $show && command -v git > /dev/null; then
      git --no-pager diff --no-index --patience -- "$(present "$from/$file")" "$(present "$to/$file")" || true
    elif $show; then
      diff --unified --new-file "$from/$file" "$to/$file" || true
    fi
  done
}

# heart LAB: the function `answer`, which is the same in all labs.
heart() { sed -n '/^\/\/\/ The heart of the server/,/^}/p' "labs/$1/src/server.rs"; }

# same_heart LAB LAB: both labs have it, and it is the same.
same_heart() {
  if [[ -z $(heart "$1") || $(heart "$1") != "$(heart "$2")" ]]; then
    echo "  The function answer differs, and it should not: make both the same, to the byte." >&2
    failed=1
  fi
}

for lesson in "${lessons[@]}"; do
  case $lesson in
    1) lesson lab1-blocking lab2-resp "the protocol changes" protocol.rs ;;
    2)
      lesson lab2-resp lab3-multiclient "the waiting changes" server.rs server/accept.rs server/connection.rs
      same_heart lab2-resp lab3-multiclient
      ;;
    3)
      lesson lab3-multiclient lab4-fair "the sharing changes" \
        server.rs server/accept.rs server/connection.rs server/pool.rs server/prefetch.rs
      same_heart lab3-multiclient lab4-fair
      ;;
  esac
done
if ((failed == 0)); then
  echo "Nothing else differs."
fi
exit "$failed"
