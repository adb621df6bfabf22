"""For gdb: runs a server, and writes its system calls about sockets as JSON, each with the lines that led to it.

    CALLS=calls.json gdb -batch -x gdb.py --args SERVER OPTION...
"""

import json
import os
import time

import gdb

if "aarch64" in os.uname().machine:
    NUMBER, FIRST, RESULT = "x8", "x0", "x0"
    NAMES = {242: "accept4", 207: "recvfrom", 206: "sendto", 57: "close", 22: "epoll_pwait"}
else:
    NUMBER, FIRST, RESULT = "orig_rax", "rdi", "rax"
    NAMES = {288: "accept4", 45: "recvfrom", 44: "sendto", 3: "close", 281: "epoll_pwait", 232: "epoll_wait"}


def number(register):
    """A register, as a signed number of 32 bits: nothing here is larger."""
    value = int(gdb.parse_and_eval("$" + register)) & 0xFFFFFFFF
    return value - (1 << 32) if value >= 1 << 31 else value


def lines():
    """File and line of each frame, the innermost first."""
    found, frame = [], gdb.newest_frame()
    while frame is not None:
        place = frame.find_sal()
        if place.symtab is not None:
            found.append([place.symtab.fullname(), place.line])
        frame = frame.older()
    return found


for setting in ["pagination off", "confirm off", "debuginfod enabled off", "print thread-events off"]:
    gdb.execute("set " + setting, to_string=True)
gdb.execute("handle SIGTERM SIGPIPE nostop noprint pass", to_string=True)
gdb.execute("catch syscall " + " ".join(NAMES.values()), to_string=True)
with open(os.environ["CALLS"], "w") as log:
    # gdb stops at the start and at the end of each call.
    begun = {}
    gdb.execute("run", to_string=True)
    while gdb.selected_inferior().threads():
        thread, now = gdb.selected_thread().num, int(time.time() * 1e6)
        call = begun.pop(thread, None)
        if call is None:
            begun[thread] = {"name": NAMES.get(number(NUMBER)), "fd": number(FIRST), "from_us": now}
        elif thread == 1:
            call.update({"until_us": now, "result": number(RESULT), "lines": lines()})
            log.write(json.dumps(call) + "\n")
            log.flush()
        gdb.execute("continue", to_string=True)
