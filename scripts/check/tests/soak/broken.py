#!/usr/bin/env python3
"""A small Redis that is broken on purpose, in the way that the environment variable BROKEN says.

It starts like a lab, and knows only the requests of a soak. Each defect below has the name that BROKEN gives.
Without BROKEN the server is right.
"""

import asyncio
import os
import signal
import sys
import time

BROKEN = os.environ.get("BROKEN", "")
MANY = 2_000  # the number of right replies before some of the defects begin

store = {}  # key: (value, deadline)
asked = 0
leaked = []
corrupted = []


def now():
    return int(time.time() * 1000)


def alive(key):
    found = store.get(key)
    if found and found[1] <= now() and BROKEN != "immortal":
        del store[key]
        return None
    return found


def bulk(value):
    return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)


def set_key(key, value, *options):
    deadline = float("inf")
    if options and options[0] == b"PX":
        deadline = now() + int(options[1])
        if BROKEN == "early":
            deadline = now() + int(options[1]) // 10
    if options and options[0] == b"KEEPTTL" and alive(key):
        deadline = store[key][1]
    if not (BROKEN == "forgetful" and asked > MANY and asked % 50 == 0):
        store[key] = (value, deadline)
    return b"+OK\r\n"


def get_key(key):
    found = alive(key)
    if found and BROKEN == "corrupt" and asked > MANY and key.count(b":") == 1 and not corrupted:
        corrupted.append(key)
        return bulk(b"!" + found[0][1:])
    return bulk(found and found[0])


def incr(key):
    found = alive(key) or (b"0", float("inf"))
    store[key] = (b"%d" % (int(found[0]) + 1), found[1])
    return b":%s\r\n" % store[key][0]


def delete(key):
    return b":%d\r\n" % (alive(key) is not None and store.pop(key) is not None)


COMMANDS = {
    b"PING": lambda: b"+PONG\r\n",
    b"ECHO": bulk,
    b"GET": get_key,
    b"SET": set_key,
    b"DEL": delete,
    b"INCR": incr,
}


class NotARequest(Exception):
    pass


async def length(reader, mark):
    line = await reader.readuntil(b"\r\n")
    if line[:1] != mark or not line[1:-2].isdigit() or len(line) > 10 or int(line[1:]) > 1_000_000:
        raise NotARequest
    return int(line[1:])


async def request(reader):
    words = []
    for _ in range(await length(reader, b"*")):
        words.append((await reader.readexactly(await length(reader, b"$") + 2))[:-2])
    return words


async def serve(reader, writer):
    global asked
    if BROKEN == "leaky" and len(leaked) < 100:
        leaked.append(os.dup(writer.get_extra_info("socket").fileno()))
    try:
        while True:
            words = await request(reader)
            asked += 1
            if asked > MANY and BROKEN == "mortal":
                print("something terrible has happened", flush=True)
                os._exit(7)
            if asked > MANY and BROKEN == "closing":
                return
            writer.write(COMMANDS[words[0]](*words[1:]))
            await writer.drain()
    except (NotARequest, KeyError, ValueError, asyncio.LimitOverrunError, UnicodeError):
        writer.write({"trusting": b"+OK\r\n", "silent": b""}.get(BROKEN, b"-ERR Protocol error\r\n"))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: os._exit(0))
    host, port = server.sockets[0].getsockname()
    print(f"{os.path.basename(sys.argv[0])} listening on {host}:{port} (pid {os.getpid()})", flush=True)
    await server.serve_forever()


asyncio.run(main())
