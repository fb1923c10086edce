"""The jars of Apache Kafka: pinned in kafka_jars.txt, fetched once through jgo, used only if their SHA-256 is right."""

import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from libs.common.errors import FatalError
from libs.common.lock import Lock

KAFKA_VERSION = "4.1.1"
_PINS = Path(__file__).with_name("kafka_jars.txt")
_AT_ONCE = 8
_ATTEMPTS = 3


@dataclass(frozen=True)
class Jar:
    """One pinned jar of a Maven repository."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.artifact}-{self.version}.jar"

    def is_good(self, path: Path) -> bool:
        """Whether the file at `path` is this jar. Raises FileNotFoundError if there is none."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256


def pinned_jars() -> list[Jar]:
    """What kafka_jars.txt lists."""
    lines = [line for line in _PINS.read_text().splitlines() if line and not line.startswith("#")]
    return [Jar(*line.replace(":", " ").split()) for line in lines]


def default_cache() -> Path:
    """Where fetched jars are kept: $XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "framebus", f"kafka-{KAFKA_VERSION}")


def jars_in(folder: Path, jars: Sequence[Jar] | None = None) -> list[Path]:
    """The jars from a folder, without a network; verified. Raises FatalError naming the first that is not right."""
    paths = []
    for jar in jars or pinned_jars():
        path = folder / jar.name
        try:
            good = jar.is_good(path)
        except OSError as error:
            raise FatalError(f"cannot read the jar {path}: {error.strerror}") from None
        if not good:
            raise FatalError(f"{path} is not the pinned jar (wrong SHA-256): not used")
        paths.append(path)
    return paths


def fetched_jars(cache: Path, mirror: str | None = None, jars: Sequence[Jar] | None = None) -> list[Path]:
    """The jars from the cache, verified; what is missing or wrong there is fetched first, progress told on stderr.

    `mirror` is the address of a Maven repository; without one FRAMEBUS_MAVEN_MIRROR, else Maven Central. Two processes
    may ask at once: the second waits for the first. Raises FatalError if a jar cannot be had; what came is kept.
    """
    jars = jars or pinned_jars()
    if not all(_is_cached(jar, cache) for jar in jars):
        cache.mkdir(parents=True, exist_ok=True)
        with Lock(cache / ".lock", wait=True):
            missing = [jar for jar in jars if not _is_cached(jar, cache)]
            _fetch_all(missing, cache, mirror or os.environ.get("FRAMEBUS_MAVEN_MIRROR"))
    return [cache / jar.name for jar in jars]


def _is_cached(jar: Jar, cache: Path) -> bool:
    path = cache / jar.name
    try:
        good = jar.is_good(path)
    except FileNotFoundError:
        return False
    if not good:
        path.unlink(missing_ok=True)
    return good


def _fetch_all(jars: Sequence[Jar], cache: Path, mirror: str | None) -> None:
    partial = cache / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        under_way = [pool.submit(_fetch, jar, cache, partial, mirror) for jar in jars]
        for done, future in enumerate(as_completed(under_way), 1):
            future.result()
            _tell(done, len(jars))
    finally:
        pool.shutdown(cancel_futures=True)
        shutil.rmtree(partial, ignore_errors=True)


def _fetch(jar: Jar, cache: Path, partial: Path, mirror: str | None) -> None:
    """Bring one jar into a folder of its own, verify it there, and only then give it its name in the cache."""
    folder = partial / jar.name
    path = _download(jar, folder, mirror)
    if not jar.is_good(path):
        path.unlink()
        raise FatalError(f"what came for {jar.name} is not the pinned jar (wrong SHA-256): deleted, not used")
    path.replace(cache / jar.name)


def _download(jar: Jar, folder: Path, mirror: str | None) -> Path:
    try:
        from jgo.maven import MavenContext
        from requests import RequestException
    except ImportError:
        raise FatalError("fetching Kafka needs the package jgo: pip install 'framebus[broker]'") from None
    remote = {"mirror": mirror.rstrip("/")} if mirror else None
    maven = MavenContext(repo_cache=folder, remote_repos=remote, timeout=30)
    for _ in range(_ATTEMPTS):
        try:
            return Path(maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve())
        except (RequestException, RuntimeError, OSError) as error:
            # Only its kind is told: the text has the mirror's address, which may carry a password.
            kind = type(error).__name__
            shutil.rmtree(folder, ignore_errors=True)
    raise FatalError(f"cannot fetch {jar.name} ({kind}); try again, or name a mirror (--mirror) or a folder (--jars)")


def _tell(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\rfetching Kafka {KAFKA_VERSION}: {done} of {total} jars" + "\n" * (done == total))
    elif done % 10 == 0 or done == total:
        sys.stderr.write(f"fetching Kafka {KAFKA_VERSION}: {done} of {total} jars\n")
    sys.stderr.flush()
