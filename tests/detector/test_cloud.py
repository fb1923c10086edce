"""Calls that cost money: the budget of a day, the rest after failures, and who looks instead."""

from contextlib import suppress

import pytest

from libs.common.errors import FramebusError, TemporaryError
from libs.common.messages import Detection
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock, frame
from services.detector.backends.budgeted import Budgeted
from services.detector.cloud import LONGEST_REST_S, Cloud, ThrottledError
from services.detector.counts import Counts
from services.detector.picture import Picture

DAY_S = 86_400


class Scripted:
    """A backend that pays for each look; `failures` are raised first, in turn."""

    def __init__(self, cloud: Cloud, *failures: Exception) -> None:
        self.model = "paid"
        self.labels: tuple[str, ...] = ("person",)
        self.cloud, self.failures = cloud, list(failures)
        self.asked = self.learned = 0
        self.forgotten: list[str] = []

    def look(self, picture: Picture) -> tuple[Detection, ...]:
        return self.cloud.call(self._answer)

    def learn(self, picture: Picture) -> None:
        self.learned += 1

    def forget(self, camera: str) -> None:
        self.forgotten.append(camera)

    def _answer(self) -> tuple[Detection, ...]:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return (Detection(label="person", confidence=1.0, box=(0, 0, 1, 1)),)


class Free(Scripted):
    """One that costs nothing and finds nothing."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.model, self.labels = "free", ("face",)

    def look(self, picture: Picture) -> tuple[Detection, ...]:
        return ()


class Paid:
    """A cloud with a clock to be set, and what was counted."""

    def __init__(self, budget: int = 0) -> None:
        self.clock, self.metrics = FakeClock(), Metrics()
        self.cloud = Cloud(self.clock, Counts(self.metrics).cloud, budget)

    def counted(self, result: str) -> float:
        return self.metrics.values().get(f"framebus_cloud_calls_total{{{result}}}", 0)


def test_after_a_failure_no_call_is_made_for_a_while() -> None:
    """Longer after each one in a row: a cloud that is away must not hold up every frame."""
    paid = Paid()
    backend, made = Scripted(paid.cloud, TemporaryError("away"), TemporaryError("away")), []
    for _ in range(10):
        with suppress(TemporaryError):
            backend.look(Picture(frame()))
        made.append(backend.asked)
        paid.clock.advance(0.5)
    assert made == [1, 1, 2, 2, 2, 2, 3, 4, 5, 6]


def test_the_rest_has_an_end_and_is_told() -> None:
    """A still waits for it, no longer than half a minute."""
    paid = Paid()
    backend, waits = Scripted(paid.cloud, *[TemporaryError("away")] * 8), []
    for _ in range(8):
        with pytest.raises(TemporaryError, match="away"):
            backend.look(Picture(frame()))
        with pytest.raises(TemporaryError, match="no call was made") as waiting:
            backend.look(Picture(frame()))
        waits.append(waiting.value.delay_s)
        paid.clock.advance(waits[-1])
    assert waits == [1, 2, 4, 8, 16, LONGEST_REST_S, LONGEST_REST_S, LONGEST_REST_S]


@pytest.mark.parametrize(
    ("failure", "result"),
    [
        (ThrottledError("slow down"), "throttled"),
        (TemporaryError("away"), "failed"),
        (FramebusError("no rights"), "failed"),
        (KeyError("a bug"), "failed"),
    ],
)
def test_what_became_of_each_call_is_counted(failure: Exception, result: str) -> None:
    """A call that was not made is none."""
    paid = Paid()
    backend = Scripted(paid.cloud, failure)
    for _ in range(3):
        with suppress(type(failure), TemporaryError):
            backend.look(Picture(frame()))
    paid.clock.advance(1)
    backend.look(Picture(frame()))
    assert (paid.counted(result), paid.counted("ok")) == (1, 1)


def test_failures_count_against_the_budget_too() -> None:
    """They are calls; what was not even asked is none."""
    paid = Paid(budget=2)
    backend = Scripted(paid.cloud, TemporaryError("away"), TemporaryError("away"))
    budgeted = Budgeted(backend, None, paid.cloud)
    for _ in range(6):
        with suppress(TemporaryError):
            budgeted.look(Picture(frame()))
        paid.clock.advance(0.5)
    assert backend.asked == 2
    assert budgeted.look(Picture(frame())) is None


def test_without_a_fallback_nobody_looks_when_the_budget_is_spent() -> None:
    """Not even at a still: it does not wait for the next day, and is covered whole."""
    paid = Paid(budget=1)
    budgeted = Budgeted(Scripted(paid.cloud), None, paid.cloud)
    assert budgeted.look(Picture(frame()))
    assert budgeted.look(Picture(frame())) is None
    assert budgeted.look(Picture(frame(still=True))) is None
    assert paid.counted("budget") == 2


def test_a_fallback_looks_under_its_own_name_until_the_next_day(caplog: pytest.LogCaptureFixture) -> None:
    """A verdict promises what that one can find; said once a day."""
    paid = Paid(budget=1)
    budgeted, said = Budgeted(Scripted(paid.cloud), Free(paid.cloud), paid.cloud), []
    for _ in range(2):
        for _ in range(3):
            found = budgeted.look(Picture(frame()))
            said.append((budgeted.model, budgeted.labels, found is not None and len(found)))
        paid.clock.advance(DAY_S)
    assert said == [("paid", ("person",), 1), *[("free", ("face",), 0)] * 2] * 2
    assert len([record for record in caplog.records if "budget of 1 calls" in record.message]) == 2


def test_both_learn_and_forget() -> None:
    """The fallback may need the past."""
    paid = Paid()
    one, other = Scripted(paid.cloud), Free(paid.cloud)
    budgeted = Budgeted(one, other, paid.cloud)
    budgeted.learn(Picture(frame()))
    budgeted.forget("porch")
    assert (one.learned, other.learned, one.forgotten, other.forgotten) == (1, 1, ["porch"], ["porch"])
