# shellcheck shell=bash
# lib-containers.sh: an engine for containers that leaves nothing behind, and base images without a registry. Sourced by
# scripts/containers.sh.
#
# The engine runs in namespaces of its own: processes, network, mounts. When the first process there ends, the kernel
# ends all others, and removes the interfaces, the rules of iptables and the mounts. slirp4netns connects this network to
# the machine's, for apt-get in a build; it needs no rule and no interface outside.

engine_needs=('dockerd docker.io' 'docker-compose docker-compose' 'debootstrap debootstrap' 'iptables iptables' 'slirp4netns slirp4netns')
engine_folder='' engine_pid='' slirp_pid='' cgroups_before=''

# cannot REASON [FILE]: fails, and sets engine_error; the end of the file says more. A machine without the rights, or without a
# network, is no failure of the kit.
engine_error=''
cannot() {
  engine_error=$1
  [[ ! -s ${2-} ]] || engine_error+=$'\n'$(tail -n 3 "$2")
  return 1
}

# has_engine: whether an engine runs, and we may use it.
has_engine() { has docker && docker info > /dev/null 2>&1; }

# within SECONDS PID COMMAND...: whether the command works within this time. It need not wait when the process has ended.
within() {
  local tenths=$(($1 * 10)) pid=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    ((tenths-- > 0)) && kill -0 "$pid" 2> /dev/null || return 1
    sleep 0.1
  done
}

# install_engine: Debian's packages, if they are missing. The service of the package is not started.
install_engine() {
  local need packages=()
  for need in "${engine_needs[@]}"; do has "${need% *}" || packages+=("${need#* }"); done
  ((${#packages[@]} > 0)) || return 0
  has apt-get || { cannot "There is no apt-get to install ${packages[*]}."; return; }
  echo "Installing Debian packages for the containers: ${packages[*]}"
  { run apt-get update --quiet=2 &&
    run env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
      apt-get install --quiet=2 --yes --no-install-recommends "${packages[@]}" > /dev/null; } ||
    cannot "These packages cannot be installed: ${packages[*]}."
}

# cgroups: the folders that an engine makes for its containers.
cgroups() { find /sys/fs/cgroup -maxdepth 2 -type d -name docker 2> /dev/null | sort; }

# start_engine: starts dockerd with a network, waits until it answers, and sets DOCKER_HOST.
start_engine() {
  local first
  cgroups_before=$(cgroups)
  engine_folder=$(mktemp -d /var/tmp/containers.XXXXXX)
  export DOCKER_HOST=unix://$engine_folder/socket
  unshare --net --mount --pid --fork --kill-child --mount-proc dockerd --data-root "$engine_folder/data" \
    --exec-root "$engine_folder/run" --pidfile "$engine_folder/pid" --host "$DOCKER_HOST" --dns 10.0.2.3 \
    > "$engine_folder/log" 2>&1 &
  engine_pid=$!
  within 30 "$engine_pid" has_engine || { cannot "dockerd does not start:" "$engine_folder/log"; return; }
  # The first process in the namespaces.
  first=$(pgrep -P "$engine_pid")
  slirp4netns --configure --mtu=65520 --disable-host-loopback "$first" tap0 > "$engine_folder/slirp" 2>&1 &
  slirp_pid=$!
  within 10 "$slirp_pid" nsenter --target "$first" --net ip route get 10.0.2.3 ||
    cannot "the engine gets no network:" "$engine_folder/slirp"
}

# stop_engine: ends what start_engine has started, and removes its folder.
stop_engine() {
  local first tenths folder
  [[ -n $engine_folder ]] || return 0
  first=$(pgrep -P "$engine_pid") || first=''
  # dockerd stops its containers. After 20 s the kernel does it.
  [[ -z $first ]] || kill -TERM "$first" 2> /dev/null || true
  for ((tenths = 0; tenths < 200; tenths++)); do
    kill -0 "$engine_pid" 2> /dev/null || break
    sleep 0.1
  done
  kill -KILL "$engine_pid" ${slirp_pid:+"$slirp_pid"} 2> /dev/null || true
  wait "$engine_pid" ${slirp_pid:+"$slirp_pid"} 2> /dev/null || true
  for folder in $(comm -13 <(echo "$cgroups_before") <(cgroups)); do
    find "$folder" -depth -type d -exec rmdir {} + 2> /dev/null || true
  done
  rm -rf "$engine_folder"
  engine_folder=''
}

# make_base_images CACHE: images under the names that the Dockerfiles ask for. They are made of Debian's packages and of
# this machine's Rust, because no registry of images can be reached here. The crates come from this machine as well.
make_base_images() {
  [[ -s $1/debian.tar.gz ]] || make_debian "$1" || { cannot "debootstrap cannot make a Debian:" "$1/debootstrap.log"; return; }
  { docker import --change 'CMD ["bash"]' "$1/debian.tar.gz" debian:bookworm-slim && make_rust; } > "$engine_folder/image" 2>&1 ||
    cannot "the image with Rust cannot be made:" "$engine_folder/image"
}

# make_debian CACHE: debian.tar.gz in this folder.
make_debian() {
  local root=$1/debian
  mkdir -p "$1"
  rm -rf "$root"
  debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian > "$1/debootstrap.log" 2>&1 || return
  tar --create --gzip --directory "$root" --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
    --exclude='./usr/share/locale/*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' \
    --exclude='./proc/*' --exclude='./sys/*' --file "$1/debian.tar.gz.part" . || return
  mv "$1/debian.tar.gz.part" "$1/debian.tar.gz"
  rm -rf "$root"
}

# make_rust: the image with Rust.
make_rust() {
  local context=$engine_folder/rust sysroot triple
  sysroot=$(rustc --print sysroot) triple=$(rustc -vV | sed -n 's/^host: //p')
  mkdir -p "$context/rust/bin" "$context/rust/lib/rustlib" "$context/registry"
  cp "$sysroot"/bin/{cargo,rustc,rustdoc} "$context/rust/bin"
  cp "$sysroot"/lib/*.so* "$context/rust/lib"
  cp -r "$sysroot/lib/rustlib/$triple" "$context/rust/lib/rustlib"
  cargo fetch --quiet --locked || return
  cp -r "${CARGO_HOME:-$HOME/.cargo}"/registry/{index,cache} "$context/registry"
  cat > "$context/Dockerfile" << 'END'
FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY rust /usr/local
COPY registry /usr/local/cargo/registry
ENV CARGO_HOME=/usr/local/cargo CARGO_NET_OFFLINE=true
END
  docker build --quiet --tag rust:1-slim-bookworm "$context" || return
  rm -rf "$context"
}
