"""Services at a broker with TLS and logins: they work, or say why not and wait."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common import codec
from libs.common.bus import Place
from libs.common.kafka_settings import KafkaSettings
from libs.common.testing import frame
from libs.ops.ports import free_port
from tests.common.kafka_tools import gather, make_topic, reading, until, writing
from tests.common.secure_broker import NOBODY, Authority, SecureBroker
from tests.common.secure_ways import WRONG_LOGIN, flags_of, wrong_ways

PATIENCE_S = 60.0
"""Beside other tests a process begins late; how soon a refusal is known once it runs is in test_kafka_login.py."""


def test_the_chain_runs_over_tls_with_a_login(
    secure: SecureBroker, fresh: Callable[[str], str], tmp_path: Path
) -> None:
    """Detector and redactor as processes of their own; what comes out was covered or withheld."""
    settings = secure.with_login()
    source, detected, redacted = fresh("source"), fresh("detected"), fresh("redacted")
    make_topic(settings, source)
    stages = [("detector", "-i", source, "-t", detected), ("redactor", "-i", detected, "-t", redacted)]
    children = [
        subprocess.Popen([sys.executable, "-m", "services", *words, *flags_of(settings, tmp_path)]) for words in stages
    ]
    try:
        with writing(settings) as writer, reading(settings, [redacted]) as reader:
            for seq in range(5):
                writer.send(Place(source, 0), b"camera", codec.encode(frame(camera="camera", seq=seq)))
            assert writer.flush(10)
            found = gather(reader, lambda batch: len(batch.records) >= 5, within_s=60)
        assert len(found.records) == 5
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        assert [child.wait(20) for child in children] == [0, 0]


def test_check_says_why_and_ends_with_1(secure: SecureBroker, stranger: Authority, tmp_path: Path) -> None:
    """On one line about the broker."""
    ways = wrong_ways(secure, stranger)
    for name in ("wrong password", "another authority", "plain text to a port with TLS"):
        settings, expected = ways[name]
        if settings.security_protocol == "PLAINTEXT":
            settings = KafkaSettings(settings.bootstrap)
        command = [sys.executable, "-m", "services", "detector", "--check", *flags_of(settings, tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
        assert done.returncode == 1
        assert f"broker {settings.bootstrap}: " in done.stdout
        assert expected in done.stdout
        assert "canary" not in done.stdout + done.stderr


@pytest.mark.parametrize("service", ["producer", "detector", "redactor", "viewer"])
def test_a_service_with_a_wrong_password_says_so_once_and_waits(
    service: str, secure: SecureBroker, tmp_path: Path
) -> None:
    """One line; it is alive, and SIGTERM ends it in order."""
    words = {"producer": ["deploy/demo/street.mp4"], "viewer": ["--port", str(free_port())]}.get(service, [])
    log = tmp_path / "log"
    settings = secure.with_login(password="canary-wrong")
    environ = {**os.environ, "FRAMEBUS_PASSWORD": "viewer-password"}
    with log.open("wb") as stderr:
        command = [sys.executable, "-m", "services", service, *words, *flags_of(settings, tmp_path)]
        with subprocess.Popen(command, stderr=stderr, env=environ) as child:
            try:
                until(lambda: WRONG_LOGIN in log.read_text(), PATIENCE_S)
                with pytest.raises(subprocess.TimeoutExpired):
                    child.wait(5)
                child.send_signal(signal.SIGTERM)
                assert child.wait(20) == 0
            finally:
                child.kill()
    assert log.read_text().count(WRONG_LOGIN) == 1
    assert "canary" not in log.read_text()


def test_a_user_without_rights_learns_it_in_one_line(
    secure: SecureBroker, fresh: Callable[[str], str], tmp_path: Path
) -> None:
    """A right password, but no right to the topic."""
    topic = fresh("topic")
    make_topic(secure.with_login(), topic)
    command = [sys.executable, "-m", "services", "detector", "--check", "-i", topic, "-t", "frames.detected"]
    done = subprocess.run(
        [*command, *flags_of(secure.with_login(NOBODY), tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert f"topic {topic}: missing, or this user may not see it" in done.stdout
