"""A page without a browser: speaks Socket.IO over a WebSocket over a real connection."""

import json
import socket
import ssl
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import BytesMessage, Event, Message, RejectConnection, Request, TextMessage

PATH = "/socket.io/?EIO=4&transport=websocket"
ALL = '42["choose",{"watching":true,"camera":null,"topic":null}]'


class RefusedError(Exception):
    """The viewer did not let the socket in; the argument is the HTTP status."""


class WirePage:
    """Joined and wanting everything once it is made. Raises RefusedError."""

    def __init__(self, origin: str, headers: dict[str, str], trust: ssl.SSLContext | None = None) -> None:
        address = urlsplit(origin)
        self._socket = socket.create_connection((address.hostname or "", address.port or 0), timeout=10)
        if trust:
            self._socket = trust.wrap_socket(self._socket, server_hostname=address.hostname)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._events: list[Event] = []
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._send(Request(host=address.netloc, target=PATH, extra_headers=extra))
        self._shake_hands()

    def frame(self) -> tuple[int, dict[str, object], bytes]:
        """Number, meta and JPEG of the next picture: a text that announces it, then the attachment."""
        text = self._text()
        assert text.startswith("451-"), text[:80]
        number, _, rest = text.removeprefix("451-").partition("[")
        return int(number), json.loads("[" + rest)[1], self._message(BytesMessage)

    def acknowledge(self, number: int) -> None:
        self._send(Message(data=f"43{number}[]"))

    def quiet(self, seconds: float) -> bool:
        """True if nothing comes for so long."""
        self._socket.settimeout(seconds)
        try:
            return not self._events and not self._socket.recv(1)
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(10)

    def close(self) -> None:
        self._socket.close()

    def _shake_hands(self) -> None:
        if isinstance(answer := self._next(), RejectConnection):
            self.close()
            raise RefusedError(answer.status_code)
        assert self._text().startswith("0{")
        self._send(Message(data="40"))
        assert self._text().startswith("40{")
        self._send(Message(data=ALL))

    def _text(self) -> str:
        return self._message(TextMessage).decode()

    def _message(self, kind: type[TextMessage] | type[BytesMessage]) -> bytes:
        parts: list[TextMessage | BytesMessage] = []
        while not parts or not parts[-1].message_finished:
            event = self._next()
            assert isinstance(event, kind), event
            parts.append(event)
        return b"".join(part.data.encode() if isinstance(part.data, str) else bytes(part.data) for part in parts)

    def _next(self) -> Event:
        while not self._events:
            self._protocol.receive_data(self._socket.recv(65536) or None)
            self._events.extend(self._protocol.events())
        return self._events.pop(0)

    def _send(self, event: Event) -> None:
        self._socket.sendall(self._protocol.send(event))
