"""Sources: what waits for the bus is bounded, a stop ends the boot, a file waits and a camera drops."""

import threading
from collections.abc import Callable, Iterator

import pytest

from libs.common import codec
from libs.common.bus import Place
from libs.common.errors import FatalError
from libs.common.health import Health
from libs.common.keyed import Gone
from libs.common.memory_bus import MemoryBus
from libs.common.messages import End, Frame, Message
from libs.common.metrics import Metrics
from libs.common.publisher import Publisher
from libs.common.source_runner import SourceRunner
from libs.common.testing import FakeClock, frame
from tests.common.source_rig import NarrowWriter, stop_aware


def run(
    messages: Iterator[Message], live: bool = True, is_full: Callable[[], bool] = lambda: False
) -> tuple[MemoryBus, Metrics]:
    bus, clock, metrics, stop = MemoryBus(), FakeClock(), Metrics(), threading.Event()
    publisher = Publisher(NarrowWriter(bus, is_full), "frames.source", "producer", "test", clock, metrics)
    health = Health("producer", {}, clock, metrics)
    SourceRunner(stop_aware(messages, stop), live, publisher, clock, metrics, health, stop).run()
    return bus, metrics


def published(bus: MemoryBus) -> list[Message]:
    return [codec.decode(value) for value in bus.values("frames.source")]


def test_all_that_a_source_yields_is_published() -> None:
    """Frames and the end."""
    bus, metrics = run(iter([frame(seq=0), frame(seq=1), End(camera="porch", boot="00000001", last_seq=1)]))
    assert [type(message) for message in published(bus)] == [Frame, Frame, End]
    assert metrics.values()["framebus_frames_out_total"] == 3


def test_a_stop_ends_the_open_boot() -> None:
    """Stages behind release what they hold."""
    bus, _ = run(iter([frame(seq=0), "stop", frame(seq=1), frame(seq=2)]))  # type: ignore[list-item]
    *_, last = published(bus)
    assert isinstance(last, End)
    assert (last.boot, last.last_seq, last.reason) == ("00000001", 1, "stopped")


def test_a_camera_drops_what_the_bus_does_not_take_and_counts_it() -> None:
    """A live picture does not wait; the gap shows in seq."""
    answers = iter([False, True, True, False])
    bus, metrics = run((frame(seq=n) for n in range(4)), live=True, is_full=lambda: next(answers, False))
    assert [m.seq for m in published(bus) if isinstance(m, Frame)] == [0, 3]
    assert metrics.values()["framebus_skipped_total{bus-full}"] == 2


def test_a_file_waits_for_the_bus() -> None:
    """Nothing of a file is dropped."""
    answers = iter([False, True, True, False])
    bus, metrics = run((frame(seq=n) for n in range(4)), live=False, is_full=lambda: next(answers, False))
    assert [m.seq for m in published(bus) if isinstance(m, Frame)] == [0, 1, 2, 3]
    assert "framebus_skipped_total{bus-full}" not in metrics.values()


def test_a_picture_that_the_topic_refuses_is_counted_and_the_next_goes_on() -> None:
    """By the bus, later."""
    bus = MemoryBus(fail=[True])
    clock, metrics, stop = FakeClock(), Metrics(), threading.Event()
    publisher = Publisher(bus.writer(), "frames.source", "producer", "test", clock, metrics)
    messages = iter([frame(seq=0), frame(seq=1)])
    SourceRunner(messages, True, publisher, clock, metrics, Health("p", {}, clock, metrics), stop).run()
    assert [m.seq for m in published(bus) if isinstance(m, Frame)] == [1]
    assert metrics.values()["framebus_skipped_total{refused}"] == 1


def test_an_end_without_acknowledgement_is_an_error() -> None:
    """Exit status 0 means that everything was acknowledged."""
    bus, clock, metrics, stop = MemoryBus(), FakeClock(), Metrics(), threading.Event()
    publisher = Publisher(bus.writer(), "frames.source", "producer", "test", clock, metrics)

    def source() -> Iterator[Message]:
        yield frame(seq=0)
        bus.down = True
        stop.set()

    with pytest.raises(FatalError, match="acknowledged"):
        SourceRunner(source(), False, publisher, clock, metrics, Health("p", {}, clock, metrics), stop).run()


def farewell(bus: MemoryBus, stops: bool) -> list[Message]:
    """What is on the topics after a source with a last word has ended, or was stopped."""
    clock, metrics, stop = FakeClock(), Metrics(), threading.Event()
    publisher = Publisher(bus.writer(), "frames.source", "producer", "test", clock, metrics)
    script = iter([frame(seq=0), "stop", frame(seq=1)] if stops else [frame(seq=0)])
    messages = stop_aware(script, stop)  # type: ignore[arg-type]
    health = Health("producer", {}, clock, metrics)
    sides = {Gone: "cameras"}
    SourceRunner(messages, True, publisher, clock, metrics, health, stop, sides, lambda: [Gone(key="porch")]).run()
    return [codec.decode(value) for value in bus.values("frames.source")]


@pytest.mark.parametrize("stops", [False, True])
def test_the_last_word_comes_after_everything_else(stops: bool) -> None:
    """At a stop and at an end, to its own topic."""
    bus = MemoryBus(partitions_per_topic=1)
    sent = farewell(bus, stops)
    assert isinstance(sent[-1], End)
    (record,) = bus.logs[Place("cameras", 0)]
    assert (record.key, record.value) == (b"porch", None)


def test_a_source_that_keeps_its_frames_hears_what_became_of_them() -> None:
    """Also of the last one, while it has nothing more to say; and it alone ends its boots."""
    bus, clock, metrics, stop = MemoryBus(), FakeClock(), Metrics(), threading.Event()
    publisher = Publisher(NarrowWriter(bus, lambda: False), "frames.source", "ftp-ingest", "test", clock, metrics)
    heard: list[tuple[str, object]] = []

    def messages() -> Iterator[Message | None]:
        yield frame(seq=0)
        yield frame(seq=1)
        yield None
        assert heard == [(frame(seq=0).frame_id, None), (frame(seq=1).frame_id, None)]

    health = Health("ftp-ingest", {}, clock, metrics)
    settled = lambda frame_id, error: heard.append((frame_id, error))  # noqa: E731
    SourceRunner(messages(), False, publisher, clock, metrics, health, stop, settled=settled).run()
    assert [type(message) for message in published(bus)] == [Frame, Frame]
