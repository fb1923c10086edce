"""TLS, logins and client certificates on a real broker; what is wrong is said as such, at once, without secrets."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka.admin import UserScramCredentialDeletion

from libs.common.bus import Place
from libs.common.errors import TemporaryError
from libs.common.kafka_admin import Admin
from libs.common.kafka_login import enter
from libs.common.kafka_settings import KafkaSettings
from tests.common.kafka_tools import gather, make_topic, reading, until, writing
from tests.common.secure_broker import PASSWORD, USER_256, Authority, SecureBroker, secure_broker
from tests.common.secure_ways import WITHIN_S, WRONG_LOGIN, wrong_ways

# kafka-python forgets sockets whose connection was refused.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*(socket.socket|SSLSocket):pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]


def refusal(settings: KafkaSettings) -> tuple[str, float]:
    """Why we are not let in, and how many seconds it took to know."""
    start = time.monotonic()
    with pytest.raises(TemporaryError) as caught:
        enter(settings)
    return str(caught.value), time.monotonic() - start


@pytest.mark.parametrize("way", ["scram-512", "scram-256", "certificate"])
def test_frames_go_through_with_a_login_or_a_certificate(
    way: str, secure: SecureBroker, fresh: Callable[[str], str]
) -> None:
    """Admin, writer, and a reader in a group."""
    settings = {
        "scram-512": secure.with_login(),
        "scram-256": secure.with_login(USER_256, mechanism="SCRAM-SHA-256"),
        "certificate": secure.with_certificate(),
    }[way]
    topic = fresh("topic")
    make_topic(settings, topic)
    with writing(settings) as writer, reading(settings, [topic], group=topic) as reader:
        writer.send(Place(topic, 0), b"camera", b"value")
        assert writer.flush(10)
        assert [record.value for record in gather(reader, lambda batch: bool(batch.records)).records] == [b"value"]


def test_every_wrong_way_is_told_as_such_within_ten_seconds(secure: SecureBroker, stranger: Authority) -> None:
    """And never with the password."""
    for name, (settings, expected) in wrong_ways(secure, stranger).items():
        said, took_s = refusal(settings)
        assert expected in said, name
        assert "canary" not in said
        assert took_s < WITHIN_S, name


@contextmanager
def tls_server(certificate: Path, key: Path) -> Iterator[str]:
    """Something that shows this certificate and hangs up; its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    with listening.accept()[0] as connection, context.wrap_socket(connection, server_side=True):
                        pass
                except OSError:
                    continue

        server = threading.Thread(target=serve)
        server.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            server.join(10)


@pytest.mark.parametrize(
    ("name", "alternatives", "dates", "expected"),
    [
        ("elsewhere", "DNS:elsewhere.example", (), "not valid for '127.0.0.1'"),
        ("late", "IP:127.0.0.1", ("-days", "-1"), "has expired"),
    ],
)
def test_a_certificate_for_another_host_or_time_is_told(
    name: str, alternatives: str, dates: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    """By its reason."""
    authority = Authority.made(tmp_path, "authority")
    with tls_server(*authority.sign(name, alternatives, *dates)) as bootstrap:
        said, _ = refusal(KafkaSettings(bootstrap, "SSL", ssl_cafile=str(authority.certificate)))
    assert said.startswith("its certificate is not trusted")
    assert expected in said


def forget_user(settings: KafkaSettings, user: str) -> None:
    """Delete its password from the cluster."""
    with Admin(settings) as admin:
        deletion = UserScramCredentialDeletion(user, "SCRAM-SHA-256")
        assert admin._client.alter_user_scram_credentials([deletion]) == {user: None}


def test_a_running_writer_whose_user_is_gone_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The connection it has stays; the next one is refused, and the log says why, once."""
    with secure_broker(tmp_path) as own, writing(own.with_login(USER_256, mechanism="SCRAM-SHA-256")) as writer:
        anonymous = KafkaSettings(own.broker.bootstrap)
        make_topic(anonymous, "topic")
        forget_user(anonymous, USER_256)
        own.broker.stop()
        own.broker.start()
        writer.send(Place("topic", 0), None, b"value")
        until(lambda: WRONG_LOGIN in caplog.text, 30)
        assert "the broker lets us in no more" in caplog.text
        assert PASSWORD not in caplog.text
