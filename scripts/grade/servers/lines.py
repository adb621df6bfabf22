"""The protocol of lab 1: a request is a line, and so is a reply."""

from protocols import MAX_LINE, Codec, flat
from replies import NIL_ARRAY, Error, Reply, Status, Text


class LineCodec(Codec):
    """Lines of text in both directions."""

    max_line = MAX_LINE

    def encode(self, reply: Reply, version: int, output: bytearray) -> None:
        text = _text(reply)
        if b"\n" in text and self.fault != "sends_line_breaks":
            text = b"ERR the value holds a line break, which a line cannot carry"
        output += text
        if self.fault == "crlf_replies":
            output += b"\r"
        if self.fault != "no_line_break":
            output += b"\n"


def _text(reply: Reply) -> bytes:
    if reply is None or reply is NIL_ARRAY:
        return b"(nil)"
    if isinstance(reply, (Status, Error)):
        return reply.text
    if isinstance(reply, Text):
        return b" ".join(line for line in reply.text.splitlines() if line)
    if isinstance(reply, int):
        return b"%d" % reply
    if isinstance(reply, dict):
        reply = flat(reply)
    if isinstance(reply, list):
        return b" ".join(map(_text, reply))
    return reply
