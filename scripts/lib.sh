# shellcheck shell=bash
# shellcheck disable=SC2034  # some variables are for the scripts that source this
# lib.sh: what all scripts share. Sourced, not run.
#
# macOS has bash 3.2, and tools of BSD. This file, lib-observe.sh and the scripts that work there keep to what those know. An
# array that may be empty is written ${words[@]+"${words[@]}"}: to bash 3.2, an empty one is not set.

# usage: prints the head of the script that calls it: purpose, usage, requirements, examples.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p;}' "$0"; }

# die MESSAGE...: says what is wrong and how to go on, and ends with exit code 2.
die() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  shift
  if (($# > 0)); then printf '  %s\n' "$@" >&2; fi
  exit 2
}

# see_help: where the options are explained.
see_help() { echo "To see what it takes: scripts/$(basename "$0") --help"; }

# unknown WORD: ends, because the script has no such option, or takes no such word.
unknown() {
  if [[ $1 == -* ]]; then die "scripts/$(basename "$0") has no option '$1'." "$(see_help)"; fi
  die "'$1' is one word too many." "$(see_help)"
}

# needs_word OPTION [WORD]: ends if nothing stands behind the option.
needs_word() { [[ -n ${2-} && ${2-} != --* ]] || die "$1 wants a word behind it." "$(see_help)"; }

# renamed OLD NEW: ends, and says what an option is called now.
renamed() { die "the option $1 is called $2 now." "$(see_help)"; }

# has COMMAND: whether it is installed.
has() { command -v "$1" > /dev/null 2>&1; }

# needs_linux WHY [FALLBACK...]: ends where the system is not Linux. A system without uname may be one.
needs_linux() {
  [[ $(uname -s 2> /dev/null || echo Linux) != Linux ]] || return 0
  local why=$1
  shift
  die "this needs Linux: $why." "In a container: docker-compose run --rm tools" "$@"
}

# A network of one's own, with a loopback of its own. In it everybody may capture packets, where the system allows such a network.
own_network=(unshare --user --map-current-user --keep-caps --net)

# may_own_a_network: root needs none, and inside of one there is nothing to gain from another.
may_own_a_network() { ((EUID != 0)) && ! is_own_network && has ip && "${own_network[@]}" true 2> /dev/null; }

# is_own_network: whether this user has rights over the network. CAP_NET_ADMIN is bit 12.
is_own_network() {
  local rights
  rights=$(sed -n 's/^CapEff:\t//p' /proc/self/status 2> /dev/null) || return 1
  ((0x${rights:-0} >> 12 & 1))
}

# The top folder of the kit.
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# lab_package NAME: the package of a lab, from its short name or its full one; my-lab2 for work/lab2, the student's own.
lab_package() {
  local name=${1#./}
  name=${name%/}
  case ${name#"$kit/"} in
    lab1 | lab1-blocking) echo lab1-blocking ;;
    lab2 | lab2-resp) echo lab2-resp ;;
    lab3 | lab3-multiclient) echo lab3-multiclient ;;
    lab4 | lab4-fair) echo lab4-fair ;;
    work/lab[1-4] | my-lab[1-4])
      name=${name: -4}
      [[ -e $kit/work/$name/Cargo.toml ]] || die "there is no work/$name." "To make it: scripts/check.sh start $name"
      echo "my-$name"
      ;;
    *) die "there is no lab '$1'." "Say lab1, lab2, lab3 or lab4. Your own: work/lab1, work/lab2 and so on." ;;
  esac
}

# lab_name PACKAGE: what to type for it: the folder, if it is the student's own.
lab_name() { echo "${1/#my-/work/}"; }

# kit_lab PACKAGE: the lab of the kit that it is, or was made from.
kit_lab() { if [[ $1 == my-* ]]; then lab_package "${1#my-}"; else echo "$1"; fi; }

# cargo_words PACKAGE: sets words to what tells cargo which package is meant. An own lab is a workspace of its own, and
# shares the folder of what is built.
cargo_words() {
  words=(-p "$1")
  if [[ $1 == my-* ]]; then
    words=(--manifest-path "$(lab_name "$1")/Cargo.toml" --target-dir "${CARGO_TARGET_DIR:-target}")
  fi
}

# show COMMAND...: prints the exact command, as one would type it. Students learn the tool, not our wrapper.
show() {
  local word line=+ quote="'\\''"
  for word in "$@"; do
    if [[ $word =~ ^[A-Za-z0-9_./:=,@%+#-]+$ ]]; then line+=" $word"; else line+=" '${word//\'/$quote}'"; fi
  done
  printf '%s\n' "$line" >&2
}

# run COMMAND...: prints the exact command, and then runs it.
run() {
  show "$@"
  "$@"
}

# run_in_kit COMMAND...: the same in the folder of the kit, where cargo finds its settings.
run_in_kit() (
  [[ $PWD == "$kit" ]] || run cd "$kit" || exit
  run "$@"
)

# build PACKAGE [OPTION...]: builds it, with these options of cargo and in this environment, and prints where the program is.
build_in=()
build() {
  has cargo || die "Rust is not installed, so $1 cannot be built." "See https://rustup.rs, then open a new terminal."
  local package=$1 built words
  shift
  cargo_words "$package"
  show ${build_in[@]+"${build_in[@]}"} cargo build -q "$@" "${words[@]}"
  built=$(${build_in[@]+"${build_in[@]}"} cargo build -q "$@" "${words[@]}" --message-format=json-render-diagnostics |
    sed -nE "s/.*\"target\":\{[^{}]*\"name\":\"$package\".*\"executable\":\"([^\"]+)\".*/\1/p" | tail -n 1) || built=
  [[ -n $built ]] || die "$package does not build: the compiler says why, above." "Undo your last change, or ask: git diff"
  echo "${built#"$PWD"/}"
}

# build_tool PACKAGE [OPTION...]: builds a tool of this kit, with these options of cargo, and sets tool to it. Another program
# of this name may be on PATH. Fails, and sets tool_error, if it cannot be built.
tool='' tool_error=''
build_tool() {
  local package=$1 said profile=debug
  shift
  if [[ " $* " == *" --release "* ]]; then profile=release; fi
  tool=${CARGO_TARGET_DIR:-$kit/target}/$profile/$package
  if [[ ! -x $tool ]]; then
    echo "Building scripts/$package: a minute or two, this once." >&2
  elif ! has cargo; then
    # Under sudo there may be no Rust. The program that is there is good enough.
    return 0
  fi
  # In the folder of the kit, where cargo finds its settings.
  if said=$(cd "$kit" && build "$package" "$@" 2>&1); then
    tool=${said##*$'\n'}
    [[ $tool == /* ]] || tool=$kit/$tool
    return 0
  fi
  # The first line is the command, the second says what is wrong.
  if [[ $said == +* ]]; then said=${said#*$'\n'}; fi
  tool_error=${said%%$'\n'*}
  tool_error=${tool_error#"$(basename "$0"): "}
  return 1
}

# build_lens: builds the lens, with lens_options of cargo, and sets KIT_LENS to it, so that every scripts/lens.sh that
# follows runs this one. Fails, and sets lens_error, if it cannot be built.
lens_error='' lens_options=()
build_lens() {
  [[ -z ${KIT_LENS-} ]] || return 0
  if build_tool lens ${lens_options[@]+"${lens_options[@]}"}; then
    export KIT_LENS=$tool
    return 0
  fi
  lens_error=$tool_error
  return 1
}
