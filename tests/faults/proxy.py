"""A TCP proxy in front of a service on this machine, which can make the service seem broken."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

CHUNK_BYTES = 2**16
RESET = struct.pack("ii", 1, 0)  # for SO_LINGER: close with a reset


@dataclass(frozen=True)
class Behavior:
    """What the proxy does with each request.

    - `delay`: seconds before the first bytes of each answer.
    - `hangs`: it reads and never answers.
    - `answer`: bytes that it sends instead of the answer, to requests that begin with `prefix`.
    """

    delay: float = 0.0
    hangs: bool = False
    answer: bytes = b""
    prefix: bytes = b""


class Proxy:
    """Forwards the connections to its port to `target`, a port of this machine. Each has two threads."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.behavior = Behavior()
        self.port = 0
        self._listener: socket.socket | None = None
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.listen()

    def listen(self) -> None:
        """Accept connections, at the same port as before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(128)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def close(self) -> None:
        """Refuse connections, and reset those that are open."""
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            self._listener.close()
            self._listener = None
        self.reset()

    def reset(self) -> None:
        """Close all open connections with a reset."""
        with self._lock:
            connections, self._connections = self._connections, set()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Refuse all connections during the block."""
        self.close()
        try:
            yield
        finally:
            self.listen()

    @contextmanager
    def behaving(self, behavior: Behavior) -> Iterator[None]:
        """Behave differently during the block. Connections from before it and in it are closed."""
        self.behavior = behavior
        self.reset()
        try:
            yield
        finally:
            self.behavior = Behavior()
            self.reset()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                if self._listener is not listener:
                    return
                continue
            server.settimeout(None)
            with self._lock:
                self._connections |= {client, server}
            asked = threading.Event()  # a request was sent, and its answer hasn't begun
            for forward, source, sink in (
                (self._forward_requests, client, server),
                (self._forward_answers, server, client),
            ):
                arguments = (forward, source, sink, asked)
                threading.Thread(target=self._run, args=arguments, daemon=True).start()

    def _run(
        self,
        forward: Callable[[socket.socket, socket.socket, threading.Event], None],
        source: socket.socket,
        sink: socket.socket,
        asked: threading.Event,
    ) -> None:
        try:
            forward(source, sink, asked)
        except OSError:
            pass
        finally:
            with self._lock:
                self._connections -= {source, sink}
            for connection in (source, sink):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()

    def _forward_requests(self, client: socket.socket, server: socket.socket, asked: threading.Event) -> None:
        while data := client.recv(CHUNK_BYTES):
            behavior = self.behavior
            if behavior.hangs:
                continue
            if behavior.answer and data.startswith(behavior.prefix):
                self._answer(client, behavior.answer)
                return
            asked.set()
            server.sendall(data)

    def _answer(self, client: socket.socket, answer: bytes) -> None:
        """Send `answer`, and read the rest of the request: closing earlier would discard the answer."""
        client.sendall(answer)
        client.shutdown(socket.SHUT_WR)
        client.settimeout(2)
        while client.recv(CHUNK_BYTES):
            pass

    def _forward_answers(self, server: socket.socket, client: socket.socket, asked: threading.Event) -> None:
        while data := server.recv(CHUNK_BYTES):
            if asked.is_set():
                asked.clear()
                time.sleep(self.behavior.delay)
            client.sendall(data)
