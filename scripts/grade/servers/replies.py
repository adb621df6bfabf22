"""What a command replies, before a protocol turns it into bytes.

A reply is a Status, an Error, a Text, a number, a value (bytes), None for no value, a list of replies, or
a dict of them.
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


OK = Status(b"OK")
