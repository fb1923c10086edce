"""Pictures that were answered with 226 arrive exactly once, whatever happens to the broker and to the service."""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from libs.common.kafka_admin import ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.common.kafka_tools import until
from tests.faults.outage import broken
from tests.faults.surroundings import SOURCE, seed, setting, tell
from tests.faults.uploader import Arrived, Uploader, arrived, make_users

AWAY_S = {"killed": setting("UPLOADS_AWAY_S", 4), "frozen": setting("UPLOADS_AWAY_S", 12)}
"""Frozen longer than a request to the broker may take: what was under way is sent again."""
KILLS = int(setting("UPLOADS_KILLS", 2))
BACK_S = 30.0
GROWTH_BYTES = 64 << 20


@dataclass
class Ingest:
    """ftp-ingest as a process, which is killed and started again on the same spool and port."""

    bootstrap: str
    folder: Path
    port: int
    child: Child | None = None

    def start(self) -> None:
        flags = ["--bootstrap", self.bootstrap, "--port", str(self.port), "--min-free", "0"]
        flags += ["--spool", str(self.folder / "spool"), "--users", str(self.folder / "users")]
        flags += ["--passive-ports", f"{self.port + 1}-{self.port + 40}"]
        with (self.folder / "ftp-ingest.log").open("ab") as log:
            self.child = Child.start("ftp-ingest", flags, log=log)

    @property
    def process(self) -> psutil.Process:
        assert self.child is not None
        return psutil.Process(self.child.process.pid)

    def kill(self) -> None:
        assert self.child is not None
        self.child.process.kill()
        self.child.process.wait(10)

    def stop(self) -> int:
        assert self.child is not None
        self.child.process.send_signal(signal.SIGTERM)
        return self.child.process.wait(15)

    def waiting(self) -> int:
        """Pictures in the spool."""
        return len(list((self.folder / "spool").glob("*.frame")))

    def said(self) -> str:
        return (self.folder / "ftp-ingest.log").read_text()


@contextmanager
def ingesting(bootstrap: str, folder: Path) -> Iterator[Ingest]:
    make_users(folder / "users")
    ensure_topic(KafkaSettings(bootstrap), SOURCE)
    ingest = Ingest(bootstrap, folder, free_port())
    ingest.start()
    try:
        yield ingest
    finally:
        assert ingest.child is not None
        ingest.child.stop()


def judge(uploader: Uploader, found: Arrived) -> None:
    """Once each, in order, nothing that nobody sent; what was not answered may have come, once."""
    assert len(found.ids) == len(set(found.ids))
    assert found.after_end == []
    for camera, answered in uploader.answered.items():
        numbers = found.numbers.get(camera, [])
        assert len(numbers) == len(set(numbers)), (
            f"{camera}: twice {sorted({n for n in numbers if numbers.count(n) > 1})}"
        )
        assert set(answered) <= set(numbers), f"{camera}: lost {sorted(set(answered) - set(numbers))}"
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_a_broker_that_is_away_loses_and_doubles_nothing(how: str, tmp_path: Path) -> None:
    """Uploads go on meanwhile at 20 a second, as quickly as before; memory does not grow, the spool does."""
    away_s = AWAY_S[how]
    with Broker(tmp_path / "data", port=free_port()) as broker, ingesting(broker.bootstrap, tmp_path) as ingest:
        with Uploader(ingest.port) as uploader:
            uploader.until_more(30)
            before, put_off = ingest.process.memory_info().rss, uploader.put_off.total()
            with broken(broker, how):
                gone_at = uploader.count
                time.sleep(away_s)  # the length of the outage is what is tested
                meanwhile, waiting = uploader.count - gone_at, ingest.waiting()
                grown = ingest.process.memory_info().rss - before
            uploader.until_more(30)
        back_s = until(lambda: ingest.waiting() == 0, BACK_S)
        assert ingest.stop() == 0
        judge(uploader, arrived(broker.bootstrap, SOURCE))
    tell(
        f"{how} {away_s:g} s: {meanwhile} taken meanwhile, {waiting} waited, memory {grown / 2**20:+.0f} MiB, "
        f"the slowest took {uploader.slowest_s:.2f} s, empty {back_s:.1f} s after the last one; {uploader.count} in all"
    )
    assert meanwhile > 0.8 * away_s * uploader.per_s
    assert uploader.put_off.total() == put_off, uploader.put_off
    assert grown < GROWTH_BYTES
    assert "Traceback" not in ingest.said()


def test_a_service_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """kill -9 at random moments: while pictures come, while the broker is away, and as it comes back."""
    chance, most_away = random.Random(seed()), round(20 * AWAY_S["killed"])
    with Broker(tmp_path / "data", port=free_port()) as broker, ingesting(broker.bootstrap, tmp_path) as ingest:
        with Uploader(ingest.port) as uploader:
            for turn in range(KILLS):
                uploader.until_more(20)
                if turn % 2:
                    with broken(broker, chance.choice(["killed", "frozen"])):
                        uploader.until_more(chance.randrange(most_away // 2, most_away))
                        ingest.kill()
                        ingest.start()
                        uploader.until_more(20)
                time.sleep(chance.random())
                ingest.kill()
                ingest.start()
            uploader.until_more(20)
        until(lambda: ingest.waiting() == 0, BACK_S + 30)
        assert ingest.stop() == 0
        found = arrived(broker.bootstrap, SOURCE)
        judge(uploader, found)
    tell(f"{uploader.count} answered, put off: {dict(uploader.put_off)}, {len(found.ids)} arrived")
    tell("\n".join(line for line in ingest.said().splitlines() if "had been sent" in line))
    assert "Traceback" not in ingest.said()
