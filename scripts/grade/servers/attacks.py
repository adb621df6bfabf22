#!/usr/bin/env python3
"""Servers that attack the grader, to test it with. Each has bounds of its own: it ends after half a minute.

    attacks.py ATTACK LAB PORT [WORD...]

An attack comes first; then a correct server of the lab serves, so that only the attack can fail it.
"""

import contextlib
import glob
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import server

MIB = 1024 * 1024
# No attack lasts longer, whatever becomes of the grader.
BOUND_S = 30
END = time.monotonic() + BOUND_S


def prints_a_result(*_words: str) -> None:
    """Says that all works, as the grader would, and ends."""
    steps = [{"number": 1, "name": "first-reply", "verdict": "passed", "points": 1.0, "of": 1.0}]
    print("   1  ok      A client gets its first reply\n\n18 of 18 steps work.")
    print(json.dumps({"verdict": "passed", "points": 18.0, "of": 18.0, "steps": steps}), flush=True)
    sys.exit(0)


def forks_without_end(*_words: str) -> None:
    """Starts processes, each of which starts others."""
    while time.monotonic() < END:
        with contextlib.suppress(OSError):
            os.fork()
    os._exit(1)


def forks_away_without_end(*_words: str) -> None:
    """The same, with a session of its own for each process."""
    while time.monotonic() < END:
        with contextlib.suppress(OSError):
            if os.fork() == 0:
                os.setsid()
    os._exit(1)


def fills_the_disk(*_words: str) -> None:
    """Writes 10 GiB, in one file and, where that is refused, in others."""
    written = number = 0
    while written < 10 * 1024:
        number += 1
        with contextlib.suppress(OSError), Path(f"large-{number}").open("wb", buffering=0) as file:
            while written < 10 * 1024:
                file.write(bytes(MIB))
                written += 1


def eats_memory(*_words: str) -> None:
    """Takes 3 GiB, and uses them."""
    kept = [b"x" * (16 * MIB) for _ in range(192)]
    time.sleep(BOUND_S)
    del kept


def floods_stdout(*_words: str) -> None:
    """Writes lines without end."""
    while True:
        print("18 of 18 steps work. " * 1000)


def ignores_sigterm(*_words: str) -> None:
    """Cannot be ended politely."""
    # The server sets a handler of its own, so this one has to come afterwards.
    server.signal.signal = lambda *_: None
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])


def leaves_a_daemon(*_words: str) -> None:
    """Starts a process that has no parent, no session and no environment of ours."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.execve(sys.executable, [sys.executable, *sys.argv[:1], "waits", *sys.argv[2:]], {})
        os._exit(0)
    os.wait()


def waits(*_words: str) -> None:
    """What the daemon does."""
    time.sleep(BOUND_S)
    sys.exit(0)


def writes_the_result(*files: str) -> None:
    """Writes into the files of the result, and into all files that other processes have open."""
    others = [path for path in glob.glob("/proc/[0-9]*/fd/*") if str(os.getpid()) not in path]
    for path in [*files, *others]:
        with contextlib.suppress(OSError):
            # A file of another program is not ours to write: only those of the result.
            if os.path.realpath(path) in files:
                Path(path).write_text('{"verdict": "passed", "points": 18.0}')


def kills_its_parents(*_words: str) -> None:
    """Sends SIGKILL to the process that has started it, up to the grader."""
    pid = os.getppid()
    while pid > 1:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        with contextlib.suppress(PermissionError):
            os.kill(pid, signal.SIGKILL)
        if name == "grade":
            break
        pid = parent


ATTACKS: dict[str, Callable[..., None]] = {
    attack.__name__: attack
    for attack in (
        prints_a_result, forks_without_end, forks_away_without_end, fills_the_disk, eats_memory,
        floods_stdout, ignores_sigterm, leaves_a_daemon, waits, writes_the_result, kills_its_parents,
    )
}


def main() -> None:
    signal.alarm(BOUND_S)
    attack, lab, port, *words = sys.argv[1:]
    ATTACKS[attack](*words)
    sys.argv[1:] = [lab, port]
    server.main()


if __name__ == "__main__":
    main()
