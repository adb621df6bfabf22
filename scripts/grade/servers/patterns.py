"""The patterns of KEYS: `*` any bytes, `?` one byte, `[a-c]` and `[^x]` a set.

A backslash takes the next byte literally.
"""


def matches(pattern: bytes, text: bytes) -> bool:
    """Whether the whole text matches.

    Only the last `*` is tried again, so the time is not exponential.
    """
    if not text:
        # Redis finds the empty key with these patterns and with no other.
        return pattern in (b"", b"*")
    at, position = 0, 0
    retry: tuple[int, int] | None = None
    while True:
        if pattern[at:at + 1] == b"*":
            at += 1
            retry = (at, position)
            continue
        behind = _match_one(pattern, at, text[position]) if position < len(text) else None
        if behind is not None:
            at, position = behind, position + 1
        elif at == len(pattern) and position == len(text):
            return True
        elif retry is None or retry[1] == len(text):
            return False
        else:
            # Try again: the last star matches one byte more.
            at, position = retry = (retry[0], retry[1] + 1)


def _match_one(pattern: bytes, at: int, byte: int) -> int | None:
    """Matches one byte. Returns the place in the pattern behind what has matched, or None."""
    mark = pattern[at:at + 1]
    if not mark:
        return None
    if mark == b"?":
        return at + 1
    if mark == b"[":
        is_match, at = _match_set(pattern, at + 1, byte)
        return at if is_match else None
    if mark == b"\\" and at + 1 < len(pattern):
        at += 1
    return at + 1 if pattern[at] == byte else None


def _match_set(pattern: bytes, at: int, byte: int) -> tuple[bool, int]:
    """Whether the byte is in the set that begins at `at`, and the place behind the set."""
    negated = pattern[at:at + 1] == b"^"
    at += negated
    found = False
    while at < len(pattern) and pattern[at] != ord("]"):
        if pattern[at] == ord("\\") and at + 1 < len(pattern):
            found |= pattern[at + 1] == byte
            at += 2
        elif pattern[at + 1:at + 2] == b"-" and at + 2 < len(pattern):
            # Redis compares values of the type `char` of C. It has a sign.
            low, high = sorted((_signed(pattern[at]), _signed(pattern[at + 2])))
            found |= low <= _signed(byte) <= high
            at += 3
        else:
            found |= pattern[at] == byte
            at += 1
    return found != negated, min(at + 1, len(pattern))


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte
