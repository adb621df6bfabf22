# shellcheck shell=bash
# lib-ltrace.sh: puts what ltrace says about a lab into words. Sourced by ltrace.sh, not run.
# shellcheck disable=SC2154  # colours and options come from lib-observe.sh

# Of a line: PID SECONDS [PROGRAM->]CALL[@libc.so.6](ARGUMENTS) = RESULT <DURATION>
whole_call='^([0-9]+) ([0-9]+\.[0-9]+) ([^(]*->)?([a-z0-9_]+)(@libc\.so\.6)?\((.*)\) += ([^ ]+) <([0-9.]+)>$'
# A call in which another thread did something comes in two parts.
first_half='^([0-9]+) ([0-9]+\.[0-9]+) ([^(]*->)?([a-z0-9_]+)(@libc\.so\.6)?\((.*) <unfinished \.\.\.>$'
second_half='^([0-9]+) ([0-9]+\.[0-9]+) <\.\.\. [a-z0-9_]+ resumed> (.*)\) += ([^ ]+) <([0-9.]+)>$'

# What we remember from line to line: when the first call was, what the client has
# said so far, and whom the copies serve right now.
began='' heard=' ' serves='' next='' log_file=false unseen=0 served=false half_call='' half_arguments=''

# explain_ltrace PID: reads the log, and tells what the thread PID does. The other one waits for Ctrl-C.
explain_ltrace() {
  local line
  while IFS= read -r line; do
    [[ $line == "$1 "* ]] || continue
    if [[ $line =~ $whole_call ]]; then
      explain_call "${BASH_REMATCH[2]}" "${BASH_REMATCH[4]}" "${BASH_REMATCH[6]}" "${BASH_REMATCH[7]}" "${BASH_REMATCH[8]}"
    elif [[ $line =~ $first_half ]]; then
      half_call=${BASH_REMATCH[4]} half_arguments=${BASH_REMATCH[6]}
    elif [[ -n $half_call && $line =~ $second_half ]]; then
      explain_call "${BASH_REMATCH[2]}" "$half_call" "$half_arguments${BASH_REMATCH[3]}" "${BASH_REMATCH[4]}" "${BASH_REMATCH[5]}"
      half_call=''
    fi
  done
  if ((unseen > 0)); then note "  And $unseen other copies, of structs, numbers, times, lines of the log: --raw shows them."; fi
}

# explain_call WHEN CALL ARGUMENTS RESULT DURATION. The start of the program copies a thousand things, so we
# begin where it listens.
explain_call() {
  if ! $served; then
    if [[ $2 == write && $3 == *' listening on '* ]]; then served=true; fi
    return 0
  fi
  began=${began:-${1/./}}
  case $2 in
    memcpy) explain_copy "$1" "$3" ;;
    write) explain_write "$@" ;;
    recv)
      if [[ $4 == -* ]]; then return 0; fi
      hear "$3"
      show_call "$@" "$cyan$bold"
      once recv 15 "takes what this client has sent out of the kernel: these are the very bytes"
      if [[ $4 == 0 ]]; then once gone 15 "0 bytes, and there will be no more: the client has left"; fi
      ;;
    send)
      show_call "$@" "$green$bold"
      once send 15 "hands the reply to the kernel, which sends it"
      ;;
    accept4)
      if [[ $4 == -* ]]; then return 0; fi
      show_call "$@" "$bold"
      once accept4 15 "takes a client out of the kernel's queue: its connection has descriptor $4"
      ;;
    epoll_wait)
      if [[ $4 == -* ]]; then return 0; fi
      show_call "$@" ''
      once epoll_wait 15 "where lab 3 sleeps, and nowhere else: $4 of its sockets had something for it"
      ;;
    close)
      show_call "$@" ''
      once close 15 "the connection is over, and its number is free again"
      ;;
  esac
}

# hear ARGUMENTS: remembers the words of a request, so that we know them when they are copied.
hear() {
  local text=${1#*, \"}
  text=${text%\", *}
  text=${text//\\r\\n/ }
  heard+="${text//\\n/ } "
  serves='the log'
  if [[ " ${lab_options[*]} " == *' --quiet '* ]]; then serves='the command'; fi
}

# A line of the log goes to the terminal first and to the file then; what it is tells what comes next.
explain_write() {
  if [[ $3 != '2, '* ]]; then
    log_file=true
    serves=$next
    return
  fi
  case $3 in
    *'"Received'*) next='the command' ;;
    *'"Sent'*) next='the reply' ;;
    *) next=${serves/the log/} ;;
  esac
  if $log_file; then serves='the log'; else serves=$next; fi
  show_call "$@" "$dim"
  once write 15 "a line of the log, put together from the copies above (to the log file goes another)"
}

# explain_copy WHEN ARGUMENTS: words that came from a client are shown, all else is counted.
explain_copy() {
  local text=${2#*, \"}
  text=${text%\", *}
  if [[ -n $serves && -n $text && $text != *[\"\ ]* && $heard == *" $text "* ]]; then
    show_line "$1" "$(printf '  memcpy %s%-12s%s for %s' "$yellow" "\"$text\"" "$plain" "$serves")"
    once memcpy 15 "copies bytes from one place in the memory of the program to another: a word of the request"
  else
    unseen=$((unseen + 1))
  fi
}

# show_call WHEN CALL ARGUMENTS RESULT DURATION COLOUR
show_call() {
  local slept=''
  # Nothing but sleep takes a call so long.
  if [[ $2 != write ]] && ((10#${5/./} > 20000)); then slept="   $red<- asleep for ${5%???} s$plain"; fi
  show_line "$1" "$6$2($3) = $4$plain$slept"
}

# show_line WHEN TEXT
show_line() {
  local since=$((${1/./} - began))
  printf '%5d.%03d s  %s\n' $((since / 1000000)) $((since / 1000 % 1000)) "$2"
}
