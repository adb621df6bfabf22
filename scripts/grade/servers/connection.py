"""One connection of lab 3: a socket that never sleeps. What is left waits in two buffers."""

import select
import socket
import sys
import time

from conversation import Conversation
from meter import Meter

READ_SIZE = 64 * 1024
# Above this many unsent bytes of replies, the requests of a client wait. As in the labs.
MAX_UNSENT = 16 * 1024 * 1024


class Connection:
    """One client."""

    def __init__(
        self, client: socket.socket, conversation: Conversation, fault: str, meter: Meter | None
    ) -> None:
        self.socket = client
        self.conversation = conversation
        self.fault = fault
        # The limit of its output, if there is one.
        self.meter = meter
        # The write buffer: replies that have not been sent.
        self.output = bytearray()
        # The client will send nothing more. Its last requests are still answered.
        self.read_closed = False
        self.max_unsent = sys.maxsize if fault == "no_limit_of_unsent_replies" else MAX_UNSENT
        # What epoll watches.
        self.interest = self.wanted()

    def wanted(self) -> int:
        """The events that the connection waits for. epoll repeats them as long as they last."""
        if self.fault == "reads_once_per_edge":
            return select.EPOLLIN | select.EPOLLOUT | select.EPOLLET
        events = select.EPOLLRDHUP if self.fault == "closes_at_half_close" else 0
        may_send_more = not self.read_closed and not self.conversation.closing
        if may_send_more and len(self.output) < self.max_unsent:
            events |= select.EPOLLIN
        if self.output and self.fault != "never_waits_for_writable" and self.wait() == 0:
            events |= select.EPOLLOUT
        if self.fault == "always_waits_for_writable":
            events |= select.EPOLLOUT
        return events

    def wait(self) -> float:
        """The seconds until the limit of its output allows the next write."""
        return self.meter.wait() if self.meter and self.output else 0

    def on_ready(self, events: int, receiver: "Connection") -> bool:
        """Does what can be done without waiting. Returns whether the connection is over.

        `receiver` gets the replies. It is another connection only if a fault says so.
        """
        if self.fault == "closes_at_half_close" and events & select.EPOLLRDHUP:
            return True
        self.flush()
        is_readable = events & ~select.EPOLLOUT
        if is_readable and len(self.output) < self.max_unsent and not self.read_closed:
            self.fill()
        if is_readable or self.fault != "forgets_requests_of_full_client":
            self.answer_all(receiver)
        is_leaving = self.conversation.closing or self.read_closed
        if self.fault == "closes_before_all_is_sent":
            return is_leaving
        return is_leaving and not self.output

    def answer_all(self, receiver: "Connection") -> None:
        """Answers requests until none is left, or until the client has too many unread replies."""
        more = True
        while more and len(receiver.output) < self.max_unsent:
            more = self.conversation.answer(receiver.output)
            receiver.flush()
            if self.fault == "waits_for_rest_of_request" and not more:
                more = self.wait_for_rest()

    def wait_for_rest(self) -> bool:
        """Sleeps until more of a request arrives. Returns whether it has. Only for a fault."""
        if self.read_closed or not self.conversation.codec.is_within_request():
            return False
        self.socket.setblocking(True)
        data = self.socket.recv(READ_SIZE)
        self.socket.setblocking(False)
        self.conversation.codec.feed(data)
        self.read_closed = not data
        return not self.read_closed

    def fill(self) -> None:
        """Reads once."""
        try:
            data = self.socket.recv(4096 if self.fault == "reads_once_per_edge" else READ_SIZE)
        except BlockingIOError:
            return
        if not data:
            self.read_closed = self.fault != "ignores_end_of_stream"
            return
        self.conversation.codec.feed(data)

    def flush(self) -> None:
        """Writes until the kernel takes nothing more."""
        if self.fault == "blocking_send":
            self.socket.setblocking(True)
            self.socket.sendall(self.output)
            self.output.clear()
            self.socket.setblocking(False)
        while self.output:
            if self.meter and self.fault == "output_limit_sleeps":
                time.sleep(self.meter.wait())
            allowed = self.meter.allowed() if self.meter else len(self.output)
            if allowed == 0:
                return
            try:
                # A view: a long buffer is not copied for each write.
                with memoryview(self.output) as unsent:
                    sent = self.socket.send(unsent[:allowed])
            except BlockingIOError:
                if self.fault == "drops_unsent_rest":
                    self.output.clear()
                return
            del self.output[:sent]
            if self.meter:
                self.meter.spend(sent)
