"""A cache for many, as small as can be: the part of the Redis protocol (RESP 2) that the newsroom asks, in this process.

`mood`: "" answers, "slow" takes a second for each, "lying" answers what was never put, "full" takes nothing more, "away" ends the
connection.
"""

import socketserver
import threading
import time
from typing import Any


class Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        try:
            while line := self.rfile.readline():
                words = []
                for _word in range(int(line[1:])):
                    length = int(self.rfile.readline()[1:])
                    words.append(self.rfile.read(length + 2)[:-2])
                self.wfile.write(self.answer(words))
        except (ConnectionError, ValueError):
            return

    def answer(self, words: list[bytes]) -> bytes:
        command = words[0].upper()
        if command not in (b"GET", b"SET"):
            return b"+OK\r\n"
        self.server.asked += 1
        if self.server.mood == "away":
            raise ConnectionError
        if self.server.mood == "slow":
            time.sleep(1)
        if command == b"SET" and self.server.mood == "full":
            return b"-OOM command not allowed\r\n"
        if command == b"SET":
            self.server.kept[words[1]] = words[2]
            return b"+OK\r\n"
        kept = b"\0" * 40 + b'{"etag": "x", "headers": {}}\nA lie' if self.server.mood == "lying" else self.server.kept.get(words[1])
        return b"$-1\r\n" if kept is None else b"$%d\r\n%s\r\n" % (len(kept), kept)


class SmallRedis(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mood: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mood, self.asked = mood, 0
        self.kept: dict[bytes, bytes] = {}

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.server_address[1]}/0"

    def __enter__(self) -> "SmallRedis":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.shutdown()
        self.server_close()
