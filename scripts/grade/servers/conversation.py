"""A conversation: the requests of one client, and the replies to them, without a socket."""

import commands
from lines import LineCodec
from protocols import Codec, ProtocolError
from replies import Error
from resp import RespCodec
from store import Store

# A server gathers about this many bytes of replies before it sends them.
REPLY_BATCH = 256 * 1024


class Service:
    """What all conversations of a server share."""

    def __init__(self, lab: str, fault: str) -> None:
        self.lab = lab
        self.fault = fault
        self.store = Store()
        # Needed by the fault `store_per_port` alone.
        self.second_store = Store()
        self.clients = 0
        self.shared_codec = self.new_codec()

    def new_codec(self) -> Codec:
        return LineCodec(self.fault) if self.lab == "lab1" else RespCodec(self.fault)

    def new_conversation(self, is_second: bool = False) -> "Conversation":
        """Begins a conversation with a client that has been accepted, perhaps at the second port."""
        self.clients += 1
        store = Store() if self.fault == "store_per_client" else self.store
        if is_second and self.fault == "store_per_port":
            store = self.second_store
        codec = self.shared_codec if self.fault == "shared_read_buffer" else self.new_codec()
        return Conversation(self.clients, codec, store, self.fault)


class Conversation:
    """One client: what it has sent, and whether it is about to leave."""

    # The version of RESP, until HELLO changes it for one client.
    version = 2

    def __init__(self, number: int, codec: Codec, store: Store, fault: str) -> None:
        self.number = number
        self.codec = codec
        self.store = store
        self.fault = fault
        # The connection ends when all replies are sent. No further request is answered.
        self.closing = False

    def answer(self, output: bytearray) -> bool:
        """Answers the requests that have arrived whole.

        Returns whether others may be left: a batch of replies is sent before they are answered.
        """
        enough = len(output) + REPLY_BATCH
        while not self.closing:
            if len(output) >= enough:
                return True
            try:
                args = self.codec.next_request()
            except ProtocolError as error:
                self._reject(error, output)
                continue
            if args is None:
                if self.fault == "needs_whole_request_in_one_read":
                    self.codec.clear()
                return False
            if self._answer_one(args, output):
                return False
        return False

    def _answer_one(self, args: list[bytes], output: bytearray) -> bool:
        """Answers one request. Returns whether a fault ends the work on what has arrived."""
        if not args:
            # A blank line, or an array without arguments.
            if self.fault in ("error_for_blank_line", "error_for_empty_array"):
                self.codec.encode(Error(b"ERR unknown command ''"), self.version, output)
            return False
        if args[0].lower() in (b"post", b"host:"):
            raise ConnectionError("possible attack: this looks like HTTP from a browser")
        reply = commands.execute(args, self.store, self, self.fault)
        self.codec.encode(reply, self.version, output)
        if self.fault == "closes_after_one_reply":
            self.closing = True
        if self.fault == "throws_rest_away":
            self.codec.clear()
        return self.fault in ("throws_rest_away", "rest_waits_for_next_read")

    def _reject(self, error: ProtocolError, output: bytearray) -> None:
        """Answers bytes that can never become a request."""
        if self.fault != "no_reply_to_protocol_error":
            self.codec.encode(Error(f"ERR Protocol error: {error}".encode()), self.version, output)
        if self.fault == "goes_on_after_protocol_error":
            self.codec.clear()
        else:
            self.closing = True
