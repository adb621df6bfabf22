"""The loop of labs 1 and 2: one client at a time. It sleeps in `accept` and in `recv`."""

import signal
import socket
import sys
import threading
import time

from conversation import Conversation, Service

READ_SIZE = 64 * 1024


def log(text: str) -> None:
    """The log goes to stderr: stdout has just the line that says that the server is ready."""
    print(text, file=sys.stderr, flush=True)


class BlockingServer:
    """Serves clients one after the other."""

    def __init__(self, listener: socket.socket, service: Service) -> None:
        self.listener = listener
        self.service = service
        self.fault = service.fault
        # Needed by the fault `thread_per_client` alone.
        self.lock = threading.Lock()
        self.leaked: list[socket.socket] = []

    def run(self) -> None:
        """Serves clients for ever. Python repeats a call that a signal has interrupted."""
        while self.fault == "never_accepts":
            signal.pause()
        while True:
            try:
                client, _ = self.listener.accept()
            except ConnectionAbortedError:
                continue
            except OSError as error:
                # Perhaps too many files are open. To try again at once would only spin.
                log(f"Cannot accept a client: {error}")
                time.sleep(0.1)
                continue
            if self.fault == "thread_per_client":
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()
                continue
            self.serve(client)
            if self.fault == "serves_one_client_only":
                return

    def serve(self, client: socket.socket) -> None:
        """Serves one client until it leaves. Its errors end its connection and nothing else."""
        try:
            self.handle(client)
        except OSError as error:
            log(f"Connection closed: {error}")
            if self.fault == "reset_ends_server":
                raise
        if self.fault == "never_closes":
            self.leaked.append(client)
        else:
            client.close()

    def handle(self, client: socket.socket) -> None:
        # Replies are complete when they are written: the kernel need not wait (Nagle).
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        conversation = self.service.new_conversation()
        if self.fault == "sends_greeting":
            client.sendall(b"Welcome to lab 1!\n")
        while not conversation.closing:
            data = self.receive(client, conversation)
            if not data and self.fault != "ignores_end_of_stream":
                return
            conversation.codec.feed(data)
            more = True
            while more:
                output = bytearray()
                with self.lock:
                    more = conversation.answer(output)
                if output:
                    client.sendall(output)

    def receive(self, client: socket.socket, conversation: Conversation) -> bytes:
        """Sleeps until bytes arrive. No bytes mean that the client will send nothing more."""
        if self.fault == "reads_at_most_4096_bytes":
            # The buffer has a fixed size. When it is full, `recv` is asked for 0 bytes.
            return client.recv(4096 - conversation.codec.unread())
        if self.fault == "answers_at_end_of_stream":
            return b"".join(iter(lambda: client.recv(READ_SIZE), b""))
        while self.fault == "busy_loop":
            try:
                return client.recv(READ_SIZE, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
        return client.recv(READ_SIZE)
