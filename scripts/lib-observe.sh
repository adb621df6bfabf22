# shellcheck shell=bash
# lib-observe.sh: what the scripts share that watch a lab. That is: their options, the lab as a process, the
# capture as a file, and an end that leaves nothing running. Sourced after lib.sh, not run.
# shellcheck disable=SC2034,SC2154  # variables of lib.sh, and those for the scripts that source this

### what a script was told
lab='' name='' kit_lab='' attach=false pid='' scenario='' recorded=false raw=false out='' out_is_given=false binary='' port=6379 port_is_given=false lab_options=() arguments=()

# read_options WORD...: sets the variables above. A script's own options go to its function own_option.
read_options() {
  arguments=("$@")
  while (($# > 0)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --attach)
        attach=true
        if [[ ${2-} =~ ^[0-9]+$ ]]; then pid=$2; shift; fi
        ;;
      --recorded) recorded=true ;;
      --replay) renamed --replay --recorded ;;
      --raw) raw=true ;;
      --scenario | --out | --binary)
        needs_word "$@"
        case $1 in
          --scenario) scenario=$2 ;;
          --out) out_is_given=true out=$(absolute "$2") ;;
          --binary) binary=$(absolute "$2") ;;
        esac
        shift
        ;;
      --) shift; lab_options=("$@"); break ;;
      -*) own_option "$1" || unknown "$1" ;;
      *)
        [[ -z $lab ]] || die "'$1' is one word too many." "Options of the lab itself go behind --, as in: -- --port 6400"
        lab=$(lab_package "$1") || exit
        name=$(lab_name "$lab") kit_lab=$(kit_lab "$lab")
        ;;
    esac
    shift
  done
  [[ -n $lab ]] || die "which lab?" "Say scripts/$(basename "$0") lab1, lab2, lab3 or lab4. Your own: work/lab1, work/lab2 and so on."
  read_port
  # All else is a process of Linux, and what /proc says of it.
  $recorded || needs_linux "it watches a process by way of /proc" "Or look at a recording: scripts/trace.sh $kit_lab --recorded"
  # A scenario needs no port that anybody knows by heart, so it does not mind who holds 6379.
  if [[ -n $scenario && $port_is_given == false ]] && ! $attach; then
    port=0
    lab_options+=(--port 0)
  fi
  cd "$(dirname "$0")/.." || exit
  out=${out:-captures/$lab}
}

absolute() { if [[ $1 == /* ]]; then echo "$1"; else echo "$PWD/$1"; fi; }

# The port among the options of the lab.
read_port() {
  local index
  for index in "${!lab_options[@]}"; do
    case ${lab_options[index]} in
      --port) port_is_given=true port=${lab_options[index + 1]:-6379} ;;
      --port=*) port_is_given=true port=${lab_options[index]#*=} ;;
    esac
  done
}

### colours, for a terminal only
bold='' dim='' red='' plain=''
if [[ -t 1 && -z ${NO_COLOR-} ]]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'
fi

# note TEXT: something we say, apart from what the tools say.
note() { printf '%s%s%s\n' "$dim" "$*" "$plain"; }

# once WHAT INDENT TEXT: explains a kind of event below its line, the first time it comes.
told=' '
once() {
  if [[ $told != *" $1 "* ]]; then
    told+="$1 "
    printf '%*s%s└ %s%s\n' "$2" '' "$dim" "$3" "$plain"
  fi
}

### the end: whatever happens, nothing that we have started goes on running
server_pid='' tool_pid='' feeder_pid='' reader_pid='' part='' watching=false stopping=false ours=true sudo=()
work=$(mktemp -d)

# Ctrl-C while we watch is how it is meant to end; at any other time it is an end at once.
on_signal() { if $watching; then stopping=true; else exit 130; fi; }
trap on_signal INT TERM HUP
trap clean_up EXIT

clean_up() {
  local status=$?
  trap '' INT TERM HUP
  end_lab
  [[ -z $feeder_pid ]] || end_process "$feeder_pid"
  [[ -z $tool_pid ]] || end_process "$tool_pid"
  # A reader is the head of a group of its own.
  [[ -z $reader_pid ]] || end_group "$reader_pid"
  rm -rf "$work" ${part:+"$part"}
  return "$status"
}

# is_running PID: whether it is there, whoever owns it. A zombie has ended.
is_running() {
  local key state
  [[ -r /proc/$1/status ]] || return 1
  # Without another process: bash forgets a signal that comes while it waits for one.
  while read -r key state _; do
    if [[ $key == State: ]]; then
      [[ $state != [ZX] ]]
      return
    fi
  done < "/proc/$1/status" 2> /dev/null
  return 1
}

# wait_until_gone PID SECONDS
wait_until_gone() {
  local tenths
  for ((tenths = 0; tenths < $2 * 10; tenths++)); do
    is_running "$1" || return 0
    sleep 0.1
  done
  return 1
}

# end_process PID [SIGNAL]: asks, waits, and only then kills.
end_process() {
  is_running "$1" || return 0
  "${sudo[@]}" kill "-${2:-TERM}" "$1" 2> /dev/null || return 0
  wait_until_gone "$1" 5 && return
  "${sudo[@]}" kill -KILL "$1" 2> /dev/null || true
  wait_until_gone "$1" 5 || true
}

# end_group PID: ends the group that this process heads, and waits until all of it is gone.
end_group() {
  local member members
  members=$(pgrep -g "$1") || return 0
  kill -TERM -- "-$1" 2> /dev/null || true
  for member in $members; do end_process "$member"; done
}

# end_lab: ends the lab if we have started it.
end_lab() {
  if $ours && [[ -n $server_pid ]] && is_running "$server_pid"; then
    end_process "$server_pid"
  fi
  server_pid=''
}

# farewell: what the lab said at its end, which comes after what it said when it was ready.
farewell() { if $ours; then sed -n '2,${/./p}' "$work/said"; fi; }

### the lab
# build_lab: sets binary.
build_lab() {
  if [[ -z $binary ]]; then
    binary=$(build "$lab")
  elif [[ ! -x $binary || -d $binary ]]; then
    die "$binary is not a program that you may run." "Leave --binary out, and $lab is built."
  fi
}

# Where the lab's own log goes: to the terminal, unless a script has something better to show there.
log_to=2
hide_log() { log_to=9; exec 9> "$work/log"; }

# start_lab [LAUNCHER...]: starts the lab, below a launcher such as strace, and waits until it listens. A
# process group of its own keeps Ctrl-C away from it: we end it when everything is in order.
start_lab() {
  local ready
  # With scripted clients the page is the tool's alone; what the lab logs is in its log file.
  if [[ -n $scenario ]]; then hide_log; fi
  # These would fill the log.
  if [[ $scenario =~ ^(slow-reader|many|greedy)$ ]] && [[ " ${lab_options[*]-} " != *' --quiet '* ]]; then
    lab_options+=(--quiet)
  fi
  show "$@" "$binary" "${lab_options[@]}"
  set -m
  "$@" "$binary" "${lab_options[@]}" < /dev/null > "$work/said" 2>&"$log_to" &
  set +m
  tool_pid=$!
  until IFS= read -r ready 2> /dev/null < "$work/said"; do
    if ! is_running "$tool_pid"; then
      tool_pid=''
      if ((log_to != 2)); then cat "$work/log" >&2; fi
      die "$lab did not start: what it said stands above." \
        "To take another port: scripts/$(basename "$0") $name -- --port 6400"
    fi
    sleep 0.05
  done
  [[ $ready =~ :([0-9]+)\ \(pid\ ([0-9]+)\)$ ]] || die "$binary does not say where it listens: is it a lab?"
  port=${BASH_REMATCH[1]} server_pid=${BASH_REMATCH[2]}
  printf '%s%s%s\n' "$bold" "$ready" "$plain"
}

# running_labs: the pid and the port of each of this lab that runs and that we may see.
running_labs() {
  # The kernel keeps 15 letters of a name.
  ss --no-header --listening --tcp --numeric --processes |
    sed -nE "s/.*:([0-9]+) +[^ ]+ +users:\(\(\"${lab:0:15}\",pid=([0-9]+),.*/\2 \1/p"
}

# find_lab: sets server_pid and port to the lab that runs already.
find_lab() {
  has ss || die "ss is not installed, so nobody can be found." "On Debian and Ubuntu: sudo apt-get install iproute2" \
    "Or let this script start the lab: leave --attach out."
  ours=false
  local found running several
  if [[ -n $pid ]]; then
    [[ -d /proc/$pid ]] || die "there is no process $pid (any more)." "Who is there? ss -ltnp names them."
    running=$(< "/proc/$pid/comm")
    [[ $running == "${lab:0:15}" ]] || die "process $pid is $running, and not $lab." "Leave the number out, and $lab is looked for."
    found=$(running_labs | grep "^$pid " | head -n 1) || found=
    # Whether a lab of another user listens, and where, only that user and root may see.
    if [[ -z $found && -r /proc/$pid/fd ]]; then
      die "process $pid is $lab, but it does not listen: is it a client?" "Leave the number out, and $lab is looked for."
    fi
    found=${found:-$pid $port}
  else
    found=$(running_labs)
    [[ -n $found ]] || die "no $lab that you may see is running." \
      "Start it:  $(start_line)" "Or let this script start it: leave --attach out."
    several=$found
    if $port_is_given || [[ $found == *$'\n'* ]]; then found=$(grep " $port\$" <<< "$found" | head -n 1) || found=; fi
    [[ -n $found ]] || die "no $lab is running on port $port, but on $(cut -d' ' -f2 <<< "$several" | paste -sd, -)." \
      "Say which: scripts/$(basename "$0") $name --attach -- --port $(cut -d' ' -f2 <<< "$several" | head -n 1)"
  fi
  server_pid=${found% *} port=${found#* }
  printf '%s%s is running: pid %s, port %s%s\n' "$bold" "$lab" "$server_pid" "$port" "$plain"
}

# start_line: what to type to start the lab.
start_line() {
  local words
  cargo_words "$lab"
  echo "cargo run ${words[*]}"
}

# client_line: what to type to be a client. The kit's own client speaks the protocol of a student's lab, too.
client_line() {
  local option=''
  ((port == 6379)) || option=" --port $port"
  echo "cargo run -q -p $kit_lab -- client$option"
}

# invite: tells what to do now.
invite() {
  # On a terminal the lab has said so itself.
  if ! $ours || ((log_to != 2)) || [[ ! -t 2 ]]; then note "Talk to it from another terminal:"$'\n'"  $(client_line)"; fi
  if $ours; then note "Ctrl-C here ends the watching and the server."; else note "Ctrl-C ends the watching; the server goes on."; fi
}

# beside COMMAND...: runs it beside this shell, and waits for it. A signal ends the waiting, and not the command. If the
# command ran in the foreground, and took no notice of Ctrl-C, then bash would take none either.
beside() {
  local status=0 process
  "$@" &
  process=$!
  wait "$process" || status=$?
  if is_running "$process"; then wait "$process" || true; fi
  return "$status"
}

# nap: a fifth of a second, or less: a signal ends it at once.
nap() {
  sleep 0.2 &
  wait $! && return
  kill $! 2> /dev/null || true
  wait $! 2> /dev/null || true
}

# hold PID...: tells what to do, and waits until one of these has ended or somebody presses Ctrl-C.
hold() {
  local process
  watching=true
  invite
  while ! $stopping; do
    for process in "$@"; do is_running "$process" || break 2; done
    nap
  done
  watching=false
}

# settle: waits until the lab has closed the connections of those who have left, or there is no telling.
settle() {
  local tenths
  has ss || return 0
  for ((tenths = 0; tenths < 20; tenths++)); do
    [[ -n $(ss --no-header --tcp --numeric state established state close-wait "sport = :$port") ]] || return 0
    sleep 0.1
  done
}

# Everything about sockets, and the calls in which a server waits. Not `read` and `write`: Rust reads sockets with
# `recvfrom` and writes them with `sendto`; `accept` is `accept4`. Not every processor has those with a question mark.
socket_calls=$(< "$kit/scripts/lens/src/record/calls.txt")

### the capture
# begin_capture NAME: sets capture, and part, under which it is written until it is whole.
begin_capture() {
  mkdir -p "$out" 2> /dev/null || true
  [[ -w $out ]] || die "you may not write into $out." "Give another folder: --out /tmp/captures" \
    "Or, if sudo made it: sudo chown -R $(id -un) captures"
  capture=$out/$1 part=$out/$1.part
  rm -f "$part" 2> /dev/null || die "you may not replace $part." "Give another folder: --out /tmp/captures"
}

# keep_capture: it is whole.
keep_capture() {
  [[ -s $part ]] || die "nothing was captured." "$@"
  # As root a tool may have made it for root only.
  if ((${#sudo[@]} > 0)); then "${sudo[@]}" chown "$(id -u)" "$part"; fi
  mv -f "$part" "$capture"
  part=''
}

# follow FUNCTION: passes the capture through it while the tool writes.
follow() {
  set -m
  { trap '' INT; tail --lines=+1 --follow --sleep-interval=0.1 --pid="$tool_pid" "$part" 2> /dev/null | "$1"; } &
  set +m
  reader_pid=$!
}

# end_tool SIGNAL: ends the tool if it still runs, and lets the reader come to the end.
end_tool() {
  if [[ -n $feeder_pid ]]; then
    end_process "$feeder_pid" "$1"
    # Without input the tool ends by itself.
    wait_until_gone "$tool_pid" 5 || true
  fi
  end_process "$tool_pid" "$1"
  if [[ -n $reader_pid ]]; then wait "$reader_pid" || true; fi
  tool_pid='' feeder_pid='' reader_pid=''
  farewell
}

# needs TOOL PACKAGE FALLBACK...: ends if the tool is missing.
needs() {
  local tool=$1 package=$2
  shift 2
  has "$tool" || die "$tool is not installed." "On Debian and Ubuntu: sudo apt-get install $package   (or scripts/doctor.sh --fix)" "$@"
}

# ask_for_rights WHY FALLBACK...: uses sudo from here on, if that is possible.
ask_for_rights() {
  local why=$1
  shift
  if ((EUID != 0)) && has sudo && { [[ -t 0 ]] || sudo -n true 2> /dev/null; }; then
    sudo=(sudo)
    note "$why, so sudo is used for that one command."
    sudo -v && return
  fi
  die "$why." "$@"
}

# recording FILE: the file of a recording of this lab, for --recorded.
recording() {
  local scene=${scenario:-two-clients} folder=labs/$lab/recordings
  [[ $lab == "$kit_lab" ]] || die "there are no recordings of your own labs." \
    "Those of the kit:  scripts/$(basename "$0") $kit_lab --recorded" \
    "To record yours:   scripts/lens.sh record $name --scenario $scene"
  [[ -f $folder/$scene/$1 ]] || die "there is no recording of '$scene' for $lab with a $1." \
    "There are: $(cd "$folder" 2> /dev/null && printf '%s ' * || echo none)"
  echo "$folder/$scene/$1"
}

# choose_words TOOL: sets raw if the lens cannot be had, which puts into words what the tool says.
choose_words() {
  if $raw || build_lens; then return; fi
  note "The lens cannot be built ($lens_error), so this is what $1 says, as it is."
  raw=true
}

### the scripted clients
# play: lets the scripted clients of a scenario talk to the lab, and shows what they did and saw.
play() { run scripts/lens.sh record "$name" --scenario "$scenario" --running "$port"; }

# check_scenario: whether there is such a scenario, before anything is started.
check_scenario() {
  [[ -n $scenario ]] || return 0
  build_lens || die "the scripted clients cannot be built: $lens_error" \
    "Leave --scenario out, and be the client yourself: $(client_line)"
  scripts/lens.sh record --list | grep -q "^$scenario " ||
    die "there is no scenario '$scenario'." "There are: $(scripts/lens.sh record --list | grep -o '^[a-z-]\+' | paste -sd' ' -)"
}
