#!/usr/bin/env python3
"""The server of a lab in another language, to test the grader with.

Without `--fault` the server is correct. With `--fault NAME` it has one mistake that students make;
`faults.toml` describes each mistake. A fault stands in the code where a student would make it.
"""

import argparse
import os
import signal
import socket
import sys
import tomllib
from pathlib import Path

from blocking import BlockingServer
from conversation import Service
from event_loop import EventLoop

LABS = ("lab1", "lab2", "lab3", "lab4")
FAULTS_FILE = Path(__file__).with_name("faults.toml")
# These mistakes of lab 3 are made by writing the loop of lab 2.
BLOCKING_FAULTS = ("one_client_at_a_time", "thread_per_client")


def read_faults() -> list[dict[str, str]]:
    return tomllib.loads(FAULTS_FILE.read_text())["fault"]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A server of a lab, correct or with one mistake.")
    parser.add_argument("lab", choices=LABS, nargs="?")
    parser.add_argument("port", type=int, nargs="?", help="0: any free port")
    parser.add_argument("--fault", metavar="NAME", default="", help="make this mistake")
    parser.add_argument("--also-port", type=int, metavar="N", help="lab 4: listen there, too")
    parser.add_argument("--max-output", type=size, metavar="BYTES", default=0,
                        help="lab 4: so much output a client receives in a second")
    parser.add_argument("--max-memory", type=size, metavar="BYTES", default=0,
                        help="lab 4: so much memory keys and values may take, with --evict")
    parser.add_argument("--evict", action="store_true",
                        help="lab 4: evict the keys that were used longest ago")
    parser.add_argument("--list", action="store_true", help="print the name of each mistake")
    options = parser.parse_args()
    if options.list:
        return options
    if options.port is None:
        parser.error("a lab and a port are needed")
    known = {fault["name"] for fault in read_faults() if fault["lab"] == options.lab}
    if options.fault and options.fault not in known:
        parser.error(f"{options.lab} has no fault '{options.fault}'; --list prints all")
    return options


def size(text: str) -> int:
    """A size such as 100kb."""
    return int(text[:-2]) * 1024 if text.endswith("kb") else int(text)


def listen(options: argparse.Namespace, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if options.fault != "no_reuse_of_address":
        # Without this, a restart would fail for a minute, while old connections are in TIME_WAIT.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(511 if options.lab in ("lab3", "lab4") else 1)
    return listener


def serve(options: argparse.Namespace) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        # The process ends at once, wherever it is. An exception could be caught on its way.
        signal.signal(number, lambda *_: os._exit(0))
    ports = [options.port] + ([options.also_port] if options.also_port else [])
    listeners = [listen(options, port) for port in ports]
    print("listening on {}:{}".format(*listeners[0].getsockname()), flush=True)
    service = Service(options.lab, options.fault)
    if options.evict:
        service.store.max_memory = options.max_memory
    if options.lab in ("lab1", "lab2") or options.fault in BLOCKING_FAULTS:
        BlockingServer(listeners[0], service).run()
    else:
        EventLoop(listeners, service, options.max_output).run()


def main() -> None:
    # An exception that ends the program is one line, the same on each machine.
    sys.tracebacklimit = 0
    options = parse_arguments()
    if options.list:
        # `--list | head` is no error.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        for fault in read_faults():
            print(fault["lab"], fault["name"], fault["mistake"])
    else:
        serve(options)


if __name__ == "__main__":
    main()
