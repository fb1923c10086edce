"""A password that is looked for everywhere, real processes that fail while they hold it, and what they said."""

import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, quote_plus
from urllib.request import urlopen

from libs.common.kafka_settings import KafkaSettings
from libs.ops.ports import free_port
from tests.common.kafka_tools import reading, until

ROOT = Path(__file__).resolve().parents[2]
CANARY = "c4n@ry/v0gel+x y"
IN_URL = quote(CANARY, safe="")
LOGIN = {
    "FRAMEBUS_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "FRAMEBUS_SASL_MECHANISM": "PLAIN",
    "FRAMEBUS_SASL_USERNAME": "me",
    "FRAMEBUS_SASL_PASSWORD": CANARY,
}


def traces(secret: str) -> list[bytes]:
    """What gives it away: as it is, parts of it, encoded in a URL, in JSON, in base64 behind any other text."""
    encoded = (secret, quote(secret), quote(secret, safe=""), quote(secret, safe="").lower(), quote_plus(secret))
    whole = [text.encode() for text in (*encoded, json.dumps(secret)[1:-1])]
    coded = [b64encode(b"x" * before + secret.encode())[4:-4] for before in range(3)]
    parts = [part.encode() for part in ("c4n", "v0gel") if part in secret]
    return [*whole, *coded, *(text.translate(bytes.maketrans(b"+/", b"-_")) for text in coded), *parts]


def assert_nowhere(said: bytes, secret: str = CANARY) -> None:
    """Fails with the place where it was found."""
    for trace in traces(secret):
        at = said.find(trace)
        assert at < 0, f"{trace!r} in ...{said[max(0, at - 200) : at + 60]!r}"


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Ours without settings, and these."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FRAMEBUS_")} | dict(given)


def command(words: Sequence[str]) -> list[str]:
    """`framebus …`, or a script of its own."""
    return [sys.executable, *([] if words[0].endswith(".py") else ["-m", "services"]), *words]


def run(words: Sequence[str], given: Mapping[str, str]) -> "subprocess.CompletedProcess[bytes]":
    """A process that ends by itself; stderr is in stdout."""
    return subprocess.run(
        command(words),
        env=environment(given),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


@dataclass
class Running:
    """A process that goes on, and the file with what it has said on stdout and stderr."""

    process: "subprocess.Popen[bytes]"
    file: Path
    http: str

    def said(self) -> bytes:
        return self.file.read_bytes()

    def says(self, line: bytes, within_s: float = 30) -> None:
        """Wait until it has said this."""
        deadline_s = time.monotonic() + within_s
        while line not in self.said():
            assert time.monotonic() < deadline_s, self.said().decode(errors="replace")
            assert self.process.poll() is None or line in self.said(), self.said().decode(errors="replace")
            time.sleep(0.05)

    def shown(self) -> bytes:
        """All that it shows beside its lines: HTTP answers and its command line."""
        pages = [fetched(f"http://{self.http}/{page}") for page in ("healthz", "readyz", "status", "metrics", "other")]
        return b"\n".join([*pages, Path(f"/proc/{self.process.pid}/cmdline").read_bytes()])

    def signal(self, number: int) -> int:
        """Send it and wait for the end; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(20)


def fetched(url: str) -> bytes:
    """The answer with its headers, whatever its status."""
    try:
        with urlopen(url, timeout=10) as answer:
            return bytes(answer.headers) + bytes(answer.read())
    except HTTPError as error:
        with error:
            return bytes(error.headers) + error.read()


@contextmanager
def running(folder: Path, words: Sequence[str], given: Mapping[str, str]) -> Iterator[Running]:
    """Started in an empty folder, where a core file would lie; ended at the end."""
    http, file = f"127.0.0.1:{free_port()}", folder / "said"
    home = folder / "home"
    home.mkdir(exist_ok=True)
    with file.open("wb") as said:
        process = subprocess.Popen(
            command([*words, "--http", http]),
            env=environment(given) | {"PYTHONPATH": str(ROOT)},
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=home,
        )
    try:
        yield Running(process, file, http)
        assert list(home.iterdir()) == []
    finally:
        process.kill()
        process.wait()


def everything_on(settings: KafkaSettings, topics: list[str], at_least: int) -> bytes:
    """Keys, values and headers of all records."""
    found: list[bytes] = []

    def enough() -> bool:
        batch = reader.poll(0.1)
        for place in batch.assigned:
            reader.seek(place, 0)
        for record in batch.records:
            headers = [name.encode() + data for name, data in record.headers]
            found.append(b"\n".join([record.key or b"", record.value or b"", *headers]))
        return len(found) >= at_least

    with reading(settings, topics) as reader:
        until(enough, 30)
    return b"\n".join(found)
