"""WS-Discovery: asks all devices on the local network, or one, for cameras (ONVIF Core §7.3, WS-Discovery 1.0)."""

import select
import socket
import struct
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from services.producer.onvif.envelopes import NAMES, OnvifError, envelope, printable, read, text_at

EVERYBODY = ("239.255.255.250", 3702)
TYPES = ("dn:NetworkVideoTransmitter", "tds:Device")
"""Old cameras know only the first, new ones need only know the second."""
REPEAT_S = 0.5
"""A datagram may get lost, so it is sent twice."""
MOST_DEVICES = 256
NAME = "onvif://www.onvif.org/name/"
LARGEST_DATAGRAM = 65_535
LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Device:
    """Who answered: the host that sent the answer, its name for people, and its device service there."""

    host: str
    name: str
    url: str


def probe(targets: Sequence[tuple[str, int]], within_s: float) -> list[Device]:
    """Those who answer in time, by address; `targets`: host and port, none: everybody in reach by multicast.

    Once all targets have answered nobody is waited for.
    """
    questions = [str(uuid.uuid4()) for _ in TYPES]
    found: dict[str, Device] = {}
    answered: set[tuple[str, int]] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for sender, answer in _answers(sock, list(map(_probe, questions, TYPES)), targets, within_s):
            with suppress(OnvifError):
                found |= {device.url: device for device in _devices(answer, sender[0], questions)}
                answered.add(sender)
            if len(found) >= MOST_DEVICES or len(answered) >= (len(targets) or MOST_DEVICES):
                break
    return sorted(found.values(), key=lambda device: (device.host, device.url))


def _probe(question: str, types: str) -> bytes:
    header = (
        f"<a:Action>{NAMES['d']}/Probe</a:Action><a:MessageID>urn:uuid:{question}</a:MessageID>"
        f"<a:ReplyTo><a:Address>{NAMES['a']}/role/anonymous</a:Address></a:ReplyTo>"
        "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
    )
    return envelope(f"<d:Probe><d:Types>{types}</d:Types></d:Probe>", header)


def _answers(
    sock: socket.socket, probes: Sequence[bytes], targets: Sequence[tuple[str, int]], within_s: float
) -> Iterator[tuple[tuple[str, int], bytes]]:
    """Who sent it, and what."""
    began_s = time.monotonic()
    ask_s = [began_s + REPEAT_S, began_s]
    while (now_s := time.monotonic()) < began_s + within_s:
        if ask_s and now_s >= ask_s[-1]:
            ask_s.pop()
            for message in probes:
                _send(sock, message, targets)
        if select.select([sock], [], [], LOOK_S)[0]:
            with suppress(OSError):
                answer, sender = sock.recvfrom(LARGEST_DATAGRAM)
                yield sender, answer


def _send(sock: socket.socket, message: bytes, targets: Sequence[tuple[str, int]]) -> None:
    for target in targets or [EVERYBODY]:
        with suppress(OSError):
            sock.sendto(message, target)
    for index, _ in [] if targets else socket.if_nameindex():
        with suppress(OSError):  # an interface that is down, or has no IPv4
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@4s4si", bytes(4), bytes(4), index))
            sock.sendto(message, EVERYBODY)


def _devices(answer: bytes, host: str, questions: Sequence[str]) -> Iterator[Device]:
    """Those that an answer to us is about, with addresses of its own sender and of nobody else."""
    root = read(answer)
    if not text_at(root, "s:Header/a:RelatesTo").lower().endswith(tuple(questions)):
        raise OnvifError("an answer to somebody else")
    for match in root.iterfind("s:Body/d:ProbeMatches/d:ProbeMatch", NAMES):
        urls = [url for url in text_at(match, "d:XAddrs").split() if _is_of(url, host)]
        scopes = text_at(match, "d:Scopes").split()
        name = next((unquote(scope.removeprefix(NAME)) for scope in scopes if scope.startswith(NAME)), "")
        if urls:
            yield Device(host, printable(name) or host, urls[0])


def _is_of(url: str, host: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and parts.hostname == host and "@" not in url and parts.port != 0
    except ValueError:
        return False
