"""The store: keys, their values, and their deadlines in milliseconds since 1970."""

import heapq
from collections import deque

# A value is a string or a list of strings.
Value = bytes | deque[bytes]
# About the memory of a key beside its own bytes and those of its value.
ENTRY = 80


class Store:
    """All keys of the server."""

    # How much memory the keys may take before some are evicted, in bytes; 0 is no limit.
    max_memory = 0

    def __init__(self) -> None:
        # The key that was used longest ago is in front, if keys are evicted.
        self.values: dict[bytes, Value] = {}
        self.deadlines: dict[bytes, int] = {}
        # The nearest deadline is in front. It may be out of date: `deadlines` decides.
        self.queue: list[tuple[int, bytes]] = []

    def get(self, key: bytes) -> Value | None:
        return self.values.get(key)

    def set(self, key: bytes, value: Value) -> None:
        """Sets a value. The deadline of the key stays as it is."""
        self.values[key] = value

    def touch(self, key: bytes) -> None:
        """Notes that a key is used now."""
        if key in self.values:
            self.values[key] = self.values.pop(key)

    def evict(self) -> None:
        """Removes the keys that were used longest ago, until the others fit into the memory."""
        while sum(map(self._size, self.values)) > self.max_memory:
            self.remove(next(iter(self.values)))

    def _size(self, key: bytes) -> int:
        return ENTRY + len(key) + len(self.values[key])

    def set_deadline(self, key: bytes, deadline: int | None) -> None:
        """Sets the deadline of a key. None removes it."""
        if deadline is None:
            self.deadlines.pop(key, None)
            return
        self.deadlines[key] = deadline
        heapq.heappush(self.queue, (deadline, key))
        if len(self.queue) > 2 * len(self.deadlines) + 1000:
            # Most entries are out of date. Without this, a key that is set again and again would
            # fill the memory.
            self.queue = [(time, key) for key, time in self.deadlines.items()]
            heapq.heapify(self.queue)

    def remove(self, key: bytes) -> bool:
        """Removes a key. Returns whether it was there."""
        self.deadlines.pop(key, None)
        return self.values.pop(key, None) is not None

    def clear(self) -> None:
        self.values.clear()
        self.deadlines.clear()
        self.queue.clear()

    def next_deadline(self) -> int | None:
        """The nearest deadline of all keys."""
        while self.queue:
            deadline, key = self.queue[0]
            if self.deadlines.get(key) == deadline:
                return deadline
            heapq.heappop(self.queue)
        return None

    def expire(self, now: int) -> None:
        """Removes all keys that are due. In the millisecond of its deadline a key still exists."""
        while (deadline := self.next_deadline()) is not None and deadline < now:
            self.remove(heapq.heappop(self.queue)[1])

    def expire_named(self, keys: list[bytes], now: int) -> None:
        """Removes the keys among `keys` that are due."""
        for key in keys:
            if self.deadlines.get(key, now) < now:
                self.remove(key)
