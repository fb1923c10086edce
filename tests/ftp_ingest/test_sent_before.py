"""What a process that was killed had sent is found on the topic, and not sent again."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from libs.common import codec
from libs.common.bus import Place, Reader, partition_of
from libs.common.errors import FatalError, TemporaryError
from libs.common.memory_bus import MemoryReader
from libs.common.messages import Frame
from libs.common.testing import MemoryBus
from services.ftp_ingest import sent_before
from services.ftp_ingest.sent_before import SLACK_MS, SentBefore, Span, span_of
from services.ftp_ingest.spool.entries import Entry
from tests.ftp_ingest.spool_rig import still

TOPIC = "frames.source"
ALWAYS = Span(0, 2**62)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses are for real brokers."""
    for name in ("QUIET_S", "RETRY_S", "POLL_S"):
        monkeypatch.setattr(sent_before, name, 0.001)


@dataclass
class Rig:
    bus: MemoryBus = field(default_factory=MemoryBus)
    stop: threading.Event = field(default_factory=threading.Event)
    said: list[str] = field(default_factory=list)

    def write(self, frame: Frame, at_ms: int = 1000) -> None:
        self.bus.time_ms = at_ms
        place = Place(TOPIC, partition_of(frame.camera, self.bus.partitions_per_topic))
        self.bus.append(place, frame.camera.encode(), codec.encode(frame))

    def looking(self, *left: Frame, span: Span = ALWAYS, connect: Callable[[], Reader] | None = None) -> SentBefore:
        entries = [Entry(1, frame.camera, frame.boot, frame.seq, 1) for frame in left]
        return SentBefore(connect or (lambda: self.bus.reader([TOPIC])), TOPIC, entries, span, self.stop)

    def found(self, *left: Frame, span: Span = ALWAYS, connect: Callable[[], Reader] | None = None) -> set[str] | None:
        looking = self.looking(*left, span=span, connect=connect)
        looking.start()
        looking.join(10)
        assert not looking.is_alive()
        return looking.found


@pytest.fixture
def rig() -> Rig:
    return Rig()


def ids(*frames: Frame) -> set[str]:
    return {frame.frame_id for frame in frames}


def test_those_that_lie_on_the_topic_are_found(rig: Rig) -> None:
    """Among those of others, in any partition, and no others."""
    sent = [still(camera=camera, seq=seq) for camera in ("porch", "gate", "lane") for seq in range(20)]
    for frame in sent:
        rig.write(frame)
        rig.write(still(camera=frame.camera, boot="0000ffff", seq=frame.seq))
    unsent = [still(camera="porch", seq=seq) for seq in range(20, 25)]
    assert rig.found(*sent[10:], *unsent) == ids(*sent[10:])


def test_an_empty_topic_has_none(rig: Rig) -> None:
    """And is known to."""
    assert rig.found(still()) == set()


def test_only_the_time_is_read_in_which_they_can_have_been_sent(rig: Rig) -> None:
    """What came before and what came long after is not even looked at."""
    for number, at_ms in enumerate((1000, 2000, 3000, 4000)):
        rig.write(still(seq=number), at_ms)
    assert rig.found(*(still(seq=seq) for seq in range(4)), span=Span(2000, 3000)) == ids(still(seq=1), still(seq=2))


def test_the_time_is_from_the_oldest_to_the_last_sign_of_life() -> None:
    """With some slack on both sides: two clocks are compared. Without an end where a clock was never set."""
    begun_ms, day_ms = 1_700_000_000_000, 86_400_000
    left = [Entry((begun_ms + later) * 1_000_000, "porch", "00000001", 0, 1) for later in (0, 1000)]
    last_ns = (begun_ms + day_ms) * 1_000_000
    assert span_of(left, last_ns) == Span(begun_ms - SLACK_MS, begun_ms + day_ms + SLACK_MS)
    assert span_of(left, (begun_ms - day_ms) * 1_000_000).last_ms == begun_ms + 1000 + SLACK_MS
    for unknown in (None, 0, 60_000_000_000):
        assert span_of(left, unknown).last_ms > 1 << 40


def test_what_a_frozen_broker_takes_late_is_found(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes while we read, later than the process that sent it lived."""
    rig.write(still())
    late = rig.looking(still(), still(seq=1), span=Span(0, 2000))
    real = rig.stop.wait

    def quiet(seconds: float | None = None) -> bool:
        if seconds == sent_before.QUIET_S and len(rig.bus.values(TOPIC)) == 1:
            rig.write(still(seq=1), 9_000_000)
        return real(seconds)

    monkeypatch.setattr(rig.stop, "wait", quiet)
    late.start()
    late.join(10)
    assert late.found == ids(still(), still(seq=1))


def test_it_is_tried_until_the_broker_answers(rig: Rig) -> None:
    """Nothing is sent meanwhile: nothing is known."""
    rig.write(still())
    failing = iter(range(3))

    def connect() -> MemoryReader:
        if next(failing, None) is not None:
            raise TemporaryError("away")
        return rig.bus.reader([TOPIC])

    assert rig.found(still(), connect=connect) == ids(still())


def test_without_the_right_to_read_it_goes_on(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """One warning says what may happen then."""

    def connect() -> MemoryReader:
        raise FatalError("no right to read frames.source")

    assert rig.found(still(), connect=connect) == set()
    assert [record.message for record in caplog.records if "may come twice" in record.message]


def test_it_ends_when_the_service_is_stopped(rig: Rig) -> None:
    """Also while the broker is away."""
    rig.bus.down = True
    looking = rig.looking(still())
    looking.start()
    rig.stop.set()
    looking.join(10)
    assert (looking.is_alive(), looking.found) == (False, None)


def test_what_cannot_be_read_on_the_topic_is_passed_over(rig: Rig) -> None:
    """Somebody else's mistake."""
    place = Place(TOPIC, partition_of("porch", rig.bus.partitions_per_topic))
    rig.bus.append(place, b"porch", b"\xc1")
    rig.bus.append(place, b"porch", None)
    rig.write(still())
    assert rig.found(still()) == ids(still())
