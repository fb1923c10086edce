"""An ONVIF camera for tests: answers probes by UDP and questions by HTTP, as the specification says, or as it likes."""

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

HOST = "127.0.0.1"
NAMES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "d": "http://schemas.xmlsoap.org/ws/2005/04/discovery",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tt": "http://www.onvif.org/ver10/schema",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
}
SPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
MOST_AGE = timedelta(seconds=10)
NONCE = "0123456789abcdef"
FAULT = '<s:Fault><s:Code><s:Subcode><s:Value xmlns:ter="t">ter:NotAuthorized</s:Value></s:Subcode></s:Code></s:Fault>'


def envelope(body: str, header: str = "") -> bytes:
    """A SOAP message."""
    return f"<s:Envelope {SPACES}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>".encode()


@dataclass
class OnvifCamera:
    """What it says of itself; everything can be set by a test."""

    name: str = "Front%20door"
    user: str | None = None
    password: str = ""
    ahead: timedelta = timedelta(0)
    xaddrs: str | None = None
    """In the answer to a probe, instead of its own address."""
    media: str = "http://10.99.99.99:8080/onvif/media_service"
    profiles: tuple[str, ...] = ("main", "sub")
    uri: str = "rtsp://127.0.0.1:554/{}"
    raw: bytes | None = None
    """Instead of any answer by HTTP."""
    probe_answer: bytes | None = None
    """Instead of any answer by UDP."""
    http_login: str = ""
    """Digest or Basic: HTTP's own, instead of WS-Security's."""
    heard: str = ""
    """What basic login said."""
    relates_to: str | None = None
    """In the answer to a probe, instead of what was asked."""
    status: int = 200
    asked: list[str] = field(default_factory=list)
    """The operations, in order, and what made it refuse one."""
    probes: int = 0
    http: int = 0
    udp: int = 0

    def answer_probe(self, probe: bytes, host: str = HOST) -> bytes:
        self.probes += 1
        if self.probe_answer is not None:
            return self.probe_answer
        root = ElementTree.fromstring(probe)
        assert root.findtext("s:Header/a:To", "", NAMES) == "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
        message = root.findtext("s:Header/a:MessageID", "", NAMES)
        xaddrs = self.xaddrs or f"http://[fe80::1]/onvif http://{host}:{self.http}/onvif/device_service"
        scopes = f"onvif://www.onvif.org/type/video_encoder\n onvif://www.onvif.org/name/{self.name}"
        return envelope(
            f"<d:ProbeMatches><d:ProbeMatch><d:Scopes>{scopes}</d:Scopes><d:XAddrs>{xaddrs}</d:XAddrs>"
            "</d:ProbeMatch></d:ProbeMatches>",
            f"<a:RelatesTo>{self.relates_to or message}</a:RelatesTo>",
        )

    def answer(self, path: str, question: bytes) -> tuple[int, bytes]:
        if self.raw is not None:
            return self.status, self.raw
        root = ElementTree.fromstring(question)
        operation = root.find("s:Body", NAMES)[0]  # type: ignore[index]
        space, _, name = operation.tag.removeprefix("{").partition("}")
        self.asked.append(name)
        if name != "GetSystemDateAndTime" and (why := self.refuses(root)):
            self.asked.append(why)
            return 400, envelope(FAULT)
        prefix = next(prefix for prefix, known in NAMES.items() if known == space)
        said = getattr(self, name)(path, operation)
        return 200, envelope(f"<{prefix}:{name}Response>{said}</{prefix}:{name}Response>")

    def refuses(self, question: ElementTree.Element) -> str:
        """Why, by the rules of WS-Security; empty where the token is right."""
        token = question.find("s:Header/wsse:Security/wsse:UsernameToken", NAMES)
        if self.user is None or self.http_login:
            return ""
        if token is None:
            return "no token"
        paths = ("wsse:Username", "wsse:Password", "wsse:Nonce", "wsu:Created")
        user, digest, nonce, created = (token.findtext(path, "", NAMES) for path in paths)
        if abs(datetime.fromisoformat(created) - self.now()) > MOST_AGE:
            return "old token"
        right = hashlib.sha1(base64.b64decode(nonce) + created.encode() + self.password.encode()).digest()
        return "" if (user, base64.b64decode(digest)) == (self.user, right) else "wrong token"

    def let_in(self, authorization: str, path: str) -> bool:
        """By the rules of RFC 7616 with MD5; nobody with another login than digest."""
        if authorization.startswith("Basic "):
            self.heard = authorization
        said = dict(re.findall(r'(\w+)="?([^",]*)', authorization))
        if not authorization.startswith("Digest ") or said["nonce"] != NONCE:
            return False
        who = _md5(f"{self.user}:onvif:{self.password}")
        what = f"{who}:{NONCE}:{said['nc']}:{said['cnonce']}:auth:{_md5(f'POST:{path}')}"
        return said["username"] == self.user and said["response"] == _md5(what)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def GetSystemDateAndTime(self, path: str, question: ElementTree.Element) -> str:  # noqa: N802 - the name of the operation
        now = self.now()
        date = f"<tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
        hour = f"<tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
        utc = f"<tt:UTCDateTime><tt:Time>{hour}</tt:Time><tt:Date>{date}</tt:Date></tt:UTCDateTime>"
        return f"<tds:SystemDateAndTime>{utc}</tds:SystemDateAndTime>"

    def GetCapabilities(self, path: str, question: ElementTree.Element) -> str:  # noqa: N802
        assert path == "/onvif/device_service"
        return f"<tds:Capabilities><tt:Media><tt:XAddr>{self.media}</tt:XAddr></tt:Media></tds:Capabilities>"

    def GetProfiles(self, path: str, question: ElementTree.Element) -> str:  # noqa: N802
        assert path == "/onvif/media_service"
        size = "<tt:Resolution><tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution>"
        encoder = f"<tt:VideoEncoderConfiguration><tt:Encoding>H264</tt:Encoding>{size}</tt:VideoEncoderConfiguration>"
        each = (
            f'<trt:Profiles token="{name}"><tt:Name>{name}</tt:Name>{encoder}</trt:Profiles>' for name in self.profiles
        )
        return "".join(each)

    def GetStreamUri(self, path: str, question: ElementTree.Element) -> str:  # noqa: N802
        token = question.findtext("trt:ProfileToken", "", NAMES)
        return f"<trt:MediaUri><tt:Uri>{self.uri.format(token)}</tt:Uri></trt:MediaUri>"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@contextmanager
def running(camera: OnvifCamera) -> Iterator[OnvifCamera]:
    """On ports of its own, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["content-length"]))
            status, answer = camera.answer(self.path, question)
            if camera.http_login and not camera.let_in(self.headers.get("authorization", ""), self.path):
                status = 401
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", f'{camera.http_login} realm="onvif", nonce="{NONCE}", qop="auth"')
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Nowhere."""

    with ThreadingHTTPServer(("", 0), Handler) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        server.daemon_threads = True
        udp.bind((HOST, 0))
        camera.http, camera.udp = server.server_port, udp.getsockname()[1]
        threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,)),
            threading.Thread(target=_probed, args=(udp, camera)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield camera
        finally:
            server.shutdown()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", (HOST, camera.udp))
            for thread in threads:
                thread.join()


def _probed(udp: socket.socket, camera: OnvifCamera) -> None:
    """Until an empty datagram."""
    while True:
        probe, who = udp.recvfrom(65_535)
        if not probe:
            return
        udp.sendto(camera.answer_probe(probe), who)
