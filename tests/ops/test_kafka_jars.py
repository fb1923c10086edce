"""The jars: fetched through jgo from a Maven repository on this machine, verified, kept."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from libs.common.errors import FatalError
from libs.ops.kafka_jars import KAFKA_VERSION, Jar, fetched_jars, jars_in, pinned_jars


@dataclass
class Mirror:
    """A Maven repository with a few small jars, and what was asked of it."""

    folder: Path
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def put(self, artifact: str, content: bytes) -> Jar:
        """Publish a jar; the pin that belongs to it."""
        path = self.folder / "org" / "example" / artifact / "1.0" / f"{artifact}-1.0.jar"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return Jar("org.example", artifact, "1.0", hashlib.sha256(content).hexdigest())


class Handler(SimpleHTTPRequestHandler):
    """Serves the folder and notes the jars asked for."""

    def __init__(self, mirror: Mirror, *args: object) -> None:
        self.mirror = mirror
        super().__init__(*args, directory=str(mirror.folder))  # type: ignore[arg-type]

    def log_message(self, *words: object) -> None:
        """Notes instead of writing to stderr."""
        if self.path.endswith(".jar"):
            self.mirror.asked.append(self.path.rsplit("/", 1)[-1])


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    """A repository on the loopback address."""
    mirror = Mirror(tmp_path / "mirror")
    mirror.folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, mirror)) as server:
        mirror.url = f"http://127.0.0.1:{server.server_port}/"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield mirror
        server.shutdown()
        thread.join()


def test_the_pins_name_kafka_itself_and_are_complete() -> None:
    """Every line has a coordinate and a SHA-256; no jar twice."""
    jars = pinned_jars()
    assert f"kafka_2.13-{KAFKA_VERSION}.jar" in [jar.name for jar in jars]
    assert len({jar.name for jar in jars}) == len(jars) == 36
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)


def test_jars_are_fetched_once_and_kept(mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second time nothing is asked of the network and nothing is said."""
    jars = [mirror.put("one", b"1"), mirror.put("two", b"2")]
    paths = fetched_jars(tmp_path / "cache", mirror.url, jars)
    assert [path.read_bytes() for path in paths] == [b"1", b"2"]
    assert capsys.readouterr().err == f"fetching Kafka {KAFKA_VERSION}: 2 of 2 jars\n"
    assert fetched_jars(tmp_path / "cache", mirror.url, jars) == paths
    assert sorted(mirror.asked) == ["one-1.0.jar", "two-1.0.jar"]
    assert capsys.readouterr().err == ""


def test_the_mirror_may_come_from_the_environment(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the demo and the tests, which have no flag for it."""
    monkeypatch.setenv("FRAMEBUS_MAVEN_MIRROR", mirror.url)
    assert fetched_jars(tmp_path / "cache", None, [mirror.put("one", b"1")])[0].read_bytes() == b"1"


def test_a_jar_with_another_content_is_refused_and_deleted(mirror: Mirror, tmp_path: Path) -> None:
    """Even if the repository says that it is the right one; the good ones are kept."""
    good, bad = mirror.put("good", b"1"), mirror.put("bad", b"2")
    mirror.put("bad", b"evil")
    fetched_jars(tmp_path / "cache", mirror.url, [good])
    with pytest.raises(FatalError, match=r"bad-1.0.jar is not the pinned jar \(wrong SHA-256\)"):
        fetched_jars(tmp_path / "cache", mirror.url, [good, bad])
    assert [path.name for path in (tmp_path / "cache").rglob("*.jar")] == ["good-1.0.jar"]


def test_a_jar_that_changed_in_the_cache_is_fetched_again(mirror: Mirror, tmp_path: Path) -> None:
    """It is never used as it is."""
    jar = mirror.put("one", b"1")
    (path,) = fetched_jars(tmp_path / "cache", mirror.url, [jar])
    path.write_bytes(b"changed")
    fetched_jars(tmp_path / "cache", mirror.url, [jar])
    assert path.read_bytes() == b"1"


def test_what_came_before_a_failure_is_not_fetched_again(mirror: Mirror, tmp_path: Path) -> None:
    """And the failure does not tell the mirror's password."""
    here, missing = mirror.put("here", b"1"), Jar("org.example", "missing", "1.0", "0" * 64)
    url = mirror.url.replace("//", "//user:secret@")
    with pytest.raises(FatalError, match=r"^cannot fetch missing-1.0.jar \(RuntimeError\)") as error:
        fetched_jars(tmp_path / "cache", url, [here, missing])
    assert "secret" not in str(error.value)
    mirror.asked.clear()
    fetched_jars(tmp_path / "cache", url, [here])
    assert mirror.asked == []


def test_two_that_fetch_at_once_ask_for_each_jar_once(mirror: Mirror, tmp_path: Path) -> None:
    """The second waits for the first; a half-fetched jar of a killed one is no obstacle."""
    jars = [mirror.put(f"jar{number}", bytes([number])) for number in range(12)]
    left = tmp_path / "cache" / "partial" / jars[0].name / "org/example/jar0/1.0" / jars[0].name
    left.parent.mkdir(parents=True)
    left.write_bytes(b"hal")
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(fetched_jars, tmp_path / "cache", mirror.url, jars) for _ in range(3)]
        assert all(future.result() == futures[0].result() for future in futures)
    assert sorted(mirror.asked) == sorted(jar.name for jar in jars)
    assert not (tmp_path / "cache" / "partial").exists()


def test_a_folder_of_jars_is_verified_and_left_alone(tmp_path: Path) -> None:
    """It belongs to the operator: a wrong file is named, not deleted."""
    jar = Jar("org.example", "one", "1.0", hashlib.sha256(b"1").hexdigest())
    with pytest.raises(FatalError, match=r"cannot read the jar .*one-1.0.jar: No such file"):
        jars_in(tmp_path, [jar])
    path = tmp_path / jar.name
    path.write_bytes(b"2")
    with pytest.raises(FatalError, match=r"one-1.0.jar is not the pinned jar"):
        jars_in(tmp_path, [jar])
    assert path.read_bytes() == b"2"
    path.write_bytes(b"1")
    assert jars_in(tmp_path, [jar]) == [path]
