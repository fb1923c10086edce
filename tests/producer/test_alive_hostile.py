"""Servers that are no good cameras: each attempt ends in bounded time with a reason of a fixed set, and no secret."""

import ast
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.producer.plan import Plan
from services.producer.sources.open_source import open_source
from services.producer.sources.reasons import REASONS
from services.producer.sources.shots import SourceError
from services.producer.sources.urls import read_url
from tests.producer import hostile_cameras as cameras
from tests.producer.hostile_cameras import Behave, hostile

LONGEST_S = 18.0
LOGIN = 'WWW-Authenticate: Basic realm="cam"'
NOWHERE = {
    "nobody at the port": ("rtsp://me:s3cret-w0rd@127.0.0.1:1/cam", "unreachable"),
    "no such host": ("rtsp://me:s3cret-w0rd@no-such-host.invalid/cam", "unreachable"),
}
BEHAVIOURS: dict[str, tuple[Behave, str]] = {
    "half open": (cameras.silent, "no answer"),
    "closes at once": (cameras.closes, "no answer"),
    "a byte now and then": (cameras.trickles, "no answer"),
    "garbage": (cameras.garbage, "no answer"),
    "a header without end": (cameras.endless_header, "no answer"),
    "a web page": (cameras.web_page, "no answer"),
    "401": (cameras.answers("401 Unauthorized", LOGIN), "refused"),
    "403": (cameras.answers("403 Forbidden"), "refused"),
    "404": (cameras.answers("404 Not Found"), "not found"),
    "500": (cameras.answers("500 Internal Server Error"), "camera error"),
    "503": (cameras.answers("503 Service Unavailable"), "camera error"),
    "200 and nothing else": (cameras.answers("200 OK"), "no answer"),
    "a session without video": (cameras.plays(cameras.silent, "v=0\r\nm=nonsense\r\n"), "no video"),
    "plays and is silent": (cameras.plays(cameras.silent), "stalled"),
    "plays and closes": (cameras.plays(cameras.closes), "stalled"),
    "plays garbage": (cameras.plays(cameras.garbage), "stalled"),
    "plays a byte now and then": (cameras.plays(cameras.trickles_video), "stalled"),
    "plays noise as video": (cameras.plays(cameras.noise_as_video), "no video"),
    "plays without key frames": (cameras.plays(cameras.no_key_frame), "no video"),
}
EXPECTED = {name: reason for name, (_, reason) in {**NOWHERE, **BEHAVIOURS}.items()}


@dataclass(frozen=True)
class Attempt:
    """What came of one opening."""

    reason: str
    text: str
    took_s: float


def attempt(url: str) -> Attempt:
    """One opening, to its end."""
    began_s = time.monotonic()
    try:
        with open_source(read_url(url), Plan(url=url, camera="porch"), lambda media_s: True) as shots:
            for _ in shots:
                pass
    except SourceError as error:
        return Attempt(error.reason, str(error), time.monotonic() - began_s)
    return Attempt("ended", "", time.monotonic() - began_s)


@pytest.fixture(scope="module")
def attempts() -> dict[str, Attempt]:
    """One at each server, all at the same time: most of it is waiting."""
    found: dict[str, Attempt] = {}

    def visit(name: str, url: str) -> None:
        found[name] = attempt(url)

    def serve(name: str, behave: Behave) -> None:
        with hostile(behave) as camera:
            visit(name, camera.url("me:s3cret-w0rd@"))

    threads = [threading.Thread(target=visit, args=(name, url)) for name, (url, _) in NOWHERE.items()]
    threads += [threading.Thread(target=serve, args=(name, behave)) for name, (behave, _) in BEHAVIOURS.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_an_attempt_ends_in_time_and_says_why(attempts: dict[str, Attempt], name: str) -> None:
    """Whatever it is that answers, or does not."""
    assert attempts[name].reason == EXPECTED[name]
    assert attempts[name].took_s < LONGEST_S
    assert "s3cret-w0rd" not in attempts[name].text


def test_every_reason_is_one_of_the_fixed_words() -> None:
    """They go to safe topics: none is made of what a camera said."""
    said = set()
    for path in Path("services/producer").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SourceError" and len(node.args) == 2:
                said |= {text.value for text in ast.walk(node.args[1]) if isinstance(text, ast.Constant)}
    assert said
    assert said <= set(REASONS)
