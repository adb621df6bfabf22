#!/usr/bin/env bash
# doctor.sh: looks at this machine, and tells which steps of the labs it can do,
# and how to mend the others.
#
# SYNOPSIS
#   scripts/doctor.sh [--fix]
#
# OPTIONS
#   --fix    installs the missing tools (Debian and Ubuntu); it says first which
#
# FIELDS
#   ok       there is such a tool or right: where the tool is
#   -        it is missing, and there is another way: what is lost without it
#   NO       it is missing, and no lab can do without it
#   mend     the command that installs the tool or gives the right
#   or else  what to do without it
#
# REQUIREMENTS
#   none
#
# OVERHEAD
#   without --fix    a second; it changes nothing
#   --fix            downloads Debian packages, for some minutes
#
# EXIT CODE
#   0  every step can be done, some perhaps in another way
#   1  a step cannot be done at all
#   2  --fix could not install
#
# EXAMPLES
#   scripts/doctor.sh
#   scripts/doctor.sh --fix
#
# SEE ALSO
#   scripts/port.sh, scripts/test.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

fix=false
for word in "$@"; do
  case $word in
    -h | --help) usage; exit 0 ;;
    --fix) fix=true ;;
    *) unknown "$word" ;;
  esac
done
cd "$(dirname "$0")/.."

if [[ -t 1 && -z ${NO_COLOR-} ]]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' magenta=$'\e[35m' plain=$'\e[0m'
else
  bold='' dim='' red='' green='' magenta='' plain=''
fi

### the tools: COMMAND|PACKAGE|WHAT IS LOST WITHOUT|WHAT TO DO INSTEAD
tools=(
  'strace|strace|no live trace of system calls|scripts/trace.sh lab1 --recorded'
  'ltrace|ltrace|no calls of libc|scripts/trace.sh lab1 --recorded: the same bytes, one floor below'
  'tcpdump|tcpdump|no packets|read the recorded ones: labs/*/recordings/*/strace.log, scripts/trace.sh lab1 --recorded'
  'tshark|tshark|no decoded packets|scripts/trace.sh lab2 --recorded; with tcpdump, scripts/tcpdump.sh lab2 --recorded'
  'perf|linux-perf|no on-CPU flame graph|scripts/compare.sh --recorded; with strace, scripts/profile.sh lab1 --wall'
  'ss|iproute2|no tables of sockets|netstat -tn; or scripts/lens.sh watch lab1: where each client waits'
  'tmux|tmux|no window with four parts|four terminals'
  'redis-cli|redis-tools|no client of Redis itself|cargo run -p lab2-resp -- client'
  'redis-server|redis-server|no Redis to compare the labs with|the recorded figures: scripts/compare.sh --recorded'
  'redis-benchmark|redis-tools|no load generator of Redis itself|cargo run -p lab2-resp -- bench'
  'curl|curl|no client that speaks HTTP|nc, and type the two lines: GET / HTTP/1.1, and Host: localhost'
  'telnet|telnet|no telnet|nc, or cargo run -p lab1-blocking -- client'
  'nc|netcat-openbsd|no nc|telnet, or cargo run -p lab1-blocking -- client'
  'python3|python3|no view of flame graphs in a browser by http|open the SVG file itself'
)
lost=0 detours=0

# ok WHAT DETAIL; detour WHAT LOST MEND INSTEAD: a step needs another way; broken: it has none.
ok() { printf '  %sok%s    %-22s %s%s%s\n' "$green" "$plain" "$1" "$dim" "$2" "$plain"; }
detour() {
  detours=$((detours + 1))
  printf '  %s-%s     %-22s %s\n' "$magenta" "$plain" "$1" "$2"
  printf '%31s mend:    %s%s%s\n' '' "$bold" "$3" "$plain"
  printf '%31s or else: %s\n' '' "$4"
}
broken() {
  lost=$((lost + 1))
  printf '  %sNO%s    %-22s %s\n' "$red" "$plain" "$1" "$2"
  printf '%31s mend:    %s%s%s\n' '' "$bold" "$3" "$plain"
}

as_root() { if ((EUID == 0)); then "$@"; else has sudo && sudo "$@"; fi; }
# for_root COMMAND: as one has to type it here.
for_root() {
  if ((EUID == 0)); then echo "$1"; elif may_use_sudo; then echo "sudo $1"; else echo "as root: $1"; fi
}
# may_use_sudo: as far as anybody can know without the password. Most systems have a group of those who may.
may_use_sudo() { has sudo && { [[ " $(id -nG) " =~ \ (sudo|wheel|admin)\  ]] || sudo -n true 2> /dev/null; }; }
# first_line FILE: or nothing.
first_line() { head -n 1 "$1" 2> /dev/null || true; }

system=$(uname -s)

# find_missing: sets packages to those that have the missing tools.
packages=()
find_missing() {
  local tool name package
  packages=()
  for tool in "${tools[@]}"; do
    IFS='|' read -r name package _ <<< "$tool"
    if [[ $name == perf ]]; then package=$(perf_package); fi
    # A package may have several of the tools.
    has "$name" || [[ " ${packages[*]-} " == *" $package "* ]] || packages+=("$package")
  done
}

install_missing() {
  local package
  find_missing
  if ((${#packages[@]} == 0)); then
    echo "Nothing is missing that could be installed."
    return
  fi
  has apt-get || die "there is no apt-get here, so this cannot install anything." \
    "Install with the tool of your system: ${packages[*]}"
  as_root true || die "to install takes root, and you may not use sudo." "Ask somebody who may:  apt-get install ${packages[*]}" \
    "Or use a container:    docker-compose run --rm tools"
  echo "Installing: ${packages[*]}"
  run as_root apt-get update --quiet=2 || true
  for package in "${packages[@]}"; do
    # One at a time: what this system does not have must not keep the others away.
    run as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
      apt-get install --quiet=2 --yes --no-install-recommends "$package" > /dev/null ||
      echo "  $package could not be installed; see below for the way around it."
  done
  echo
}

# Ubuntu has perf in a package for each kernel.
perf_package() { if grep -qi '^ID=ubuntu' /etc/os-release 2> /dev/null; then echo "linux-tools-generic"; else echo linux-perf; fi; }

check_system() {
  local name container=''
  name=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release 2> /dev/null || true)
  if [[ $system == Darwin ]]; then
    detour macOS "labs, client and check.sh run here; tools that watch a server need Linux" \
      "docker-compose run --rm tools" "the recordings: scripts/trace.sh lab1 --recorded"
    return
  elif [[ $system != Linux ]]; then
    detour "$system" "the labs want Linux, macOS or WSL" "install WSL, or: docker-compose run --rm tools" "the recordings, in labs/*/recordings"
    return
  fi
  if grep -qi microsoft /proc/version; then
    if [[ $(uname -r) == *WSL2* || $(uname -r) == *microsoft-standard* ]]; then
      ok "WSL 2" "$name; a Linux kernel, so everything but perf's hardware counters"
    else
      detour "WSL 1" "it has no Linux kernel: no strace, no packets" "wsl --set-version ${WSL_DISTRO_NAME:-Ubuntu} 2" \
        "the recordings: scripts/trace.sh lab1 --recorded"
    fi
  else
    if [[ -e /.dockerenv || -e /run/.containerenv ]] || grep -qs 'docker\|containerd\|kubepods' /proc/1/cgroup; then
      container=', in a container'
    fi
    ok Linux "${name:-of unknown name}$container"
    ok kernel "$(uname -r)"
    # The image of .devcontainer/Dockerfile says so.
    if [[ ${KIT_CONTAINER-} == tools ]]; then ok container "tools, of this kit; your files are in $PWD"; fi
  fi
}

check_rust() {
  local version major minor
  if ! has cargo; then
    broken Rust "no lab can be built" "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    return
  fi
  version=$(rustc --version | cut -d' ' -f2)
  IFS=. read -r major minor _ <<< "$version"
  if ((major > 1 || (major == 1 && minor >= 88))); then
    ok Rust "$version"
  else
    broken Rust "$version is too old, the labs need 1.88" "rustup update"
  fi
  if has cc; then
    ok 'C linker' "$(command -v cc)"
  elif [[ $system == Darwin ]]; then
    broken 'C linker' "Rust cannot link a program without cc" "xcode-select --install"
  else
    broken 'C linker' "Rust cannot link a program without cc" "$(for_root 'apt-get install gcc libc6-dev')"
  fi
}

# watches_processes TOOL: whether the kit uses it to watch a process of Linux; sets instead_on_macos.
watches_processes() {
  case $1 in
    strace | ltrace) instead_on_macos='scripts/trace.sh lab1 --recorded' ;;
    tcpdump) instead_on_macos='scripts/tcpdump.sh lab1 --recorded' ;;
    tshark) instead_on_macos='scripts/tcpdump.sh lab2 --recorded' ;;
    perf) instead_on_macos='the pictures in the lab sheets' ;;
    ss) instead_on_macos='lsof -nP -iTCP:6379' ;;
    tmux) instead_on_macos='four terminals' ;;
    *) return 1 ;;
  esac
}

check_tools() {
  local tool name package without instead instead_on_macos
  for tool in "${tools[@]}"; do
    IFS='|' read -r name package without instead <<< "$tool"
    if [[ $name == perf ]]; then package=$(perf_package); fi
    if [[ $system == Darwin ]] && watches_processes "$name"; then
      detour "$name" "$without" "docker-compose run --rm tools" "$instead_on_macos"
    elif has "$name"; then
      ok "$name" "$(command -v "$name")"
    elif has apt-get; then
      detour "$name" "$without" "$(for_root "apt-get install $package")" "$instead"
    else
      detour "$name" "$without" "install $package with the tool of your system" "$instead"
    fi
  done
}

check_tracing() {
  local scope sleeper
  if has strace; then
    if strace -o /dev/null true 2> /dev/null; then
      ok "launch under strace" "takes no rights"
    else
      detour "launch under strace" "the system does not let anybody trace" "start the container with --cap-add=SYS_PTRACE" \
        "scripts/trace.sh lab1 --recorded"
    fi
    # The labs' own way to attach, tried on a program of ours.
    sleep 5 &
    sleeper=$!
    if may_attach "$sleeper"; then
      ok "attach strace" "trace.sh --attach works as it is"
    else
      scope=$(first_line /proc/sys/kernel/yama/ptrace_scope)
      detour "attach strace" "trace.sh --attach needs sudo (ptrace_scope is ${scope:-unknown})" \
        "$(for_root 'sysctl kernel.yama.ptrace_scope=0')" "scripts/trace.sh lab1, which starts the lab under strace"
    fi
    kill "$sleeper" 2> /dev/null || true
    wait "$sleeper" 2> /dev/null || true
  fi
}

# may_attach PID: strace attaches, and lets go again.
may_attach() {
  local said tracer tenths
  said=$(mktemp)
  strace -o /dev/null -e trace=none -p "$1" 2> "$said" &
  tracer=$!
  for ((tenths = 0; tenths < 30; tenths++)); do
    if grep -q attached "$said" || ! kill -0 "$tracer" 2> /dev/null; then break; fi
    sleep 0.1
  done
  tenths=1
  if grep -q attached "$said" && ! grep -qi 'not permitted' "$said"; then tenths=0; fi
  kill "$tracer" 2> /dev/null || true
  wait "$tracer" 2> /dev/null || true
  rm -f "$said"
  return "$tenths"
}

check_capturing() {
  local way='sudo is used for it' mend='start the container with --cap-add=NET_RAW, or become root'
  if may_own_a_network; then mend='scripts/own-network.sh, in each terminal'; fi
  if ! has tcpdump; then
    :
  elif tcpdump -i lo -L > /dev/null 2>&1; then
    ok "capture packets" "as it is"
  elif may_use_sudo; then
    ok "capture packets" "$way"
  else
    detour "capture packets" "tcpdump may not listen here" "$mend" "scripts/tcpdump.sh lab1 --recorded"
  fi
  if has tshark && ((EUID != 0)) && ! tshark -i lo -L > /dev/null 2>&1; then
    if may_use_sudo; then
      ok "capture with tshark" "$way; without it: sudo usermod -aG wireshark $(id -un), and log in anew"
    else
      if ! may_own_a_network; then mend="as root: usermod -aG wireshark $(id -un), and log in anew"; fi
      detour "capture with tshark" "tshark may not listen here" "$mend" "scripts/tshark.sh lab2 --recorded"
    fi
  fi
}

check_profiling() {
  local level data
  if ! has perf; then return; fi
  level=$(first_line /proc/sys/kernel/perf_event_paranoid)
  data=$(mktemp)
  if perf record --quiet --event cpu-clock --output "$data" true > /dev/null 2>&1; then
    ok "sample with perf" "perf_event_paranoid is ${level:-unknown}"
  else
    detour "sample with perf" "perf may not sample (perf_event_paranoid is ${level:-unknown})" \
      "$(for_root 'sysctl kernel.perf_event_paranoid=1')" "the wall-clock one: scripts/profile.sh lab1 --wall"
  fi
  rm -f "$data"
}

is_taken_6379() {
  if has ss; then
    [[ -n $(ss --no-header --listening --tcp --numeric 'sport = :6379') ]]
  else
    has lsof && lsof -nP -iTCP:6379 -sTCP:LISTEN > /dev/null 2>&1
  fi
}

check_port() {
  if is_taken_6379; then
    detour "port 6379" "taken, so a lab does not start on it" "scripts/port.sh 6379" "another port: cargo run -p lab1-blocking -- --port 6400"
  else
    ok "port 6379" "free"
  fi
  if [[ -w captures || (! -e captures && -w .) ]]; then
    ok "write captures" "$PWD/captures"
  else
    detour "write captures" "you may not write into $PWD" "sudo chown -R $(id -un) ." "--out /tmp/captures, with each script"
  fi
}

if $fix; then install_missing; fi
echo "${bold}This machine${plain}"
check_system
check_rust
check_port
echo "${bold}Tools${plain}"
check_tools
if [[ $system == Linux ]] && { has strace || has tcpdump || has tshark || has perf; }; then
  echo "${bold}Rights${plain}"
  check_tracing
  check_capturing
  check_profiling
fi
echo
if ((lost > 0)); then
  echo "${red}Something has no way around it: see NO, above.$plain"
  exit 1
elif ((detours > 0)); then
  echo "Every step can be done, $detours of them by a detour."
  find_missing
  if ((${#packages[@]} > 0)) && has apt-get; then
    if ((EUID == 0)) || may_use_sudo; then
      echo "scripts/doctor.sh --fix installs what is missing."
    else
      echo "To install what is missing takes root. Ask somebody who may:"
      echo "  apt-get install ${packages[*]}"
      echo "Or use a container, if you may: docker-compose run --rm tools"
    fi
  fi
else
  echo "${green}Every step can be done.$plain"
fi
