"""The loop of lab 3: many clients on one thread. It sleeps in `epoll_wait` and nowhere else."""

import resource
import select
import socket
import time

from blocking import log
from commands import now_ms
from connection import Connection
from conversation import Service

# After a failed accept, the server tries again when this many milliseconds have passed.
ACCEPT_PAUSE = 100
# A key may be due in a million years, and epoll does not take so large a timeout. In seconds.
LONGEST_SLEEP = 86_400


class EventLoop:
    """The listening socket, all connections, and what they share."""

    def __init__(self, listener: socket.socket, service: Service) -> None:
        self.listener = listener
        self.service = service
        self.fault = service.fault
        self.connections: dict[int, Connection] = {}
        self.newest: Connection | None = None
        self.leaked: list[socket.socket] = []
        # When to accept again after an error. Until then epoll watches no listening socket.
        self.accept_at: int | None = None
        # Each client takes a descriptor.
        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
        self.epoll = select.epoll()
        listener.setblocking(False)
        edge = select.EPOLLET if self.fault == "accepts_one_client_per_event" else 0
        self.epoll.register(listener, select.EPOLLIN | edge)

    def run(self) -> None:
        """Serves all clients for ever. Python repeats a call that a signal has interrupted."""
        while True:
            events = self.epoll.poll(self.timeout())
            if self.fault != "expires_only_when_asked":
                self.service.store.expire(now_ms())
            if self.accept_at is not None and self.accept_at <= now_ms():
                self.accept_at = None
                self.epoll.modify(self.listener, select.EPOLLIN)
            for descriptor, events_of_one in events:
                if descriptor == self.listener.fileno():
                    self.accept_all()
                elif descriptor in self.connections:
                    self.serve(self.connections[descriptor], events_of_one)
            if self.fault == "sleeps_after_each_round":
                time.sleep(0.01)

    def timeout(self) -> float | None:
        """The longest sleep in seconds: until a key is due, or until the next accept."""
        if self.fault == "busy_loop":
            return 0
        if self.fault == "polls_every_10_milliseconds":
            return 0.01
        deadline = self.service.store.next_deadline()
        if self.fault == "expires_only_when_asked":
            deadline = None
        times = [deadline + 1] if deadline is not None else []
        if self.accept_at is not None:
            times.append(self.accept_at)
        if not times:
            return None
        return min(max(min(times) - now_ms(), 0) / 1000, LONGEST_SLEEP)

    def accept_all(self) -> None:
        """Accepts all clients that wait."""
        while True:
            try:
                client, _ = self.listener.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                # Perhaps too many files are open. To try again at once would only spin.
                log(f"Cannot accept a client: {error}")
                if self.fault == "full_table_ends_server":
                    raise
                self.epoll.modify(self.listener, 0)
                self.accept_at = now_ms() + ACCEPT_PAUSE
                return
            self.welcome(client)
            if self.fault == "accepts_one_client_per_event":
                return

    def welcome(self, client: socket.socket) -> None:
        if self.fault == "at_most_64_clients" and len(self.connections) >= 64:
            client.close()
            return
        try:
            client.setblocking(False)
            # Replies are complete when they are written: the kernel need not wait (Nagle).
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(client, self.service.new_conversation(), self.fault)
            self.epoll.register(client, connection.interest)
        except OSError as error:
            log(f"Cannot serve a client: {error}")
            client.close()
            return
        self.connections[client.fileno()] = self.newest = connection

    def serve(self, connection: Connection, events: int) -> None:
        """Serves one client. Its errors end its connection and nothing else."""
        # The mistake: the server keeps the current client in a field of its own.
        receiver = self.newest if self.fault == "replies_to_newest_client" else None
        try:
            is_over = connection.on_ready(events, receiver or connection)
            if receiver and receiver is not connection:
                self.watch(receiver)
            if not is_over:
                self.watch(connection)
                return
        except OSError as error:
            log(f"Connection closed: {error}")
            if self.fault == "reset_ends_server":
                raise
        self.disconnect(connection)

    def watch(self, connection: Connection) -> None:
        """Tells epoll what the connection waits for now."""
        interest = connection.wanted()
        if interest != connection.interest:
            self.epoll.modify(connection.socket, interest)
            connection.interest = interest

    def disconnect(self, connection: Connection) -> None:
        del self.connections[connection.socket.fileno()]
        self.epoll.unregister(connection.socket)
        if self.newest is connection:
            self.newest = None
        if self.fault == "never_closes":
            self.leaked.append(connection.socket)
        else:
            connection.socket.close()
