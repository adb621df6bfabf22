"""Lists: RPUSH, LPUSH, LLEN, LRANGE and LPOP, as in Redis 7."""

from collections import deque
from itertools import islice

from call import Call, CommandError
from replies import NIL_ARRAY, Reply


def rpush(call: Call) -> Reply:
    return _push(call, deque.append)


def lpush(call: Call) -> Reply:
    return _push(call, deque.appendleft)


def _push(call: Call, push) -> Reply:
    """Adds one value after the other."""
    items = call.items(call.args[1])
    if items is None:
        items = deque()
        call.store.set(call.args[1], items)
    for value in call.args[2:]:
        push(items, value)
    return len(items)


def llen(call: Call) -> Reply:
    return len(call.items(call.args[1]) or ())


def lrange(call: Call) -> Reply:
    """Both ends count. An index that is negative counts from the end of the list."""
    start, stop = call.integer(call.args[2]), call.integer(call.args[3])
    items = call.items(call.args[1]) or deque()
    start = max(start + len(items), 0) if start < 0 else start
    stop = stop + len(items) if stop < 0 else min(stop, len(items) - 1)
    end = stop if call.fault == "lrange_leaves_out_end" else stop + 1
    return list(islice(items, start, end)) if start < end else []


def lpop(call: Call) -> Reply:
    key, has_count = call.args[1], len(call.args) > 2
    count = call.integer(call.args[2]) if has_count else 1
    if count < 0:
        raise CommandError("ERR value is out of range, must be positive")
    items = call.items(key)
    if items is None:
        return NIL_ARRAY if has_count else None
    taken = [items.popleft() for _ in range(min(count, len(items)))]
    if not items and call.fault != "empty_list_stays":
        call.store.remove(key)
    return taken if has_count else taken[0]
