"""A line of text as a request. The rules are those of redis-cli and of Redis's inline commands."""

import re

# What may stand between arguments. The last two of these bytes do not end an argument.
BLANKS = b" \t\r\n\x0b\x0c"

_SPECIAL = re.compile(rb"[\"'\x00\x0b\x0c]")
_SKIPPED = re.compile(rb"[ \t\r\n\x0b\x0c]*")
_PLAIN = re.compile(rb"[^ \t\r\n\x00\"']*")
_DOUBLE_QUOTED = re.compile(rb'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_SINGLE_QUOTED = re.compile(rb"'((?:[^'\\]++|\\'|\\(?!'))*+)'", re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"a": b"\a"}


class UnbalancedQuotes(Exception):
    """A quote was opened and not closed, or no space follows a closing quote."""


def split(line: bytes) -> list[bytes]:
    """Splits a line into arguments and removes their quotes. A blank line has no arguments."""
    if not _SPECIAL.search(line):
        return line.split()
    args, at = [], 0
    while True:
        at = _SKIPPED.match(line, at).end()
        if at >= len(line):
            return args
        plain = _PLAIN.match(line, at)
        arg, at = plain.group(), plain.end()
        if line[at:at + 1] in (b'"', b"'"):
            quoted, at = _take_quoted(line, at)
            arg += quoted
        else:
            at += 1
        args.append(arg)


def _take_quoted(line: bytes, at: int) -> tuple[bytes, int]:
    """The text of the quoted argument that begins at `at`, and the place behind it."""
    is_double = line[at:at + 1] == b'"'
    found = (_DOUBLE_QUOTED if is_double else _SINGLE_QUOTED).match(line, at)
    if not found or line[found.end():found.end() + 1] not in BLANKS:
        raise UnbalancedQuotes
    text = found.group(1)
    return (_ESCAPE.sub(_unescape, text) if is_double else text.replace(b"\\'", b"'")), found.end()


def _unescape(found: re.Match[bytes]) -> bytes:
    escaped = found.group(1)
    if len(escaped) == 3:
        return bytes([int(escaped[1:], 16)])
    return _LETTERS.get(escaped, escaped)
