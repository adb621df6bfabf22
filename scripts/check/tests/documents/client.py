"""Talks to server.py: with --prompt as a line editor with colours does, otherwise as nc does."""

import readline  # noqa: F401  input() then edits the line, and draws it with escape sequences
import socket
import sys

PROMPT = "\001\033[1;32m\002127.0.0.1:6379>\001\033[0m\002 " if "--prompt" in sys.argv else None

with socket.create_connection(("127.0.0.1", 6379)) as server, server.makefile("rw") as lines:
    print("connected", flush=True)
    try:
        while line := input(PROMPT) if PROMPT else sys.stdin.readline().strip():
            lines.write(line + "\n")
            lines.flush()
            print(lines.readline().strip(), flush=True)
    except EOFError:
        print()
