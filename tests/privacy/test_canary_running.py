"""A password is in a service that runs and fails: it is in no line, file, topic, answer, nor on its command line."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from libs.common import codec
from libs.common.bus import Place
from libs.common.kafka_settings import KafkaSettings
from libs.common.testing import frame
from libs.common.watchdog import HUNG_STATUS
from libs.ops.ports import free_port
from tests.common.kafka_tools import until, writing
from tests.common.secure_broker import PASSWORD, USER_512, SecureBroker, secure_broker
from tests.privacy.canary import CANARY, IN_URL, ROOT, assert_nowhere, everything_on, running
from tests.privacy.refusing_camera import refusing_camera

CLIP = str(ROOT / "deploy" / "demo" / "street.mp4")
REFUSED = b"user name or password refused"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    with secure_broker(tmp_path_factory.mktemp("secure")) as made:
        yield made


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("given_as", ["word", "file", "variable"])
def test_a_camera_that_refuses_the_login(tmp_path: Path, form: str, given_as: str) -> None:
    """The camera got the password, at DEBUG, and only the camera. kill -QUIT leaves no core file."""
    with refusing_camera() as camera:
        url = f"rtsp://me:{IN_URL}@127.0.0.1:{camera.port}/cam?pwd={IN_URL}"
        (tmp_path / "url").write_text(url)
        words = {"word": [url], "file": ["--url-file", str(tmp_path / "url")], "variable": []}[given_as]
        flags = ["-t", "-", "--log-level", "DEBUG", "--log-format", form]
        given = {"FRAMEBUS_URL": url} if given_as == "variable" else {}
        with running(tmp_path, ["producer", *words, *flags], given) as producer:
            producer.says(REFUSED)
            assert f"me:{CANARY}" in camera.logins
            assert_nowhere(producer.shown())
            assert b'"logger"' in producer.said() if form == "json" else b"WARNING producer" in producer.said()
            assert producer.signal(signal.SIGQUIT) == -signal.SIGQUIT
            assert_nowhere(producer.said())


def test_a_log_file_has_it_neither(tmp_path: Path) -> None:
    """Nor has stderr when the log cannot be written."""
    (tmp_path / "logs").mkdir()
    with refusing_camera() as camera:
        (tmp_path / "url").write_text(f"rtsp://me:{IN_URL}@127.0.0.1:{camera.port}/cam")
        words = ["producer", "--url-file", str(tmp_path / "url"), "-t", "-", "--log-level", "DEBUG"]
        log = tmp_path / "logs" / "producer.log"
        with running(tmp_path, [*words, "--log-file", str(log), "--log-rotate", "1KB"], {}) as producer:
            until(lambda: log.exists() and REFUSED in b"".join(path.read_bytes() for path in log.parent.iterdir()), 30)
            assert producer.said() == b""
            assert_nowhere(b"".join(path.read_bytes() for path in log.parent.iterdir()))
        with running(tmp_path, [*words, "--log-file", "/dev/full"], {}) as producer:
            until(lambda: len(camera.logins) > 2, 30)
            assert producer.said() == b"log lines are lost: No space left on device\n"


def login(secure: SecureBroker, folder: Path, password: str) -> list[str]:
    """Flags for the secured broker, the password in a file."""
    (folder / "pw").write_text(password)
    return [
        *("--bootstrap", secure.login, "--security-protocol", "SASL_SSL", "--sasl-mechanism", "SCRAM-SHA-512"),
        *("--sasl-username", USER_512, "--sasl-password-file", str(folder / "pw")),
        *("--ssl-cafile", str(secure.authority.certificate), "--log-level", "DEBUG"),
    ]


def test_a_broker_that_refuses_the_login(tmp_path: Path, secure: SecureBroker) -> None:
    """It says that it was refused, with every line that it has."""
    with running(tmp_path, ["producer", CLIP, *login(secure, tmp_path, CANARY)], {}) as producer:
        producer.says(b"the login was refused")
        assert_nowhere(producer.shown())
        assert_nowhere(producer.said())


def test_a_chain_that_works_and_tells_all_it_does(tmp_path: Path, secure: SecureBroker) -> None:
    """Kafka's client is never below INFO, also when a signal asks for more."""
    flags = login(secure, tmp_path, PASSWORD)
    flags[-1] = "INFO"
    with running(tmp_path, ["producer", CLIP, "-f", "5", "--loop", *flags], {}) as producer:
        producer.says(b"pictures of")
        producer.process.send_signal(signal.SIGUSR1)
        settings = KafkaSettings(secure.broker.bootstrap)
        topics = everything_on(settings, ["frames.source"], at_least=30)
        assert_nowhere(topics, PASSWORD)
        assert_nowhere(producer.shown(), PASSWORD)
        assert producer.signal(signal.SIGTERM) == 0
        assert_nowhere(producer.said(), PASSWORD)
        assert b"DEBUG   producer camera" in producer.said()


def put(settings: KafkaSettings, topic: str, *seqs: int) -> None:
    """Frames on partition 0."""
    with writing(settings) as writer:
        writer.partitions(topic)
        for seq in seqs:
            writer.send(Place(topic, 0), b"porch", codec.encode(frame(seq=seq)))
        assert writer.flush(20)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_stage_that_says_it_in_every_way_and_hangs(
    tmp_path: Path, kafka: KafkaSettings, fresh: Callable[[str], str], form: str
) -> None:
    """Bugs, refusals, log lines, warnings, threads: in logs, dead letters, figures; at last the watchdog's stacks."""
    source, output = fresh("leaky.in"), fresh("leaky.out")
    put(kafka, source, *range(7))
    script = str(ROOT / "tests" / "privacy" / "leaky_service.py")
    flags = ["-i", source, "-t", output, "--bootstrap", kafka.bootstrap, "--hang-timeout", "2", "--log-format", form]
    with running(tmp_path, [script, *flags, "--log-level", "DEBUG"], {"FRAMEBUS_TOKEN": CANARY}) as leaky:
        leaky.says(b"does not work yet")
        letters = everything_on(kafka, [source + ".dead", output], at_least=7)
        assert letters.count(b"porch") >= 7
        shown = leaky.shown()
        assert b'framebus_dead_total{reason="other"} 1.0' in shown
        assert_nowhere(letters + shown)
        put(kafka, source, 7)
        assert leaky.process.wait(30) == HUNG_STATUS
    for line in (b"a bug in the stage", b"401", b"Basic bWU6***", b"is weak", b"nobody caught this", b"_hang"):
        assert line in leaky.said()
    assert_nowhere(leaky.said())


def page(browser: OpenerDirector, url: str, form: dict[str, str] | None = None) -> bytes:
    """What the viewer answers, with its headers."""
    origin = url.rsplit("/", 1)[0]
    data = urlencode(form).encode() if form else None
    try:
        with browser.open(Request(url, data, {"Origin": origin}), timeout=10) as answer:
            return str(answer.status).encode() + bytes(answer.headers) + bytes(answer.read())
    except HTTPError as error:
        with error:
            return str(error.code).encode() + bytes(error.headers) + error.read()


def test_a_viewer_that_somebody_cannot_enter(tmp_path: Path) -> None:
    """Wrong name, wrong password, the password in an address; then the right one."""
    (tmp_path / "pw").write_text(CANARY)
    port = free_port()
    words = ["viewer", "--port", str(port), "--password-file", str(tmp_path / "pw"), "--bootstrap", "127.0.0.1:1"]
    with running(tmp_path, [*words, "--log-level", "DEBUG"], {}) as viewer:
        viewer.says(b"waiting for the broker")
        browser, base = build_opener(HTTPCookieProcessor()), f"http://127.0.0.1:{port}"
        tries = [("viewer", "wrong"), ("nobody", CANARY), ("viewer", CANARY)]
        answers = [page(browser, f"{base}/login", {"username": name, "password": pw}) for name, pw in tries]
        assert [answer[:3] for answer in answers] == [b"401", b"401", b"200"]
        answers.append(page(browser, f"{base}/?password={IN_URL}"))
        assert b"GET /?password=***" in viewer.said()
        assert_nowhere(b"".join(answers))
        assert_nowhere(viewer.shown())
        assert viewer.signal(signal.SIGTERM) == 0
    assert_nowhere(viewer.said())
