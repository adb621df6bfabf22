#!/usr/bin/env bash
# containers.sh: plays the labs in containers: builds both images, talks to a
# server, kills it, stops it, and looks at what is left.
#
# SYNOPSIS
#   scripts/containers.sh [--containers] [--without-tools]
#
# OPTIONS
#   --containers     if no engine runs: starts one as root, and stops it at the
#                    end; CI=true does the same
#   --without-tools  leaves out the image with the tools, which is large
#
# FIELDS
#   ok, FAILED       one line for each thing that was looked at
#   size, seconds    of each image: its size, and the time to build it
#   last line        how many passed and failed
#
# REQUIREMENTS
#   Docker and docker-compose (or docker compose). With --containers: root, and
#   Debian or Ubuntu; it installs docker.io, docker-compose and debootstrap. This
#   engine cannot reach a registry of images: images of the same names are made
#   of Debian's packages and of this machine's Rust
#
# OVERHEAD
#   about 10 minutes, and 7 GB while it runs; 40 MB stay in target/containers
#
# EXIT CODE
#   0  all is well, or there is no engine: then it says what was skipped
#   1  something failed
#   2  it could not be played
#
# EXAMPLES
#   scripts/containers.sh                  # with the engine that runs already
#   sudo scripts/containers.sh --containers
#
# SEE ALSO
#   scripts/test.sh, scripts/doctor.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/lib-containers.sh
source "$(dirname "$0")/lib-containers.sh"

own_engine=${CI:-false} with_tools=true
for word in "$@"; do
  case $word in
    -h | --help) usage; exit 0 ;;
    --containers) own_engine=true ;;
    --without-tools) with_tools=false ;;
    *) unknown "$word" ;;
  esac
done
cd "$(dirname "$0")/.."

passed=0 failed=0
# check WHAT COMMAND...: counts, and says what it has seen if the command fails.
check() {
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "ok      $what"
  else
    failed=$((failed + 1))
    echo "FAILED  $what"
    [[ -z ${seen-} ]] || printf '          %s\n' "${seen//$'\n'/$'\n'          }"
  fi
}
# shows TEXT: whether the last output has it.
shows() { [[ $seen == *"$1"* ]]; }
# soon SECONDS COMMAND...: whether the command works within this time.
soon() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < until)) || return 1
    sleep 0.2
  done
}

### what a student types: docker-compose, or the same as a part of newer Docker
compose() { if has docker-compose; then docker-compose "$@"; else docker compose "$@"; fi; }
# typed COMMAND...: shows and runs it; seen is its output.
typed() {
  show "$@"
  if [[ $1 == docker-compose ]]; then set -- compose "${@:2}"; fi
  seen=$("$@" 2>&1 < /dev/null) || { printf '%s\n' "$seen"; return 1; }
}
# logs_have SERVICE TEXT
logs_have() {
  # The client has a terminal, so it writes in colours.
  seen=$(compose logs --no-color "$1" 2>&1 | sed 's/\x1b\[[0-9;]*m//g')
  shows "$2"
}
is_healthy() { [[ $(docker inspect --format '{{.State.Health.Status}}' "$1") == healthy ]]; }

# build_image PROFILE SERVICE IMAGE: builds, and says how large and how long.
sizes=()
build_image() {
  local began=$SECONDS
  typed docker-compose --profile "$1" build "$2" || return 1
  sizes+=("$(printf '%-38s %6d MB %5d s' "$3" $(($(docker image inspect --format '{{.Size}}' "$3") / 1000000)) $((SECONDS - began)))")
}

### the prompt of the client, through a terminal
terminal() { tmux -L "containers-$$" "$@"; }
screen() { seen=$(terminal capture-pane -p 2>&1) && shows "$1"; }
attach() { terminal -f /dev/null new-session -d -x 100 -y 30 "docker attach $1"; }
# reply LINE TEXT: types the line, and waits for the text.
reply() {
  terminal send-keys "$1" Enter
  soon 20 screen "$2"
}
detach() { terminal kill-server 2> /dev/null || true; }

# play_lab3: the sequence of lab 3's sheet.
play_lab3() {
  local before after
  check 'lab 3 is built' build_image lab3 tcp-server redis-from-scratch/lab3-multiclient
  seen=$(docker run --rm --entrypoint sh redis-from-scratch/lab3-multiclient -c 'id -un; command -v cargo rustc cc' 2>&1) || true
  check 'the image has no compiler, and its user is not root' test "$seen" = lab
  seen=''
  check 'up starts the server, and the client when the server is healthy' typed docker-compose up -d
  check 'the server is healthy: PING has a reply' soon 30 is_healthy redis_tcp_server
  check 'the client is connected' soon 20 logs_have tcp-client '[+] Connected to TCP server at tcp-server:6379'
  check 'the client prints JSON' logs_have tcp-client '[i] JSON Output: ON'
  attach redis_tcp_client
  check 'attach, PING: a reply in JSON' reply PING '"value":"PONG"'
  check 'attach, SET' reply 'SET name Alice' '"command":["SET","name","Alice"],"type":"status","value":"OK"'
  check 'attach, GET' reply 'GET name' '"command":["GET","name"],"type":"string","value":"Alice"'
  seen=$(< logs/server.log)
  check 'logs/server.log of the host has the command' shows 'Received RESP: ["SET", "name", "Alice"]'
  seen=$(stat -c '%u' logs/server.log)
  check 'the log belongs to the owner of the kit' test "$seen" = "$(owner_of_the_kit)"
  seen=$(docker exec redis_tcp_server sh -c 'stat -c %u /proc/1; cat /proc/1/comm; grep CapEff /proc/1/status')
  check 'the server is process 1, without root and without capabilities' \
    test "$seen" = "$(owner_of_the_kit)"$'\nlab3-multiclien\nCapEff:\t0000000000000000'
  # Process 1 of a container ignores SIGKILL from inside. So this comes from outside, as the kernel's would for want of memory.
  before=$(docker inspect --format '{{.State.StartedAt}}' redis_tcp_server)
  kill_server
  check 'the client tells that the server is gone' reply 'GET name' 'has closed the connection'
  check 'the client connects again by itself' soon 60 screen 'your last command has no reply: type it again'
  check 'the new server has no keys: it kept them in memory' reply 'GET name' '"type":"nil"'
  after=$(docker inspect --format '{{.State.StartedAt}} {{.RestartCount}}' redis_tcp_server)
  seen="$before, then $after"
  check 'Docker has started the server again' test "${after#* }" = 1
  detach
  stop_lab3
}

# owner_of_the_kit: the number of the user that the containers become.
owner_of_the_kit() {
  local owner
  owner=$(stat -c %u Cargo.toml)
  if ((owner == 0)); then owner=10001; fi
  echo "$owner"
}

# kill_server: kill -9 for process 1 of the server, from outside its container.
kill_server() {
  local pid
  pid=$(docker inspect --format '{{.State.Pid}}' redis_tcp_server)
  docker run --rm --user root --pid host --cap-drop ALL --cap-add KILL --entrypoint sh redis-from-scratch/lab3-multiclient -c "kill -KILL $pid"
}

# stop_lab3: both end by SIGTERM, long before the 10 s after which Docker kills.
stop_lab3() {
  local began ended took codes
  codes=$(mktemp)
  (docker wait redis_tcp_server redis_tcp_client > "$codes") &
  ended=$!
  began=$(date +%s%N)
  typed docker-compose stop
  took=$((($(date +%s%N) - began) / 1000000))
  wait "$ended"
  seen="$took ms; exit codes of server and client: $(xargs < "$codes")"
  echo "        stop took $seen"
  check 'stop takes less than 5 s: nobody waits for a kill' test "$took" -lt 5000
  check 'the server ends with 0, the client by SIGTERM (143)' test "$(xargs < "$codes")" = '0 143'
  check 'the server says what it has served' logs_have tcp-server 'lab3-multiclient stopped after'
  rm -f "$codes"
  check 'down removes containers and network' typed docker-compose down
  seen=$(docker ps --all --quiet --filter name=redis_; docker network ls --quiet --filter name=tcp_redis_network)
  check 'nothing is left of them' test -z "$seen"
}

# play_owner: the kit of another user, in a folder without logs/. Only root can make it.
play_owner() {
  local folder
  ((EUID == 0)) || return 0
  folder=$(mktemp -d)
  cp docker-compose.yml .env "$folder"
  chown -R 1234:1235 "$folder"
  seen=$(cd "$folder" && compose --project-name owner up -d --no-build tcp-server 2>&1)
  check 'the kit of another user: the server runs' soon 20 test -s "$folder/logs/server.log"
  seen=$(stat -c %u:%g "$folder/logs" "$folder/logs/server.log" | xargs)
  check 'logs/ and the log are of this user' test "$seen" = '1234:1235 1234:1235'
  (cd "$folder" && compose --project-name owner down > /dev/null 2>&1) || true
  rm -rf "$folder"
}

# play_profile N PACKAGE: another lab, by its profile.
play_profile() {
  check "lab $1 is built" build_image "lab$1" "lab$1-server" "redis-from-scratch/$2"
  check "lab $1 starts by its profile, alone" typed docker-compose --profile "lab$1" up -d
  seen=$(docker ps --filter name=redis_ --format '{{.Names}}' | sort | xargs)
  check "lab $1: a server and a client run" test "$seen" = "redis_lab$1_client redis_lab$1_server"
  attach "redis_lab$1_client"
  check "lab $1 answers" reply 'SET name Alice' '"value":"OK"'
  detach
  check "lab $1 is removed" typed docker-compose --profile "lab$1" down
}

# play_tools: a shell with all tools.
play_tools() {
  local tool
  tools() { typed docker-compose run --rm -T tools "$@"; }
  check 'the tools are built' build_image tools tools redis-from-scratch/tools
  check 'doctor.sh runs in tools' tools scripts/doctor.sh
  printf '%s\n' "$seen"
  check 'doctor.sh says where it is' shows 'tools, of this kit'
  check 'every step can be done there' shows 'Every step can be done'
  check 'a trace of lab 1 by strace' tools scripts/trace.sh lab1 --scenario two-clients
  check 'the trace shows the wait of client B' shows 'has its answer after 8'
  printf '%s\n' "$seen" | tail -n 8
  check 'packets of lab 2 by tcpdump' tools scripts/tcpdump.sh lab2 --scenario two-clients
  check 'packets of lab 2 by tshark' tools scripts/tshark.sh lab2 --scenario two-clients
  check 'a profile of lab 3 by perf' tools sh -c 'perf record --quiet --event cpu-clock --output /tmp/data true && perf report --stdio --input /tmp/data > /dev/null'
  check 'strace attaches to a process' tools sh -c 'sleep 60 & timeout 5 strace -p $! 2>&1 | grep -m 1 attached'
  check 'the programs are built already' tools sh -c 'cargo build --offline --locked -p lab3-multiclient 2>&1 | grep -c Compiling || true'
  check 'nothing was compiled for that' test "$seen" = 0
  seen=$(find captures -user 0 2> /dev/null | head -n 3)
  if [[ $(owner_of_the_kit) != 10001 ]]; then check 'what was written belongs to the owner of the kit' test -z "$seen"; fi
}

# play_sheet: the section of lab 3's sheet, in real terminals: its output must be what comes here.
play_sheet() {
  local sheet=target/containers/sheet.md
  if ! grep -q '^## Run the lab in containers' labs/lab3-multiclient/README.md; then
    echo "Skipping the sheet: lab 3's has no section about containers."
    return
  fi
  # The links are checked with the whole sheet, and are not right from this folder.
  awk '/^## /{ inside = /^## Run the lab in containers/ } inside' labs/lab3-multiclient/README.md |
    sed -E 's/^## /# /; s/ skip: scripts.containers.*//; s/\[([^]]*)\]\([^)]*\)/\1/g' > "$sheet"
  build_tool check --bin check || die "$tool_error"
  check "lab 3's sheet shows what comes" typed "$tool" document "$sheet"
  printf '%s\n' "$seen" | tail -n 1
}

### an engine
engine_version() { docker version --format '{{.Server.Version}}'; }
# left: what an engine could leave behind.
left() {
  ip -oneline link
  iptables-save 2> /dev/null | grep -v '^#' || true
  pgrep -l 'dockerd|containerd|slirp4netns' || true
  cgroups
}
ended() {
  detach
  if has_engine; then
    compose --profile lab1 --profile lab2 --profile lab3 --profile lab4 --profile tools down --volumes > /dev/null 2>&1 || true
  fi
  stop_engine
}
if has_engine; then
  echo "An engine runs: $(engine_version)"
  [[ -z $(docker ps --all --quiet --filter name=redis_tcp_) ]] || die "containers of this kit exist." "docker-compose down"
elif [[ $own_engine == true ]] && ((EUID == 0)); then
  install_engine
  left_before=$(left)
  trap ended EXIT
  trap 'exit 130' INT TERM
  start_engine
  echo "Started an engine: $(engine_version), in namespaces of its own."
  echo "Base images are made here, of Debian's packages and of this machine's Rust; no registry is asked."
  make_base_images "$PWD/target/containers"
else
  echo "Skipping the containers: no engine runs. As root, --containers starts one for the time of the test."
  echo "0 passed, 0 failed"
  exit 0
fi
trap ended EXIT
trap 'exit 130' INT TERM
if (($(engine_version | cut -d. -f1) < 23)); then
  echo "This engine does not know the capability PERFMON, so the tools get SYS_ADMIN."
  export KIT_PERF_CAP=SYS_ADMIN
fi
has tmux || die "tmux is not installed." "apt-get install tmux"

play_lab3
play_owner
play_sheet
play_profile 1 lab1-blocking
play_profile 2 lab2-resp
play_profile 4 lab4-fair
if $with_tools; then play_tools; fi
if [[ -n $engine_folder ]]; then
  ended
  seen=$(diff <(echo "$left_before") <(left)) || true
  check 'the engine leaves no interface, rule, process or cgroup behind' test -z "$seen"
fi
echo
echo 'image                                    size     built in'
printf '%s\n' "${sizes[@]}"
echo "$passed passed, $failed failed"
((failed == 0))
