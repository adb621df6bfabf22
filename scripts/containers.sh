#!/usr/bin/env bash
# containers.sh: plays the labs in containers: builds both images, talks to a
# server, kills it, stops it, and looks at what is left.
#
# SYNOPSIS
#   scripts/containers.sh [--containers] [--without-tools]
#
# OPTIONS
#   --containers     if no engine runs: starts one as root, and stops it at the
#                    end
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
#   0  all is well; or there is no engine, and none can be started here: then it
#      says why, and skips all
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
# shellcheck source=scripts/containers/plays.sh
source "$(dirname "$0")/containers/plays.sh"

own_engine=false with_tools=true
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

### an engine
engine_version() { docker version --format '{{.Server.Version}}'; }
# left: what an engine could leave behind.
left() {
  local name
  ip -oneline link
  iptables-save 2> /dev/null | grep -v '^#' || true
  for name in dockerd containerd slirp4netns; do pgrep -lx "$name" || true; done
  cgroups
}
# A project of its own has a volume of its own: what a student has built there stays.
export COMPOSE_PROJECT_NAME=containers-test
ended() {
  detach
  if has_engine; then
    compose --profile lab1 --profile lab2 --profile lab3 --profile lab4 --profile tools down --volumes > /dev/null 2>&1 || true
  fi
  stop_engine
}
# skip REASON: ends. That this machine cannot do it is no failure of the kit.
skip() {
  echo "Skipping the containers: $1"
  echo '0 passed, 0 failed'
  exit 0
}
trap 'exit 130' INT TERM
if has_engine; then
  echo "An engine runs: $(engine_version)"
  [[ -z $(docker ps --all --quiet --filter name=redis_) ]] || die "containers of this kit exist." "docker-compose down"
elif [[ $own_engine == true ]] && ((EUID == 0)); then
  install_engine || skip "$engine_error"
  left_before=$(left)
  trap ended EXIT
  start_engine || skip "$engine_error"
  echo "Started an engine: $(engine_version), in namespaces of its own."
  echo "Base images are made here, of Debian's packages and of this machine's Rust; no registry is asked."
  make_base_images target/containers || skip "$engine_error"
else
  skip "no engine runs. As root, --containers starts one for the time of the test."
fi
trap ended EXIT
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
