"""The loop of lab 3: many clients on one thread. It sleeps in `epoll_wait` and nowhere else."""

import resource
import select
import socket
import time

from blocking import log
from commands import now_ms
from connection import Connection
from conversation import Service
from meter import Meter

# After a failed accept, the server tries again when this many milliseconds have passed.
ACCEPT_PAUSE = 100
# A key may be due in a million years, and epoll does not take so large a timeout. In seconds.
LONGEST_SLEEP = 86_400


class EventLoop:
    """The listening socket, all connections, and what they share."""

    def __init__(
        self, listeners: list[socket.socket], service: Service, max_output: int = 0
    ) -> None:
        self.listeners = {listener.fileno(): listener for listener in listeners}
        self.service = service
        # So many bytes a second each client may receive; 0 is no limit.
        self.max_output = max_output
        self.shared_meter = Meter(max_output, service.fault)
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
        for number, listener in enumerate(listeners):
            listener.setblocking(number > 0 and self.fault == "second_port_blocks")
        edge = select.EPOLLET if self.fault == "accepts_one_client_per_event" else 0
        self.watch_listeners(select.EPOLLIN | edge)

    def run(self) -> None:
        """Serves all clients for ever. Python repeats a call that a signal has interrupted."""
        while True:
            events = self.epoll.poll(self.timeout())
            if self.fault != "expires_only_when_asked":
                self.service.store.expire(now_ms())
            if self.accept_at is not None and self.accept_at <= now_ms():
                self.accept_at = None
                self.watch_listeners(select.EPOLLIN)
            for descriptor, events_of_one in events:
                if descriptor in self.listeners:
                    self.accept_all(self.listeners[descriptor])
                elif descriptor in self.connections:
                    self.serve(self.connections[descriptor], events_of_one)
            for connection in list(self.connections.values()) if self.max_output else ():
                if connection.output and connection.wait() == 0:
                    self.serve(connection, select.EPOLLOUT)
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
        # When a client may receive more, no event says so.
        waits = [wait for it in self.connections.values() if (wait := it.wait()) > 0]
        waits += [max(min(times) - now_ms(), 0) / 1000] if times else []
        return min(waits + [LONGEST_SLEEP]) if waits else None

    def watch_listeners(self, events: int) -> None:
        """Tells epoll what the listening sockets wait for now."""
        for listener in self.listeners.values():
            try:
                self.epoll.modify(listener, events)
            except FileNotFoundError:
                self.epoll.register(listener, events)

    def accept_all(self, listener: socket.socket) -> None:
        """Accepts all clients that wait."""
        while True:
            try:
                client, _ = listener.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                # Perhaps too many files are open. To try again at once would only spin.
                log(f"Cannot accept a client: {error}")
                if self.fault == "full_table_ends_server":
                    raise
                self.watch_listeners(0)
                self.accept_at = now_ms() + ACCEPT_PAUSE
                return
            self.welcome(client, is_second=listener.fileno() != min(self.listeners))
            if self.fault == "accepts_one_client_per_event":
                return

    def welcome(self, client: socket.socket, is_second: bool) -> None:
        if self.fault == "at_most_64_clients" and len(self.connections) >= 64:
            client.close()
            return
        try:
            client.setblocking(False)
            # Replies are complete when they are written: the kernel need not wait (Nagle).
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            conversation = self.service.new_conversation(is_second)
            meter = Meter(self.max_output, self.fault) if self.max_output else None
            if self.fault == "one_output_limit_for_all" and self.max_output:
                meter = self.shared_meter
            connection = Connection(client, conversation, self.fault, meter)
            self.epoll.register(client, connection.interest)
        except OSError as error:
            log(f"Cannot serve a client: {error}")
            client.close()
            return
        self.connections[client.fileno()] = self.newest = connection
        self.share_limit()

    def share_limit(self) -> None:
        """Divides the limit of output among all clients. Only for a fault."""
        if self.fault == "output_limit_is_divided" and self.max_output:
            for connection in self.connections.values():
                connection.meter.limit = self.max_output // len(self.connections)

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
        self.share_limit()
        if self.fault == "never_closes":
            self.leaked.append(connection.socket)
        else:
            connection.socket.close()
