"""What both protocols share: the read buffer of a connection, and lines of text as requests."""

import inline
from replies import Reply

# The same limits as in shared/src/limits.rs.
MAX_INLINE = 64 * 1024
MAX_LINE = 16 * 1024 * 1024


class ProtocolError(Exception):
    """Bytes that can never become a request. They are answered, and the connection ends."""


class Codec:
    """Turns the bytes of one client into requests, and replies into bytes."""

    max_line = MAX_INLINE

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.buffer = bytearray()
        # The bytes before `start` are decoded. No line break is between `start` and `searched`.
        self.start = self.searched = 0

    def feed(self, data: bytes) -> None:
        """Adds bytes that have arrived."""
        del self.buffer[:self.start]
        self.searched = max(self.searched - self.start, 0)
        self.start = 0
        self.buffer += data

    def clear(self) -> None:
        """Throws away all bytes that have arrived."""
        self.buffer.clear()
        self.start = self.searched = 0

    def unread(self) -> int:
        """The number of bytes that are not decoded yet."""
        return len(self.buffer) - self.start

    def is_within_request(self) -> bool:
        """Whether a part of a request has arrived."""
        return self.unread() > 0

    def next_request(self) -> list[bytes] | None:
        """The next request, empty for a blank line. None if it has not arrived whole."""
        return self.next_line_request()

    def encode(self, reply: Reply, version: int, output: bytearray) -> None:
        """Appends a reply to `output`."""
        raise NotImplementedError

    def next_line_request(self) -> list[bytes] | None:
        """A request that is a line of text."""
        end = self.buffer.find(b"\n", max(self.start, self.searched))
        length = (len(self.buffer) if end < 0 else end) - self.start
        # The limit holds whether the end of the line is here or not.
        if length > self.max_line and self.fault != "no_limit_of_a_line":
            raise ProtocolError("too big inline request")
        if end < 0 and self.fault == "each_read_is_a_line" and self.unread():
            end = len(self.buffer)
        if end < 0:
            self.searched = len(self.buffer)
            return None
        line = bytes(self.buffer[self.start:end])
        self.start = min(end + 1, len(self.buffer))
        return self.split(line)

    def split(self, line: bytes) -> list[bytes]:
        """Splits a line into arguments."""
        if self.fault == "cuts_lines_at_1024_bytes":
            line = line[:1024]
        if self.fault == "lines_must_be_utf8" and not _is_utf8(line):
            raise ConnectionError("the stream holds bytes that are not UTF-8")
        if self.fault == "splits_at_every_space":
            return line.split()
        try:
            args = inline.split(line)
        except inline.UnbalancedQuotes:
            raise ProtocolError("unbalanced quotes in request") from None
        if self.fault == "keeps_carriage_return" and args and line.endswith(b"\r"):
            args[-1] += b"\r"
        return args


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def flat(pairs: dict[bytes, Reply]) -> list[Reply]:
    """The fields of a map, each followed by its value."""
    return [item for pair in pairs.items() for item in pair]
