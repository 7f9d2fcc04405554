"""Clients that send the beginning of a POST request and then nothing."""

import contextlib
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CONNECTIONS = 200
PATHS = ("/", "/admin/login/", "/preview/x/", "/search/")
CHUNKED_SHARE = 4  # one of so many requests is sent in chunks
# With a CSRF cookie, Django reads the body to compare the token. Without one it refuses the request at once.
COOKIE = f"Cookie: csrftoken={'a' * 32}\r\n"


@contextmanager
def half_open_posts(port: int) -> Iterator[Callable[[], int]]:
    """Open CONNECTIONS unfinished requests until the block ends.

    Yields a function that returns how many of them the server has answered or closed.
    """
    connections: list[socket.socket] = []
    try:
        for number in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port), timeout=5)
            connections.append(connection)
            connection.sendall(build_start(PATHS[number % len(PATHS)], port, number))
        yield lambda: sum(is_answered(connection) for connection in connections)
    finally:
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.close()


def build_start(path: str, port: int, number: int) -> bytes:
    """Return the headers and the first bytes of the body of a request."""
    is_chunked = number // len(PATHS) % CHUNKED_SHARE == 0
    cookie = COOKIE if number // len(PATHS) % 3 else ""
    length, body = ("Content-Length: 1000", "username=a")
    if is_chunked:
        length, body = "Transfer-Encoding: chunked", "a\r\nusername=a\r\n"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n{cookie}{length}\r\n\r\n{body}"
    ).encode()


def is_answered(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])
