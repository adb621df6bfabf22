#!/usr/bin/env bash
# screenshots.sh: makes the pictures in images/ again that show a screen: two
# clients in the window of scripts/panes.sh, and one moment of a film.
#
# SYNOPSIS
#   scripts/screenshots.sh [--out DIR]
#
# OPTIONS
#   --out DIR  the folder for the pictures (images)
#
# FIELDS
#   panes.svg       lab 1: client 1 is connected and silent, client 2 has asked
#   panes-lab3.svg  lab 3: the same two clients
#   film.png, film-dark.png
#                   the film of lab 1's recording, when B's bytes have arrived
#
# REQUIREMENTS
#   what scripts/panes.sh needs; unshare (Debian: util-linux), so that port 6379
#   is free; python3 and pip3, which installs rich below target/, once; chromium
#
# OVERHEAD
#   a build, the first time; then some ten seconds
#
# EXIT CODE
#   0  the pictures are there
#   2  they could not be made
#
# EXAMPLES
#   scripts/screenshots.sh                    # panes.sh looks different now
#   scripts/screenshots.sh --out target/new   # to look at them first
#
# SEE ALSO
#   scripts/panes.sh, scripts/replay.sh, scripts/record-all.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

out=images
while (($# > 0)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --out) needs_word "$@"; out=$2; shift ;;
    *) unknown "$1" ;;
  esac
  shift
done
[[ $out == /* || $out == images ]] || out=$PWD/$out
cd "$(dirname "$0")/.."

columns=100 rows=34
for tool in tmux strace ss unshare python3 pip3 chromium; do
  has "$tool" || die "$tool is not installed." "To see what it takes: scripts/doctor.sh"
done
rich=$PWD/target/python/rich
if [[ ! -d $rich/rich ]]; then
  run python3 -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
    --root-user-action=ignore --target "$rich" 'rich==15.*' || die "rich cannot be installed."
fi
for lab in lab1-blocking lab3-multiclient; do build "$lab" > /dev/null; done
build_lens || die "the lens cannot be built: $lens_error"

# The tmux that is the terminal. The tmux of panes.sh runs within it. Both have their sockets in a folder of ours.
work=$(mktemp -d)
term() { tmux -u -S "$work/terminal" -f /dev/null "$@"; }
# end_window: the end of the window ends all that runs in it.
end_window() {
  local tenths
  term send-keys C-a d 2> /dev/null || return 0
  for ((tenths = 0; tenths < 200; tenths++)); do
    term has-session 2> /dev/null || return 0
    sleep 0.1
  done
  term kill-server
}
trap 'end_window; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# shown [OPTION...]: what the terminal shows.
shown() { term capture-pane -p "$@"; }

# wait_for TIMES TEXT: until the terminal shows the text so often, for at most a minute.
wait_for() {
  local tenths
  for ((tenths = 0; tenths < 600; tenths++)); do
    if (($(shown | grep -oF -- "$2" | wc -l) >= $1)); then return 0; fi
    sleep 0.1
  done
  shown >&2
  die "the window does not show '$2' $1 times; it is above."
}

# say TEXT: types it, and Enter.
say() { term send-keys -l "$1" \; send-keys Enter; }

# picture LAB FILE TITLE DESCRIPTION TIMES TEXT: plays the two clients, until the window shows TEXT so often.
picture() {
  export TMUX_TMPDIR=$work TERM=xterm-256color LC_ALL=C.UTF-8 SHELL=/bin/bash
  unset NO_COLOR TMUX
  # In a network of its own, port 6379 is free.
  run "${own_network[@]}" sh -c 'ip link set lo up; exec "$@"' sh \
    tmux -u -S "$work/terminal" -f /dev/null new-session -d -x "$columns" -y "$rows" \
    scripts/panes.sh "$1"
  wait_for 2 '127.0.0.1:6379>'
  say 'SET name Alice'
  wait_for 1 ': OK'
  term send-keys C-a Right
  say 'GET name'
  wait_for "$5" "$6"
  mkdir -p "$out"
  shown -e -N | PYTHONPATH=$rich python3 images/terminal.py "$columns" "$3" "$4" > "$work/picture"
  mv "$work/picture" "$out/$2"
  echo "$out/$2"
  end_window
}

picture lab1 panes.svg 'Lab 1 in the window of panes.sh' \
  'The server, client 1, client 2, and the system calls of the server. Client 1 has stored a name. Client 2 has asked for it.' \
  1 '(no reply for'
picture lab3 panes-lab3.svg 'Lab 3 in the window of panes.sh' \
  'The server, client 1, client 2, and the system calls of the server. Client 1 has stored a name. Client 2 has asked for it.' \
  1 'Sent RESP: Alice'

# film FILE THEME: the page of the film, as a browser shows it. For Chromium, theme 0 is dark and 1 is light.
film() {
  # With reduced motion, nothing is half drawn.
  HOME=$work chromium --headless=new --no-sandbox --hide-scrollbars --force-prefers-reduced-motion \
    --blink-settings=preferredColorScheme="$2" --window-size=1200,930 --screenshot="$work/shot.png" "file://$work/film.html#at=$bytes_arrive" > "$work/chromium.log" 2>&1 ||
    { cat "$work/chromium.log" >&2; die "chromium makes no picture."; }
  mv "$work/shot.png" "$out/$1"
  echo "$out/$1"
}
# B's bytes arrive at this moment of the recording, in microseconds.
bytes_arrive=174
run scripts/replay.sh lab1 --recorded --out "$work/film.html" > /dev/null
film film.png 1
film film-dark.png 0
