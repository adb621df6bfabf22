"""The commands: one small function each, and the table of their names at the end."""

import time
from collections.abc import Callable

import integers
import lists
import patterns
from call import MAX_BULK_LEN, Call, Client, CommandError
from replies import OK, Error, Reply, Status, Text
from store import Store

MAX_ECHO = 128

# The options of SET that exclude each other, and those that say when the key expires.
OPPOSITES = {b"NX": b"XX", b"XX": b"NX"}
LIFETIMES = (b"EX", b"PX", b"EXAT", b"PXAT", b"KEEPTTL")

SYNTAX = "ERR syntax error"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def as_typed(arg: bytes) -> str:
    """An argument as text for an error, cut if it is long."""
    return arg[:MAX_ECHO].decode(errors="replace")


def wrong_arity(name: bytes) -> CommandError:
    return CommandError(f"ERR wrong number of arguments for '{as_typed(name)}'")


def execute(args: list[bytes], store: Store, client: Client, fault: str) -> Reply:
    """Executes one request. The keys that are due are removed first, so no command sees them."""
    now = now_ms()
    if fault == "expires_only_when_asked":
        store.expire_named(args[1:], now)
    elif fault != "never_expires":
        store.expire(now)
    if store.max_memory and len(args) > 1 and fault != "evicts_the_oldest_key":
        store.touch(args[1])
    try:
        reply = _run(Call(args, store, client, now, fault))
    except CommandError as error:
        return Error(error.text)
    if store.max_memory:
        store.evict()
    return reply


def _run(call: Call) -> Reply:
    name, count = call.args[0], len(call.args) - 1
    entry = TABLE.get(name if call.fault == "upper_case_only" else name.upper())
    if entry is None:
        if call.fault == "closes_after_unknown_command":
            call.client.closing = True
        if call.fault == "other_words_for_unknown_command":
            raise CommandError("unknown command")
        raise CommandError(f"ERR unknown command '{as_typed(name)}'")
    command, least, most = entry
    if count < least or most is not None and count > most:
        if call.fault == "missing_argument_ends_connection":
            raise ConnectionError("list index out of range")
        raise wrong_arity(name)
    return command(call)


def ping(call: Call) -> Reply:
    return call.args[1] if len(call.args) > 1 else Status(b"PONG")


def echo(call: Call) -> Reply:
    return call.args[1]


def leave(call: Call) -> Reply:
    call.client.closing = True
    return OK


def hello(call: Call) -> Reply:
    """HELLO 2 or HELLO 3. Without a version it is an unknown command, as in the labs."""
    if len(call.args) == 1:
        raise CommandError(f"ERR unknown command '{as_typed(call.args[0])}'")
    version = integers.parse(call.args[1])
    if version is None:
        raise CommandError("ERR Protocol version is not an integer or out of range")
    if version not in (2, 3):
        raise CommandError("NOPROTO unsupported protocol version")
    if len(call.args) > 2:
        raise CommandError(f"ERR Syntax error in HELLO option '{as_typed(call.args[2])}'")
    call.client.version = version
    if call.fault == "version_stays_for_next_client":
        type(call.client).version = version
    return {b"server": b"redis", b"version": b"7.0.15", b"proto": version,
            b"id": call.client.number, b"mode": b"standalone", b"role": b"master", b"modules": []}


def info(_call: Call) -> Reply:
    return Text(b"# Server\r\nredis_version:7.0.15\r\n")


def get(call: Call) -> Reply:
    return call.string(call.args[1])


def mget(call: Call) -> Reply:
    found = [call.store.get(key) for key in call.args[1:]]
    # A value of another type counts as none.
    values = [value if isinstance(value, bytes) else None for value in found]
    if call.fault == "mget_leaves_out_missing_keys":
        return [value for value in values if value is not None]
    return values


def set_value(call: Call) -> Reply:
    key, value = call.args[1:3]
    options, deadline = _set_options(call)
    old = call.string(key) if b"GET" in options else call.store.get(key)
    wanted = b"NX" not in options if old is not None else b"XX" not in options
    if wanted:
        call.store.set(key, value)
        if b"KEEPTTL" not in options and (deadline or call.fault != "set_keeps_deadline"):
            call.store.set_deadline(key, deadline)
    if b"GET" in options:
        return old
    return OK if wanted else None


def _set_options(call: Call) -> tuple[set[bytes], int | None]:
    """The options of SET that have no number, and the new deadline."""
    options: set[bytes] = set()
    # The option that says when the key expires may come twice, and the last number counts. It is
    # converted when all options are known: `EX abc BLAH` is a syntax error.
    lifetime, amount = b"", b""
    rest = iter(call.args[3:])
    for arg in rest:
        name = arg.upper()
        if name == b"GET" or OPPOSITES.get(name, name) not in options | {name}:
            options.add(name)
        elif name not in LIFETIMES or lifetime not in (b"", name):
            raise CommandError(SYNTAX)
        else:
            lifetime = name
            if name != b"KEEPTTL" and (amount := next(rest, None)) is None:
                raise CommandError(SYNTAX)
    if lifetime in (b"", b"KEEPTTL"):
        return options | {lifetime}, None
    if call.fault == "seconds_as_milliseconds" and lifetime == b"EX":
        lifetime = b"PX"
    number = call.integer(amount)
    deadline = _deadline(call, number, in_seconds=lifetime.startswith(b"EX"),
                         is_time=lifetime.endswith(b"AT"))
    if number <= 0 or deadline is None:
        raise CommandError("ERR invalid expire time in 'set' command")
    return options, deadline


def _deadline(call: Call, amount: int, in_seconds: bool, is_time: bool) -> int | None:
    """The deadline, or None if it does not fit in 64 bits. `amount` is a time or a duration."""
    millis = integers.fitting(amount * 1000 if in_seconds else amount)
    return None if millis is None else integers.fitting(millis if is_time else millis + call.now)


def mset(call: Call) -> Reply:
    if len(call.args) % 2 == 0:
        raise wrong_arity(call.args[0])
    for key, value in zip(call.args[1::2], call.args[2::2]):
        call.store.set(key, value)
        call.store.set_deadline(key, None)
    return OK


def append(call: Call) -> Reply:
    value = call.string(call.args[1]) or b""
    if len(value) + len(call.args[2]) > MAX_BULK_LEN:
        raise CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
    call.store.set(call.args[1], value + call.args[2])
    return len(value) + len(call.args[2])


def strlen(call: Call) -> Reply:
    return len(call.string(call.args[1]) or b"")


def getdel(call: Call) -> Reply:
    value = call.string(call.args[1])
    if call.fault != "getdel_keeps_key":
        call.store.remove(call.args[1])
    return value


def setrange(call: Call) -> Reply:
    """SETRANGE key offset value. Zero bytes fill the gap behind a shorter value."""
    key, offset, part = call.args[1], call.integer(call.args[2]), call.args[3]
    if offset < 0:
        raise CommandError("ERR offset is out of range")
    old = call.string(key) or b""
    if not part and call.fault != "setrange_makes_empty_keys":
        return len(old)
    if offset + len(part) > MAX_BULK_LEN:
        raise CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
    filler = b" " if call.fault == "setrange_pads_with_spaces" else b"\0"
    head = old[:offset].ljust(offset, filler)
    tail = b"" if call.fault == "setrange_cuts_the_rest" else old[offset + len(part):]
    call.store.set(key, head + part + tail)
    return len(head + part + tail)


def incr(call: Call) -> Reply:
    return _add(call, 1)


def decr(call: Call) -> Reply:
    return _add(call, -1)


def incrby(call: Call) -> Reply:
    return _add(call, call.integer(call.args[2]))


def decrby(call: Call) -> Reply:
    amount = call.integer(call.args[2])
    if amount == integers.LOWEST:
        raise CommandError("ERR decrement would overflow")
    return _add(call, -amount)


def _add(call: Call, amount: int) -> Reply:
    """Adds to the number at the key, or to 0 without such a key. The deadline stays."""
    text = call.string(call.args[1])
    if text is None or call.fault == "text_counts_as_zero" and integers.parse(text) is None:
        text = b"0"
    total = call.integer(text) + amount
    if integers.fitting(total) is None and call.fault != "numbers_without_limit":
        raise CommandError("ERR increment or decrement would overflow")
    if call.fault == "loses_an_update" and total == 4321:
        return total
    call.store.set(call.args[1], b"%d" % total)
    return total


def delete(call: Call) -> Reply:
    return sum(call.store.remove(key) for key in call.args[1:])


def exists(call: Call) -> Reply:
    return sum(call.store.get(key) is not None for key in call.args[1:])


def type_of(call: Call) -> Reply:
    value = call.store.get(call.args[1])
    kind = b"string" if isinstance(value, bytes) else b"list"
    return Status(b"none" if value is None else kind)


def keys(call: Call) -> Reply:
    return [key for key in call.store.values if patterns.matches(call.args[1], key)]


def dbsize(call: Call) -> Reply:
    return len(call.store.values)


def flush(call: Call) -> Reply:
    modes = [arg.upper() for arg in call.args[1:]]
    if modes not in ([], [b"ASYNC"], [b"SYNC"]):
        raise CommandError(SYNTAX)
    call.store.clear()
    return OK


def expire(call: Call) -> Reply:
    """EXPIRE, PEXPIRE, EXPIREAT and PEXPIREAT. A deadline in the past deletes the key at once."""
    name, key = call.args[0].lower(), call.args[1]
    conditions = _conditions(call.args[3:])
    amount = call.integer(call.args[2])
    deadline = _deadline(call, amount, in_seconds=not name.startswith(b"p"),
                         is_time=name.endswith(b"at"))
    if deadline is None:
        raise CommandError(f"ERR invalid expire time in '{name.decode()}' command")
    before = call.store.deadlines.get(key)
    if call.store.get(key) is None or not _allowed(conditions, before, deadline):
        return 0
    if deadline <= call.now:
        call.store.remove(key)
    else:
        call.store.set_deadline(key, deadline)
    return 1


def _conditions(args: list[bytes]) -> set[bytes]:
    for arg in args:
        if arg.upper() not in (b"NX", b"XX", b"GT", b"LT"):
            raise CommandError(f"ERR Unsupported option {arg.decode(errors='replace')}")
    conditions = {arg.upper() for arg in args}
    if b"NX" in conditions and len(conditions) > 1:
        raise CommandError("ERR NX and XX, GT or LT options at the same time are not compatible")
    if {b"GT", b"LT"} <= conditions:
        raise CommandError("ERR GT and LT options at the same time are not compatible")
    return conditions


def _allowed(conditions: set[bytes], before: int | None, deadline: int) -> bool:
    """Whether the conditions allow the new deadline. No deadline counts as infinitely late."""
    return not (b"NX" in conditions and before is not None
                or b"XX" in conditions and before is None
                or b"GT" in conditions and (before is None or deadline <= before)
                or b"LT" in conditions and before is not None and deadline >= before)


def ttl(call: Call) -> Reply:
    """TTL in seconds, rounded, and PTTL in milliseconds. -2: no such key; -1: no deadline."""
    key = call.args[1]
    if call.store.get(key) is None:
        return -1 if call.fault == "ttl_of_missing_key_is_minus_one" else -2
    if key not in call.store.deadlines:
        return -1
    left = call.store.deadlines[key] - call.now
    return left if call.args[0].upper() == b"PTTL" else (left + 500) // 1000


def persist(call: Call) -> Reply:
    had_deadline = call.args[1] in call.store.deadlines
    call.store.set_deadline(call.args[1], None)
    return int(had_deadline)


# The function of each command, its least number of arguments, and the largest (None: any).
TABLE: dict[bytes, tuple[Callable[[Call], Reply], int, int | None]] = {
    b"PING": (ping, 0, 1),
    b"ECHO": (echo, 1, 1),
    b"HELLO": (hello, 0, None),
    b"INFO": (info, 0, None),
    b"QUIT": (leave, 0, None),
    b"EXIT": (leave, 0, 0),
    b"GET": (get, 1, 1),
    b"MGET": (mget, 1, None),
    b"SET": (set_value, 2, None),
    b"MSET": (mset, 2, None),
    b"APPEND": (append, 2, 2),
    b"STRLEN": (strlen, 1, 1),
    b"GETDEL": (getdel, 1, 1),
    b"SETRANGE": (setrange, 3, 3),
    b"INCR": (incr, 1, 1),
    b"DECR": (decr, 1, 1),
    b"INCRBY": (incrby, 2, 2),
    b"DECRBY": (decrby, 2, 2),
    b"DEL": (delete, 1, None),
    b"EXISTS": (exists, 1, None),
    b"TYPE": (type_of, 1, 1),
    b"KEYS": (keys, 1, 1),
    b"DBSIZE": (dbsize, 0, 0),
    b"FLUSHALL": (flush, 0, None),
    b"FLUSHDB": (flush, 0, None),
    b"EXPIRE": (expire, 2, None),
    b"PEXPIRE": (expire, 2, None),
    b"EXPIREAT": (expire, 2, None),
    b"PEXPIREAT": (expire, 2, None),
    b"TTL": (ttl, 1, 1),
    b"PTTL": (ttl, 1, 1),
    b"PERSIST": (persist, 1, 1),
    b"RPUSH": (lists.rpush, 2, None),
    b"LPUSH": (lists.lpush, 2, None),
    b"LLEN": (lists.llen, 1, 1),
    b"LRANGE": (lists.lrange, 3, 3),
    b"LPOP": (lists.lpop, 1, 2),
}
