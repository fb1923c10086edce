"""Who sends what, on a real broker: copies of the notifier in processes of their own agree by the topic alone."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import pytest

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Notice
from tests.common.kafka_tools import until, writing
from tests.pipeline.claimer import CHANNEL, reading_ledger

Fresh = Callable[[str], str]
ROOT = Path(__file__).resolve().parents[2]
CAMERAS = ("porch", "yard", "attic", "door")


def notice(number: int) -> Notice:
    at = 1_700_000_000_000_000_000 + number
    return Notice(
        id=f"{number:032x}",
        camera=CAMERAS[number % len(CAMERAS)],
        event=f"e{number}",
        channel=CHANNEL,
        rule="somebody",
        kind="detection.started",
        at=at,
        noticed_at=at,
        state="waiting",
    )


class Claimer:
    """The program in tests/pipeline/claimer.py; what it says is read as it comes."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-m", "tests.pipeline.claimer", *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.said: list[str] = []
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.said.extend(line.rstrip("\n") for line in lines)

    def words(self, first: str) -> list[str]:
        return [line.split(maxsplit=1)[1] for line in list(self.said) if line.startswith(first + " ")]

    def kill(self) -> None:
        """With SIGKILL."""
        self.process.kill()
        self.process.wait()
        self._thread.join(5)


class Office:
    """A topic of notices and those who claim them."""

    def __init__(self, kafka: KafkaSettings, topic: str, closing: ExitStack) -> None:
        self.kafka, self.topic, self.closing = kafka, topic, closing

    def put(self, *notices: Notice) -> None:
        with writing(self.kafka) as writer:
            count = writer.partitions(self.topic)
            for each in notices:
                writer.send(Place(self.topic, partition_of(each.camera, count)), each.id.encode(), codec.encode(each))
            assert writer.flush(10)

    def claimer(self, instance: str, lease_s: float = 30, *words: str) -> Claimer:
        made = Claimer(self.kafka.bootstrap, self.topic, instance, str(lease_s), *words)
        self.closing.callback(made.kill)
        return made


@pytest.fixture
def office(kafka: KafkaSettings, fresh: Fresh) -> Iterator[Office]:
    """All of it is ended."""
    with ExitStack() as closing:
        yield Office(kafka, fresh("notices"), closing)


def test_two_copies_want_two_hundred_notices_and_each_is_sent_once(office: Office) -> None:
    """Whoever comes first in the log has it, and the oldest go first."""
    ours = [office.claimer("a", 30, "eager"), office.claimer("b", 30, "eager")]
    until(lambda: all("ready" in each.said for each in ours), 30)
    office.put(*(notice(number) for number in range(200)))
    until(lambda: sum(len(each.words("sent")) for each in ours) >= 200, 60)
    claimed = Counter(name for each in ours for name in each.words("claimed"))
    assert claimed == Counter(notice(number).id for number in range(200))
    assert all(each.words("claimed") == sorted(each.words("claimed")) for each in ours)
    assert not any(each.words("error") for each in ours)


def test_what_a_killed_copy_had_claimed_is_taken_over_after_the_lease(office: Office) -> None:
    """Not before: it might still be sending."""
    office.put(notice(0))
    victim = office.claimer("a", 3, "hang")
    until(lambda: victim.words("claimed"), 30)
    claimed_s = time.monotonic()
    heir = office.claimer("b", 3)
    until(lambda: "ready" in heir.said, 30)
    victim.kill()
    until(lambda: heir.words("sent"), 20)
    assert heir.words("claimed") == [notice(0).id]
    assert time.monotonic() - claimed_s > 2.9


def test_a_copy_that_starts_later_repeats_nothing(office: Office, kafka: KafkaSettings) -> None:
    """All of it was read before it tells anybody anything."""
    office.put(*(notice(number) for number in range(20)))
    first = office.claimer("a")
    until(lambda: len(first.words("sent")) == 20, 30)
    first.kill()
    with reading_ledger(kafka.bootstrap, office.topic, "b") as ledger:
        assert ledger.due(CHANNEL, time.time_ns()) is None
        assert ledger.recent(CHANNEL, 0) == 20
