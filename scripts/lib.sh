# shellcheck shell=bash
# shellcheck disable=SC2034  # some variables are for the scripts that source this
# lib.sh: what all scripts share. Sourced, not run.

# usage: prints the head of the script that calls it: purpose, usage, requirements, examples.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p;}' "$0"; }

# die MESSAGE...: says what is wrong and how to go on, and ends with exit code 2.
die() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  shift
  if (($# > 0)); then printf '  %s\n' "$@" >&2; fi
  exit 2
}

# renamed OLD NEW: ends, and says what an option is called now.
renamed() { die "the option $1 is called $2 now." "Say scripts/$(basename "$0") --help."; }

# has COMMAND: whether it is installed.
has() { command -v "$1" > /dev/null 2>&1; }

# lab_package NAME: the package of a lab, from its short name or its full one.
lab_package() {
  case $1 in
    lab1 | lab1-blocking) echo lab1-blocking ;;
    lab2 | lab2-resp) echo lab2-resp ;;
    lab3 | lab3-multiclient) echo lab3-multiclient ;;
    lab4 | lab4-fair) echo lab4-fair ;;
    *) die "there is no lab '$1'." "Say lab1, lab2, lab3 or lab4." ;;
  esac
}

# show COMMAND...: prints the exact command, as one would type it. Students learn the tool, not our wrapper.
show() {
  local word line=+
  for word in "$@"; do
    if [[ $word =~ ^[A-Za-z0-9_./:=,@%+#-]+$ ]]; then line+=" $word"; else line+=" '${word//\'/\'\\\'\'}'"; fi
  done
  printf '%s\n' "$line" >&2
}

# run COMMAND...: prints the exact command, and then runs it.
run() {
  show "$@"
  "$@"
}

# build PACKAGE [OPTION...]: builds it, with these options of cargo, and prints where the program is.
build() {
  has cargo || die "Rust is not installed, so $1 cannot be built." "See https://rustup.rs, then open a new terminal."
  local package=$1 built
  shift
  show cargo build -q "$@" -p "$package"
  built=$(cargo build -q "$@" -p "$package" --message-format=json-render-diagnostics |
    sed -nE "s/.*\"target\":\{[^{}]*\"name\":\"$package\".*\"executable\":\"([^\"]+)\".*/\1/p" | tail -n 1) || built=
  [[ -n $built ]] || die "$package does not build: the compiler says why, above." "Undo your last change, or ask: git diff"
  echo "${built#"$PWD"/}"
}

# build_lens: builds the lens of this kit, with lens_options of cargo, and sets KIT_LENS to it, so that every
# scripts/lens.sh that follows runs this one. Another program of this name may be on PATH. Fails, and sets
# lens_error, if it cannot be built.
lens_error='' lens_options=()
build_lens() {
  [[ -z ${KIT_LENS-} ]] || return 0
  local kit said program profile=debug
  kit=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  if [[ " ${lens_options[*]} " == *" --release "* ]]; then profile=release; fi
  program=${CARGO_TARGET_DIR:-$kit/target}/$profile/lens
  if [[ ! -x $program ]]; then
    echo "Building the lens: a minute or two, this once." >&2
  elif ! has cargo; then
    # Under sudo there may be no Rust. The lens that is there is good enough.
    export KIT_LENS=$program
    return 0
  fi
  # In the folder of the kit, where cargo finds its settings.
  if said=$(cd "$kit" && build lens "${lens_options[@]}" 2>&1); then
    export KIT_LENS=${said##*$'\n'}
    [[ $KIT_LENS == /* ]] || KIT_LENS=$kit/$KIT_LENS
    return 0
  fi
  # The first line is the command, the second says what is wrong.
  if [[ $said == +* ]]; then said=${said#*$'\n'}; fi
  lens_error=${said%%$'\n'*}
  lens_error=${lens_error#"$(basename "$0"): "}
  return 1
}
