"""What a command replies, before a protocol turns it into bytes.

A reply is a Status, an Error, a Text, a number, a value (bytes), None for no value, a list of replies, a
dict of them, or NIL_ARRAY.
"""

from typing import Any, NamedTuple

Reply = Any


class Status(NamedTuple):
    """A short text such as `OK`."""

    text: bytes


class Error(NamedTuple):
    """An error with its code in front."""

    text: bytes


class Text(NamedTuple):
    """Text of several lines for people, such as the reply to INFO."""

    text: bytes


class NilArray:
    """No array. RESP2 writes it in another way than no value."""


OK = Status(b"OK")
NIL_ARRAY = NilArray()
