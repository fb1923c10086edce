"""Brokers that go away, freeze, or refuse: nothing is lost, nobody waits too long, no password is shown."""

import json
import logging
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common import scrub
from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels.mqtt import channel as channel_module
from services.notifier.channels.mqtt import client, link
from tests.notifier.channels.mqtt.mosquitto import Ear, Mosquitto, Wire, wait_until
from tests.notifier.channels.mqtt.rig import Site
from tests.notifier.channels.notes import note

NOTICE, AVAILABLE = "framebus/porch/notice", "framebus/available"
PASSWORD = "correct horse battery"
SUBSCRIBE, PUBLISH = 0x80, 0x30


def ids(ear: Ear) -> list[str]:
    return [json.loads(each)["id"] for each in ear.of(NOTICE)]


@pytest.fixture
def locked(brokers: Callable[..., Mosquitto], tmp_path: Path) -> Mosquitto:
    """Wants a login."""
    users = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", users, "shop", PASSWORD], check=True, capture_output=True)
    return brokers(lines=("allow_anonymous false", f"password_file {users}"))


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_broker_that_was_away_gets_each_note_once(broker: Mosquitto, protocol: str) -> None:
    """Tried again by whoever sends, as the courier does; nothing is sent by the library behind our back."""
    wanted = [f"{number:032}" for number in range(6)]
    with Site().channel(broker.port, protocol=protocol) as channel:
        ear = broker.ear()
        channel.send(note(id=wanted[0]))
        ear.wait(NOTICE)
        broker.stop()
        threading.Timer(0.3, broker.start).start()
        channel.send(note(id=wanted[1]))
        second = broker.ear()
        for each in wanted[2:]:
            channel.send(note(id=each))
        second.wait(NOTICE, 4)
    assert ids(ear) == wanted[:1]
    assert ids(second) == wanted[2:]


def test_a_broker_that_is_not_there_is_worth_trying_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names it, and comes in time."""
    monkeypatch.setattr(channel_module, "WAIT_S", 0.3)
    with Site().channel(1) as channel, pytest.raises(TemporaryError, match=r"127\.0\.0\.1:1 cannot be reached"):
        channel.send(note())


def test_a_frozen_broker_holds_nobody_up_for_long(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it does not acknowledge in time may come again, and is not sent once more when it thaws."""
    monkeypatch.setattr(channel_module, "WITHIN_S", 0.5)
    with Site().channel(broker.port) as channel:
        channel.send(note(id="0" * 32))
        broker._process.send_signal(signal.SIGSTOP)
        started_s = time.monotonic()
        with pytest.raises(TemporaryError, match="did not take it in time"):
            channel.send(note(id="1" * 32))
        assert time.monotonic() - started_s < 2
        broker._process.send_signal(signal.SIGCONT)
        ear = broker.ear()
        channel.send(note(id="2" * 32))
        ear.wait(NOTICE)
    assert ids(ear)[-1] == "2" * 32
    assert ids(ear).count("1" * 32) <= 1


def test_a_cut_wire_ends_waiting_at_once(broker: Mosquitto, wire: Wire) -> None:
    """And a new connection is there soon."""
    with Site().channel(wire.port) as channel:
        channel.send(note())
        broker._process.send_signal(signal.SIGSTOP)
        threading.Timer(0.2, wire.cut).start()
        started_s = time.monotonic()
        with pytest.raises(TemporaryError, match="connection was lost"):
            channel.send(note())
        assert time.monotonic() - started_s < 2
        broker._process.send_signal(signal.SIGCONT)
        channel.send(note())
    assert wire.connections >= 2


def test_who_dies_is_offline_by_its_will(broker: Mosquitto, wire: Wire) -> None:
    """Without a goodbye; and online again with the next connection."""
    ear = broker.ear()
    with Site().channel(wire.port) as channel:
        channel.send(note())
        wire.cut()
        wait_until(lambda: ear.of(AVAILABLE)[-2:] == [b"offline", b"online"], "offline, then online")
    wait_until(lambda: ear.of(AVAILABLE)[-1] == b"offline", "offline")


def test_who_is_closed_before_it_was_let_in_leaves_no_sign(broker: Mosquitto) -> None:
    """Or one that says offline: `--check` opens channels and closes them at once."""
    for _ in range(10):
        with Site().channel(broker.port):
            pass
    assert broker.retained().get(AVAILABLE, b"offline") == b"offline"


def test_the_right_password_is_taken_from_its_file(locked: Mosquitto, tmp_path: Path) -> None:
    """Its first line, relative to rules.yaml."""
    (tmp_path / "mqtt-password").write_text(f"{PASSWORD}\nanything\n")
    with Site().channel(locked.port, username="shop", password_file="mqtt-password", folder=tmp_path) as channel:
        channel.send(note())


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_wrong_password_is_said_as_such_and_shown_nowhere(
    locked: Mosquitto, protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, without trying it again and again; the note may wait for a better one."""
    caplog.set_level(logging.DEBUG)
    with Site().channel(locked.port, username="shop", password="a wrong secret", protocol=protocol) as channel:
        for _ in range(2):
            started_s = time.monotonic()
            with pytest.raises(TemporaryError, match="expected another username or password") as raised:
                channel.send(note())
            assert time.monotonic() - started_s < 5
            assert raised.value.delay_s == 30
    assert caplog.text.count("refused the login") == 1
    assert "a wrong secret" not in f"{caplog.text}{raised.value!r}"
    assert scrub.scrub("it is a wrong secret") == "it is ***"


def test_a_password_that_stays_wrong_is_wrong_for_good(locked: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that somebody is told through other channels."""
    monkeypatch.setattr(link, "PATIENCE_S", 0.0)
    with Site().channel(locked.port, username="shop", password="wrong") as channel, pytest.raises(PermanentError):
        channel.send(note())


def test_a_password_that_was_put_right_is_taken(
    locked: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is read again before each attempt: nobody has to start anything."""
    monkeypatch.setattr(link, "REFUSED_S", 0.2)
    secret = tmp_path / "mqtt-password"
    secret.write_text("wrong")
    with Site().channel(locked.port, username="shop", password_file="mqtt-password", folder=tmp_path) as channel:
        with pytest.raises(TemporaryError, match="refused the login"):
            channel.send(note())
        secret.unlink()
        wait_until(lambda: "password_file" in str(channel._link._trouble), "the missing file to be noticed")
        secret.write_text(PASSWORD)
        wait_until(lambda: channel._link.is_up, "a connection")
        channel.send(note())


def test_a_broker_of_old_times_gets_the_version_that_it_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that knows MQTT 3.1.1 alone answers MQTT 5 with `unacceptable protocol version`."""
    monkeypatch.setattr(channel_module, "WAIT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=_answer, args=(listener, b"\x20\x02\x00\x01"))
        answering.start()
        with Site().channel(listener.getsockname()[1]) as channel:
            with pytest.raises(PermanentError, match=r'does not speak this MQTT .* expected protocol: "3\.1\.1"'):
                channel.send(note())
            answering.join()


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 64, b"\xff" * 64, b"\x20\x00", b"\x20\xff"]
)
def test_what_is_no_broker_is_no_bug(
    answer: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it says."""
    monkeypatch.setattr(channel_module, "WAIT_S", 0.3)
    monkeypatch.setattr(client, "ANSWER_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=_answer, args=(listener, answer))
        answering.start()
        with Site().channel(listener.getsockname()[1]) as channel, pytest.raises(TemporaryError):
            channel.send(note())
        answering.join()
    assert "a bug" not in caplog.text


def test_it_listens_before_it_says_that_it_is_there() -> None:
    """Another process of ours that says `offline` in between would else have the last word: nobody heard it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, Site().channel(listener.getsockname()[1]):
        visitor = listener.accept()[0]
        with visitor:
            visitor.recv(1024)
            visitor.sendall(b"\x20\x03\x00\x00\x00")
            kinds = [_packet(visitor) for _ in range(2)]
    assert [kind & 0xF0 for kind in kinds] == [SUBSCRIBE, PUBLISH]


def test_a_message_that_would_fill_our_memory_is_not_read() -> None:
    """Whoever may write to the broker can say 200 MB; the connection ends, and what is wrong is said."""
    with socket.create_server(("127.0.0.1", 0)) as listener, Site().channel(listener.getsockname()[1]) as channel:
        visitor = listener.accept()[0]
        with visitor:
            visitor.settimeout(5)
            visitor.recv(1024)
            visitor.sendall(b"\x20\x03\x00\x00\x00")
            _packet(visitor)
            visitor.sendall(b"\x30\xfa\xd6\xae\x5f" + b"x" * 1000)
            while visitor.recv(1024):
                pass
        wait_until(lambda: "bytes at once, expected 131072 at most" in str(channel._link._trouble), "the reason")


def _packet(visitor: socket.socket) -> int:
    """Reads one; its first byte. https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html#_Toc3901019"""
    kind, size, shift = visitor.recv(1)[0], 0, 0
    while (byte := visitor.recv(1)[0]) & 0x80:
        size, shift = size + ((byte & 0x7F) << shift), shift + 7
    left = size + (byte << shift)
    while left:
        left -= len(visitor.recv(left))
    return kind


def _answer(listener: socket.socket, answer: bytes) -> None:
    """To one visitor."""
    visitor = listener.accept()[0]
    with visitor:
        visitor.recv(1024)
        visitor.sendall(answer)
