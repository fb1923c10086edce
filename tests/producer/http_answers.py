"""What a scripted camera answers: right, wrong, or half."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable, Iterable

from tests.producer.http_camera import Answer, Link, Request

BOUNDARY = "--frontier"


def head(status: str = "200 OK", **headers: object) -> bytes:
    """A status line and headers; _ stands for - in their names."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def page(body: bytes, kind: str = "image/jpeg", status: str = "200 OK", **headers: object) -> Answer:
    """A whole answer with its right length."""
    sent = head(status, Content_Type=kind, Content_Length=len(body), **headers) + body

    def answer(request: Request, link: Link) -> None:
        link.send(sent)

    return answer


def raw(*pieces: bytes, hang: bool = False) -> Answer:
    """These bytes, and then the end, or silence."""

    def answer(request: Request, link: Link) -> None:
        for piece in pieces:
            link.send(piece)
        if hang:
            link.hang()
        link.open = False

    return answer


def drip(data: bytes, every_s: float = 0.02, start: bytes = b"") -> Answer:
    """After the start one byte after the other, over and over."""

    def answer(request: Request, link: Link) -> None:
        link.send(start)
        while link.open:
            for byte in data:
                if link.gone.wait(every_s) or not link.send(bytes([byte])):
                    return

    return answer


def endless(start: bytes, more: bytes) -> Answer:
    """As much as the other side takes."""

    def answer(request: Request, link: Link) -> None:
        link.send(start)
        while link.send(more):
            pass

    return answer


def part(jpeg: bytes, length: int | None = None, **headers: object) -> bytes:
    """A part of a stream as most cameras send it."""
    lines = [BOUNDARY, "Content-Type: image/jpeg", f"Content-Length: {len(jpeg) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + jpeg + b"\r\n"


def stream(
    parts: Iterable[bytes], kind: str = "multipart/x-mixed-replace; boundary=frontier", hang: bool = True
) -> Answer:
    """An answer of parts that are never the last."""
    return raw(head("200 OK", Content_Type=kind), *parts, hang=hang)


def chunked(pieces: Iterable[bytes], kind: str, end: bool = True) -> Answer:
    """In chunks; with the empty one at the end the connection stays."""

    def answer(request: Request, link: Link) -> None:
        link.send(head("200 OK", Content_Type=kind, Transfer_Encoding="chunked"))
        for piece in pieces:
            link.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        if end:
            link.send(b"0\r\n\r\n")
        else:
            link.hang()

    return answer


def sent_on(to: str | Callable[[Request], str], status: str = "302 Found") -> Answer:
    """A redirect."""

    def answer(request: Request, link: Link) -> None:
        link.send(head(status, Location=to if isinstance(to, str) else to(request), Content_Length=0))

    return answer


def basic(user: str, password: str, inner: Answer) -> Answer:
    """Only for who knows the password; it asks for it as most cameras do."""

    def answer(request: Request, link: Link) -> None:
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic" and b64decode(told).decode() == f"{user}:{password}":
            inner(request, link)
        else:
            link.send(head("401 Unauthorized", WWW_Authenticate='Basic realm="cam"', Content_Length=0))

    return answer


def digest(user: str, password: str, inner: Answer, algorithm: str = "MD5", nonce: str = "ab12") -> Answer:
    """RFC 7616 with qop=auth: the response is a hash of name, password, nonces, method and path."""

    def hashed(*parts: str) -> str:
        kind = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]
        return kind(":".join(parts).encode()).hexdigest()

    def answer(request: Request, link: Link) -> None:
        told = dict(re.findall(r'(\w+)="?([^",]*)"?', request.headers.get("authorization", "")))
        asked = f'Digest realm="cam", nonce="{nonce}", qop="auth", algorithm={algorithm}'
        one, two = hashed(user, "cam", password), hashed("GET", request.path)
        right = hashed(one, nonce, told.get("nc", ""), told.get("cnonce", ""), "auth", two)
        if told.get("response") == right and told.get("nonce") == nonce and told.get("uri") == request.path:
            inner(request, link)
        else:
            link.send(head("401 Unauthorized", WWW_Authenticate=asked, Content_Length=0))

    return answer
