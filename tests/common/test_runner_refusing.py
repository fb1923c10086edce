"""A runner that must refuse, and one whose broker refuses it."""

import pytest

from libs.common.bus import Headers, Place
from libs.common.errors import FatalError, PermanentError
from libs.common.memory_bus import MemoryBus, MemoryDelivery
from libs.common.testing import frame
from tests.common.runner_rig import OUTPUT, Recorder, Rig, StrictWriter, seqs, turns

NO_RIGHT = f"no right to write to {OUTPUT}"


class Refusing(StrictWriter):
    """Answers the sends that have these numbers with an error, as a broker would."""

    def __init__(self, bus: MemoryBus, errors: dict[int, Exception]) -> None:
        super().__init__(bus)
        self._errors = errors
        self._count = 0

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> MemoryDelivery:
        if place.topic == OUTPUT:
            self._count += 1
            if error := self._errors.get(self._count - 1):
                return MemoryDelivery(error=error)
        return super().send(place, key, value, headers)


def test_a_service_that_does_nothing_but_refuse_is_well() -> None:
    """Whoever writes poison must not have the service taken for stuck, and restarted again and again."""
    rig = Rig()
    for _ in range(200):
        rig.put_bytes("porch", b"poison")
    runner = rig.runner(Recorder())
    for _ in range(15):
        runner.turn()
        runner.clock.advance(10)  # type: ignore[attr-defined]
    assert runner.metrics.waiting() > 0
    assert len(rig.dead()) > 100
    assert runner.health.ready() is None


@pytest.mark.parametrize("reason", ["refused", "too-large"])
def test_what_the_broker_refuses_is_a_dead_letter_and_the_rest_goes_through(reason: str) -> None:
    """Committed with all others."""
    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(6)))
    runner = rig.runner(Recorder())
    assert runner.publisher is not None
    runner.publisher.writer = Refusing(rig.bus, {2: PermanentError("by script", reason)})
    turns(runner)
    assert seqs(rig.out()) == [0, 1, 3, 4, 5]
    assert [(letter["reason"], letter["offset"]) for letter in rig.dead()] == [(reason, "2")]
    assert rig.committed("porch") == 6


def test_a_right_that_is_taken_away_stops_the_service_with_one_line_and_loses_nothing() -> None:
    """It says what is missing; the next one begins with the record that could not be written."""
    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(4)))
    runner = rig.runner(Recorder())
    assert runner.publisher is not None
    runner.publisher.writer = Refusing(rig.bus, {2: FatalError(NO_RIGHT), 3: FatalError(NO_RIGHT)})
    with pytest.raises(FatalError, match=f"^{NO_RIGHT}$"):
        turns(runner)
    assert rig.dead() == []
    assert (rig.committed("porch") or 0) <= 2
    turns(rig.runner(Recorder()))
    assert {2, 3} <= set(seqs(rig.out()))
