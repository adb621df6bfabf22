# shellcheck shell=bash
# shellcheck disable=SC2154  # seen, tool and tool_error are set by scripts/containers.sh and scripts/lib.sh
# plays.sh: what is tried with containers, one function for each part. Sourced by scripts/containers.sh, which has `check`,
# `typed` and the terminal.

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

# kit_of_another FILE...: makes a folder with these files, which belongs to another user. Only root can do that.
kit_of_another() {
  local folder
  folder=$(mktemp -d)
  cp "$@" "$folder"
  chown -R 1234:1235 "$folder"
  echo "$folder"
}

# play_owner: the kit of another user, in a folder without logs/.
play_owner() {
  local folder
  ((EUID == 0)) || return 0
  folder=$(kit_of_another docker-compose.yml .env)
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

tools() { typed docker-compose run --rm -T tools "$@"; }
# play_tools: a shell with all tools.
play_tools() {
  check 'the tools are built' build_image tools tools redis-from-scratch/tools
  check 'doctor.sh runs in tools' tools scripts/doctor.sh
  printf '%s\n' "$seen"
  check 'doctor.sh says where it is' shows 'tools, of this kit'
  check 'every step can be done there' shows 'Every step can be done'
  check 'a trace of lab 1 by strace' tools scripts/trace.sh lab1 --scenario two-clients
  check 'the trace shows the wait of client B' shows 'client B      sends GET name: nobody reads it yet'
  printf '%s\n' "$seen" | tail -n 8
  check 'packets of lab 2 by tcpdump' tools scripts/tcpdump.sh lab2 --scenario two-clients
  check 'packets of lab 2 by tshark' tools scripts/tshark.sh lab2 --scenario two-clients
  check 'perf samples a program' tools sh -c 'perf record --quiet --event cpu-clock --output /tmp/data true && perf report --stdio --input /tmp/data > /dev/null'
  check 'strace attaches to a process' tools sh -c 'sleep 60 & timeout 5 strace -p $! 2>&1 | grep -m 1 attached'
  check 'the programs are built already' tools sh -c 'cargo build --offline --locked -p lab3-multiclient 2>&1 | grep -c Compiling || true'
  check 'nothing was compiled for that' test "${seen##*$'\n'}" = 0
  # A whole sheet, to the letter. The image has no program for that, so the first run builds it.
  check 'the program that replays a sheet is built in tools' tools cargo build --quiet --locked --package check
  check "each step of lab 1's sheet can be done in tools" tools target/debug/check document labs/lab1-blocking/README.md
  of_the_sheet
  seen=$(find captures -user 0 2> /dev/null | head -n 3)
  if [[ $(owner_of_the_kit) != 10001 ]]; then check 'what was written belongs to the owner of the kit' test -z "$seen"; fi
  play_tools_owner
}

# play_tools_owner: the kit of another user, in a folder without target/.
play_tools_owner() {
  local folder
  ((EUID == 0)) || return 0
  folder=$(kit_of_another Cargo.toml docker-compose.yml .env)
  seen=$(cd "$folder" && compose --project-name owner run --rm -T tools id -u 2>&1) || true
  check 'the kit of another user: the tools run as this user' test "${seen##*$'\n'}" = 1234
  seen=$(cd "$folder" && compose --project-name owner run --rm -T tools sh -c 'ltrace -o /tmp/log true; wc -l < /tmp/log' 2>&1) || true
  check 'ltrace captures calls for this user' test "${seen##*$'\n'}" -gt 0
  seen=$(stat -c %u:%g "$folder/target")
  check 'target/ is of this user' test "$seen" = 1234:1235
  (cd "$folder" && compose --project-name owner --profile tools down --volumes > /dev/null 2>&1) || true
  rm -rf "$folder"
}

# of_the_sheet: how much of a sheet was replayed. The other line is about its blocks, which are no tests of ours.
of_the_sheet() { grep -e ' commands, ' <<< "$seen" || true; }

# play_sheet: the section of lab 3's sheet, in real terminals: its output must be what comes here.
play_sheet() {
  local sheet=target/containers/sheet.md
  if ! grep -q '^## Run the lab in containers' labs/lab3-multiclient/README.md; then
    echo "Skipping the sheet: lab 3's has no section about containers."
    return
  fi
  if ! has docker-compose; then
    echo "Skipping the sheet: it shows the words of docker-compose, and newer Docker has others."
    return
  fi
  # The links are checked with the whole sheet, and are not right from this folder.
  awk '/^## /{ inside = /^## Run the lab in containers/ } inside' labs/lab3-multiclient/README.md |
    sed -E 's/^## /# /; s/ skip: scripts.containers.*//; s/\[([^]]*)\]\([^)]*\)/\1/g' > "$sheet"
  build_tool check --bin check || die "$tool_error"
  check "lab 3's sheet shows what comes" typed "$tool" document --kit-logs "$sheet"
  of_the_sheet
  # After a failure the containers still run.
  compose down > /dev/null 2>&1 || true
}
