# shellcheck shell=bash
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
