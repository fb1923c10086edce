"""A client for a server on this machine, as a channel has it."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libs.common.errors import FramebusError
from services.notifier.channels.body import as_json
from services.notifier.channels.dial import Resolve
from services.notifier.channels.web import Answer, Web
from services.notifier.channels.web_settings import WebSettings

SECRET = "/hooks/T0PSECRETPATH?key=T0PSECRETKEY"
HELLO = as_json({"hello": "wörld"})
Found = list[tuple[Any, ...]]


def web(url: str, folder: Path, resolve: Resolve = socket.getaddrinfo, **words: Any) -> Web:
    """May speak to private addresses, and without TLS, unless `words` say otherwise."""
    return Web(url, WebSettings(**{"private": True, "http": True, **words}), folder, resolve)


def told(answer: Callable[[], Answer]) -> Exception:
    """The error that a request ends with; a test fails where it has none, or where it says too much."""
    with pytest.raises(FramebusError) as raised:
        answer()
    assert "T0PSECRET" not in f"{raised.value!s} {raised.value!r}"
    return raised.value


def names(*addresses: str) -> Resolve:
    """A name server that answers so, whatever it is asked; one answer after the other, the last one for ever."""
    left = list(addresses)

    def resolve(host: str, port: int, **_: Any) -> Found:
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve
