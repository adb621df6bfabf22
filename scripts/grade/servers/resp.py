"""The protocol of labs 2 and 3: RESP2, and what RESP3 writes in another way."""

import integers
from commands import MAX_BULK_LEN
from protocols import MAX_INLINE, Codec, ProtocolError, flat
from replies import NIL_ARRAY, Error, Reply, Status, Text

MAX_ARGS = 2 ** 31 - 1


class RespCodec(Codec):
    """Arrays of bulk strings, or lines of text, to requests; and replies to bytes."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        # The arguments of the first request that have arrived, and how many are still to come.
        self.args: list[bytes] = []
        self.args_left = 0
        # The length of the next argument, when it has arrived and the argument has not.
        self.length: int | None = None
        # Only for the fault `allocates_announced_length`.
        self.space = bytearray()

    def clear(self) -> None:
        super().clear()
        self.args, self.args_left, self.length = [], 0, None

    def is_within_request(self) -> bool:
        return self.args_left > 0 or super().is_within_request()

    def next_request(self) -> list[bytes] | None:
        if not self.args_left:
            if self.start == len(self.buffer):
                return None
            if self.buffer[self.start] != ord("*"):
                if self.fault == "no_inline_commands":
                    raise ProtocolError(f"expected '*', got '{chr(self.buffer[self.start])}'")
                return self.next_line_request()
            count = self._take_length("multibulk", "mbulk count", MAX_ARGS)
            if count is None:
                return None
            self.args_left = max(count, 0)
        while self.args_left:
            arg = self._take_bulk()
            if arg is None:
                return None
            self.args.append(arg)
            self.args_left -= 1
        args, self.args = self.args, []
        return args

    def _take_bulk(self) -> bytes | None:
        """Takes `$3\\r\\nGET\\r\\n`, or as much of it as has arrived."""
        if self.length is None:
            if self.start == len(self.buffer):
                return None
            mark = self.buffer[self.start]
            if mark != ord("$"):
                got = chr(mark) if mark < 128 else f"\\x{mark:02x}"
                raise ProtocolError(f"expected '$', got '{got}'")
            self.length = self._take_length("bulk", "bulk count", MAX_BULK_LEN)
            if self.length is None:
                return None
            if self.fault == "allocates_announced_length":
                self.space = bytearray(b"\0") * self.length
        end = self.start + self.length
        if self.fault == "bulk_ends_at_line_break":
            end = self.buffer.find(b"\r\n", self.start)
        # CR and LF follow. Like Redis, this decoder skips them without a look.
        if end < 0 or end + 2 > len(self.buffer):
            return None
        arg = bytes(self.buffer[self.start:end])
        self.start, self.length = end + 2, None
        return arg.decode(errors="replace").encode() if self.fault == "values_are_text" else arg

    def _take_length(self, what: str, what_if_long: str, highest: int) -> int | None:
        """Takes `$5\\r\\n`. None if it has not arrived whole."""
        begin = self.start + 1
        end = self.buffer.find(b"\r", begin, begin + MAX_INLINE)
        if end < 0 and len(self.buffer) - begin >= MAX_INLINE:
            raise ProtocolError(f"too big {what_if_long} string")
        if end < 0 or end + 2 > len(self.buffer):
            return None
        number = self._parse_length(bytes(self.buffer[begin:end]))
        if number is None or number > highest or what == "bulk" and number < 0:
            if self.fault == "waits_after_bad_length":
                return None
            if self.fault == "bad_length_ends_server":
                raise ValueError(f"invalid {what} length")
            raise ProtocolError(f"invalid {what} length")
        self.start = end + 2
        return number

    def _parse_length(self, text: bytes) -> int | None:
        if self.fault != "reads_lengths_leniently":
            return integers.parse(text)
        try:
            return int(text)
        except ValueError:
            return None

    def encode(self, reply: Reply, version: int, output: bytearray) -> None:
        begin = len(output)
        self._encode(reply, version, output)
        if self.fault == "line_feed_only":
            output[begin:] = output[begin:].replace(b"\r\n", b"\n")

    def _encode(self, reply: Reply, version: int, output: bytearray) -> None:
        if isinstance(reply, Status):
            output += b"+%s\r\n" % _one_line(reply.text)
        elif isinstance(reply, Error):
            mark = b"+" if self.fault == "errors_as_status" else b"-"
            output += b"%s%s\r\n" % (mark, _one_line(reply.text))
        elif isinstance(reply, int):
            if self.fault == "integers_as_bulk":
                self._encode_bulk(b"%d" % reply, output)
            else:
                output += b":%d\r\n" % reply
        elif reply is None or reply == b"" and self.fault == "empty_value_as_nil":
            self._encode_nil(version, output)
        elif reply is NIL_ARRAY:
            output += b"_\r\n" if version == 3 else b"*-1\r\n"
        elif isinstance(reply, Text):
            self._encode_text(reply.text, version, output)
        elif isinstance(reply, bytes):
            self._encode_bulk(reply, output)
        else:
            self._encode_items(reply, version, output)

    def _encode_nil(self, version: int, output: bytearray) -> None:
        if self.fault == "nil_as_empty":
            output += b"$0\r\n\r\n"
        elif self.fault == "nil_as_text":
            self._encode_bulk(b"(nil)", output)
        elif self.fault == "nil_without_line_end":
            output += b"$-1"
        else:
            is_resp3 = version == 3 and self.fault != "always_resp2_null"
            output += b"_\r\n" if is_resp3 else b"$-1\r\n"

    def _encode_text(self, text: bytes, version: int, output: bytearray) -> None:
        if version == 3 and self.fault != "text_as_value":
            output += b"=%d\r\ntxt:%s\r\n" % (len(text) + len(b"txt:"), text)
        else:
            self._encode_bulk(text, output)

    def _encode_bulk(self, value: bytes, output: bytearray) -> None:
        length = len(value)
        if self.fault == "length_counts_line_end":
            length += 2
        if self.fault == "length_in_characters":
            length = len(value.decode(errors="replace"))
        output += b"$%d\r\n" % length
        output += value
        output += b"\r\n"

    def _encode_items(self, reply: Reply, version: int, output: bytearray) -> None:
        if isinstance(reply, dict):
            is_map = version == 3 and self.fault != "maps_as_arrays"
            header = b"%%%d\r\n" % len(reply) if is_map else b"*%d\r\n" % (2 * len(reply))
            reply = flat(reply)
        else:
            header = b"*%d\r\n" % len(reply)
        if self.fault != "array_without_header":
            output += header
        for item in reply:
            self._encode(item, version, output)


def _one_line(text: bytes) -> bytes:
    """A line break within the text would end the reply too early."""
    return text.replace(b"\r", b" ").replace(b"\n", b" ")
