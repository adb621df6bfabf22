#!/usr/bin/env bash
# panes.sh: one window with four parts: the lab, its system calls, and two
# clients.
#
# SYNOPSIS
#   scripts/panes.sh LAB [options] [-- options of the lab]
#
# OPTIONS
#   LAB            lab1 to lab4; work/lab2 for your own
#   --stop         ends a window that was left behind, and everything in it
#   --raw          the output of strace, without explanations
#   --out DIR      the folder for the capture (captures/LAB)
#   --binary PATH  this program; nothing is built
#
# FIELDS
#   the server           what the lab prints
#   client 1, client 2   two clients at their prompts. Click on one to type there
#   its system calls     the fields of scripts/trace.sh
#
# REQUIREMENTS
#   tmux, strace and ss. It starts the lab under strace, which takes no rights.
#
# OVERHEAD
#   that of scripts/trace.sh: some 50 microseconds a call
#
# EXIT CODE
#   0  the window was there
#   2  it could not be opened
#
# EXAMPLES
#   scripts/panes.sh lab1                   # which client waits, and where?
#   scripts/panes.sh lab3 -- --port 6400
#
# SEE ALSO
#   scripts/trace.sh, scripts/lens.sh, scripts/sockets.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-observe.sh
source "$(dirname "$0")/lib-observe.sh"

stop=false
own_option() {
  case $1 in
    --stop) stop=true ;;
    *) return 1 ;;
  esac
}
read_options "$@"
if [[ -n $scenario ]] || $attach || $recorded; then
  die "here you are the clients: --scenario, --attach and --recorded are for the other scripts." "Say scripts/panes.sh $name"
fi

# A server of tmux for each lab, so that nothing of yours is touched and all of it can be ended at once.
socket=redis-from-scratch-$lab
tm() { tmux -L "$socket" -f /dev/null "$@"; }

# words WORD...: for a shell, whatever is in them.
words() { printf '%q ' "$@"; }

needs tmux tmux "Without it, open four terminals:  $(start_line)   scripts/trace.sh $name --attach   and twice  $(client_line)"
if $stop; then
  run tmux -L "$socket" kill-server 2> "$work/error" || note "There is no such window."
  exit 0
fi
if tm has-session 2> "$work/error"; then
  die "there is such a window for $lab already." "Go back to it:  tmux -L $socket attach" "Or end it:      scripts/panes.sh $name --stop"
fi
[[ -t 0 && -t 1 ]] || die "this needs a terminal: it fills one."
build_lab
if ((port == 0)); then die "two clients need to know the port: say one, as in -- --port 6400."; fi
if has ss && [[ -n $(ss --no-header --listening --tcp --numeric "sport = :$port") ]]; then
  die "port $port is taken." "Who has it:  scripts/port.sh $port" "Or take another:  scripts/panes.sh $name -- --port $((port + 1))"
fi


needs ss iproute2 "Without it, open three terminals:  scripts/trace.sh $name   and twice  $(client_line)"
needs strace strace "Without it, open three terminals:  $(start_line)   and twice  $(client_line)"
build_lens || raw=true
begin_capture panes.log
: > "$part"

# The lab starts under strace, which takes no rights, and the lens reads along; the clients come when it listens.
listens="until [ -n \"\$(ss -Hltn 'sport = :$port')\" ]; do sleep 0.1; done"
# A signal tells every program in the window when its size changes, which is no lesson of ours.
is_served="until [ -n \"\$(ss -Htn state established 'sport = :$port')\" ]; do sleep 0.1; done"
server="strace -ttt -T -yy -s 128 -e $(words "trace=$socket_calls")-e 'signal=!winch' -o $(words "$part")"
server+="$(words "$binary" "${lab_options[@]}")"
trace="tail --lines=+1 --follow $(words "$part")"
if ! $raw; then trace+=" | scripts/lens.sh explain"; fi
client=$(words "$binary" client)
if ((port != 6379)); then client+="--port $port"; fi

# in_part COMMAND: what a part does. When its program has ended, also by Ctrl-C, it shows that and is a shell.
# shellcheck disable=SC2016  # the shell of the part expands it
in_part() { printf 'trap : INT; %s; exec "${SHELL:-bash}"' "$1"; }
# said COMMAND: shows it before it runs.
said() { printf 'echo %s; %s' "$(words "+ $1")" "$1"; }

key=Ctrl-B
if [[ -n ${TMUX-} ]]; then
  key=Ctrl-A
  unset TMUX
fi
# end_window: ends all that runs in the window, and waits until it is gone. The lab ends as at Ctrl-C, and then
# strace, which has written its log to the end.
end_window() {
  local process tracer parts processes=()
  mapfile -t parts < <(tm list-panes -a -F '#{pane_pid}' 2> /dev/null)
  ((${#parts[@]} > 0)) || return 0
  # Each part is the head of a session.
  mapfile -t processes < <(tm display-message -p '#{pid}'; for process in "${parts[@]}"; do pgrep -s "$process" || true; done)
  for process in "${parts[@]}"; do
    tracer=$(pgrep -P "$process" -x strace) || continue
    pkill -INT -P "$tracer" || true
    wait_until_gone "$tracer" 5 || true
  done
  tm kill-server 2> /dev/null || true
  for process in "${processes[@]}"; do end_process "$process" HUP; done
}
trap 'end_window; clean_up' EXIT
size=$(stty size)
tm new-session -d -s "$lab" -y "${size% *}" -x "${size#* }" "$(in_part "$(said "$server")")" \; \
  set-option -g mouse on \; \
  set-option -g pane-border-status top \; \
  set-option -g pane-border-format ' #{pane_title} ' \; \
  set-option -g status-left '' \; \
  set-option -g window-status-current-format '' \; \
  set-option -g status-right-length 200 \; \
  set-option -g status-right "click a part to type in it (or $key and an arrow) | $key and D ends all of it " \; \
  set-option -g prefix "C-${key: -1}" \; \
  bind-key D detach-client \; \
  split-window -v -l 60% "$(in_part "$trace")" \; \
  select-pane -T 'its system calls: strace, read by lens' \; \
  select-pane -U \; \
  select-pane -T 'the server' \; \
  split-window -h -l 66% "$(in_part "$listens; $(said "$client")")" \; \
  select-pane -T 'client 1' \; \
  split-window -h -l 50% "$(in_part "$is_served; $(said "$client")")" \; \
  select-pane -T 'client 2' \; \
  select-pane -L
tm attach-session > /dev/null 2> "$work/error" || true
end_window
if [[ -s $part ]]; then
  keep_capture "The lab did not start."
  note "All of it has ended. The capture is in $capture: scripts/lens.sh explain $capture"
fi
