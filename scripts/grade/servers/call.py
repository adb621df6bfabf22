"""One call of a command: its arguments, and what it works with."""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

import integers
from store import Store

MAX_BULK_LEN = 512 * 1024 * 1024

NOT_AN_INTEGER = "ERR value is not an integer or out of range"
WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"


class Client(Protocol):
    """What a command must know about its client."""

    number: int
    version: int
    closing: bool


class CommandError(Exception):
    """An error that the client gets as a reply. The conversation goes on."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text.encode()


@dataclass
class Call:
    """One call of a command."""

    args: list[bytes]
    store: Store
    client: Client
    now: int
    fault: str

    def string(self, key: bytes) -> bytes | None:
        """The string at a key."""
        return self._unless(deque, self.store.get(key))

    def items(self, key: bytes) -> deque[bytes] | None:
        """The list at a key."""
        return self._unless(bytes, self.store.get(key))

    def _unless(self, wrong: type, value):
        """The value, unless it has the wrong type."""
        if not isinstance(value, wrong):
            return value
        if self.fault == "no_wrong_type":
            return None
        raise CommandError(WRONG_TYPE)

    def integer(self, text: bytes) -> int:
        number = integers.parse(text)
        if number is None:
            raise CommandError(NOT_AN_INTEGER)
        return number
