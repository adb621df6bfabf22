#!/usr/bin/env bash
# lesson-diff.sh: shows what changes from one lab to the next, and fails if anything else does.
#
# USAGE         scripts/lesson-diff.sh [1 | 2] [--check]
# REQUIREMENTS  diff, git for colours
# OVERHEADS     none
#
# EXAMPLES      scripts/lesson-diff.sh 1         what turns lab 1 into lab 2: the protocol
#               scripts/lesson-diff.sh --check   says only whether both lessons hold (exit code 1 if not)
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p;}' "$0"; }

lessons=(1 2)
show=true
for word in "$@"; do
  case $word in
    1 | 2) lessons=("$word") ;;
    --check) show=false ;;
    -h | --help) usage; exit 0 ;;
    *) echo "lesson-diff.sh: there is no '$word' here: say 1 (lab 1 to lab 2), 2 (lab 2 to lab 3), or --check." >&2; exit 2 ;;
  esac
done

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
    elif $show; then
      git --no-pager diff --no-index --patience "$from/$file" "$to/$file" 2> /dev/null ||
        diff --unified --new-file "$from/$file" "$to/$file" || true
    fi
  done
}

# The function at the heart of all servers reads the same in each.
heart() { sed -n '/^\/\/\/ The heart of the server/,/^}/p' "labs/$1/src/server.rs"; }

for lesson in "${lessons[@]}"; do
  case $lesson in
    1) lesson lab1-blocking lab2-resp "the protocol changes" protocol.rs ;;
    2)
      lesson lab2-resp lab3-multiclient "the waiting changes" server.rs server/connection.rs
      if [[ -z $(heart lab2-resp) || $(heart lab2-resp) != "$(heart lab3-multiclient)" ]]; then
        echo "  answer() differs, and it should not: make both the same, to the byte." >&2
        failed=1
      fi
      ;;
  esac
done
if ((failed == 0)); then
  echo "Nothing else differs."
fi
exit "$failed"
