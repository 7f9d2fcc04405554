"""A mail server that fails in the ways in which mail servers fail, and records the mail that it accepts."""

import contextlib
import email
import re
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.policy import default
from enum import StrEnum


class Mode(StrEnum):
    OK = "ok"
    GONE = "gone"  # connections are refused
    HANGING = "hanging"  # connections are accepted, and nothing is answered until the mode ends
    FULL = "full"  # 452 for each recipient
    GARBAGE = "garbage"  # an answer that isn't SMTP
    CRASH = "crash"  # the next mail is accepted, and its sender is killed before it can record that


@dataclass(frozen=True)
class AcceptedMail:
    accepted_at: float  # time.monotonic()
    message_id: str
    recipient: str
    release: int  # the id in the link


class MailServer:
    """An SMTP server on a port of this machine.

    In the mode CRASH, it calls `kill` with a function that sends the answer to a mail.
    """

    def __init__(self, port: int, kill: Callable[[Callable[[], None]], None]) -> None:
        self.port, self.kill = port, kill
        self.mode = Mode.OK
        self.accepted: list[AcceptedMail] = []
        self.crashed_ids: list[str] = []
        self._changed = threading.Condition()
        self._server: socketserver.ThreadingTCPServer | None = None

    def set_mode(self, mode: Mode) -> None:
        with self._changed:
            self.mode = mode
            self._changed.notify_all()
        if mode is Mode.GONE:
            self.close()
        elif self._server is None:
            self.open()

    def open(self) -> None:
        mail_server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    Conversation(mail_server, self.rfile.readline, self.wfile.write).run()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def wait_while_hanging(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.mode is not Mode.HANGING)

    def record(self, recipient: str, content: bytes) -> str:
        message = email.message_from_bytes(content, policy=default)
        text = message.get_body(("plain",))
        link = re.search(r"/release/(\d+)/change/", text.get_content() if text else "")
        message_id = str(message["Message-ID"])
        release = int(link[1]) if link else 0
        self.accepted.append(AcceptedMail(time.monotonic(), message_id, recipient, release))
        return message_id


class Conversation:
    """One connection: as much of SMTP (RFC 5321) as smtplib needs."""

    def __init__(
        self, server: MailServer, readline: Callable[[], bytes], write: Callable[[bytes], object]
    ) -> None:
        self.server, self.readline, self.write = server, readline, write
        self.recipient = ""

    def answer(self, line: str) -> None:
        self.write(f"{line}\r\n".encode())

    def run(self) -> None:
        self.server.wait_while_hanging()
        if self.server.mode is Mode.GARBAGE:
            self.answer("HTTP/1.1 400 Bad Request")
            return
        self.answer("220 mail.example.org ESMTP")
        while line := self.readline().decode(errors="replace").strip():
            verb = line[:4].upper()
            if verb == "QUIT":
                self.answer("221 Bye")
                return
            if verb == "DATA":
                self.receive()
            elif verb == "RCPT" and self.server.mode is Mode.FULL:
                self.answer("452 4.2.2 Mailbox full")
            else:
                self.recipient = (
                    line.partition("<")[2].partition(">")[0] if verb == "RCPT" else self.recipient
                )
                self.answer("250 OK")

    def receive(self) -> None:
        self.answer("354 Go on")
        lines = []
        while (line := self.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        message_id = self.server.record(self.recipient, b"".join(lines))
        if self.server.mode is Mode.CRASH:
            self.server.mode = Mode.OK
            self.server.crashed_ids.append(message_id)
            self.server.kill(lambda: self.answer("250 Accepted"))
        else:
            self.answer("250 Accepted")
