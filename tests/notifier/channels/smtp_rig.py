"""A mail server that says what the test tells it to say, and channels to it."""

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.notifier.channels.smtp import Smtp, SmtpSettings
from tests.notifier.channels.mail_rig import TO
from tests.notifier.channels.notes import tools

Answer = bytes | Callable[[socket.socket], None]
"""What is said, or what is done; CR LF is added to what is said."""
GOOD: Mapping[str, Answer] = {
    "HELLO": b"220 ready",
    "EHLO": b"250-here\r\n250 SIZE 10000000",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    ".": b"250 taken",
    "QUIT": b"221 bye",
    "RSET": b"250 ok",
}


@dataclass
class Script:
    """A server on one port: by command its answers, the last one again and again; what it heard."""

    answers: Mapping[str, list[Answer]]
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    port: int = 0

    def talk(self, connection: socket.socket) -> None:
        """One visit."""
        with connection.makefile("rb") as stream:
            self._answer("HELLO", connection)
            while line := stream.readline():
                word = line.decode("latin-1").strip()
                self.heard.append(word)
                command = word.split(" ")[0].split(":")[0].upper()
                if self._answer(command, connection).startswith(b"354"):
                    self.mails.append(b"".join(iter(stream.readline, b".\r\n")))
                    self._answer(".", connection)

    def _answer(self, command: str, connection: socket.socket) -> bytes:
        given = self.answers.get(command) or [GOOD.get(command, b"500 what?")]
        answer = given.pop(0) if len(given) > 1 else given[0]
        if callable(answer):
            answer(connection)
            return b""
        connection.sendall(answer + b"\r\n")
        return answer


@contextmanager
def scripted(**answers: Answer | list[Answer]) -> Iterator[Script]:
    """A server that answers well but for these commands; END is what it says to the mail itself."""
    named = {"." if name == "END" else name: each for name, each in answers.items()}
    script = Script({name: each if isinstance(each, list) else [each] for name, each in named.items()})
    with _Server(("127.0.0.1", 0), script) as server:
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    """A thread for each visit; closing waits for them."""

    def __init__(self, address: tuple[str, int], script: Script) -> None:
        self._script = script
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with suppress(OSError):
            self._script.talk(request)


def hang_up(connection: socket.socket) -> None:
    """Without a word, as a server that dies."""
    connection.shutdown(socket.SHUT_RDWR)


def hang(connection: socket.socket) -> None:
    """Says nothing until the other one goes."""
    connection.settimeout(30)
    while connection.recv(4096):
        pass


def say_nothing_more(connection: socket.socket) -> None:
    """Asks for the mail, and never says whether it was taken."""
    connection.sendall(b"354 go on\r\n")
    hang(connection)


def dribble(connection: socket.socket) -> None:
    """A sign now and then, without end: no single wait is long."""
    while True:
        connection.sendall(b"2")
        time.sleep(0.02)


def babble(connection: socket.socket) -> None:
    """A greeting without end, as fast as it goes."""
    while True:
        connection.sendall(b"220-welcome to the best mail server of all\r\n" * 1000)


def channel(port: int, folder: Path, **fields: Any) -> Smtp:
    """To a server of this machine, without TLS unless the fields say so."""
    given = {"type": "smtp", "host": "127.0.0.1", "port": port, "tls": "none", **TO, **fields}
    return SmtpSettings.model_validate(given).open(tools(folder))
