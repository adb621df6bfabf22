"""Whole numbers of 64 bits. As in Redis, only the shortest spelling is valid: no `+`, no space."""

import re

LOWEST, HIGHEST = -(2 ** 63), 2 ** 63 - 1
_SPELLING = re.compile(rb"0|-?[1-9][0-9]{0,18}")


def parse(text: bytes) -> int | None:
    """The number, or None if the text is not one."""
    if not _SPELLING.fullmatch(text):
        return None
    return fitting(int(text))


def fitting(number: int) -> int | None:
    """The number, or None if it does not fit in 64 bits."""
    return number if LOWEST <= number <= HIGHEST else None
