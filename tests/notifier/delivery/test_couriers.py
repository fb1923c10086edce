"""All couriers of a process, each in a thread of its own."""

import threading
import time

import pytest

from libs.common.messages import Notice
from libs.common.testing import FakeClock
from services.notifier.channels.channel import LONGEST_S
from services.notifier.delivery import couriers as couriers_module
from services.notifier.happening import Happening
from tests.notifier.delivery.office_rig import EditSettings, fake_settings
from tests.notifier.delivery.process_rig import Gate, Made, plain, until


@pytest.mark.alone
def test_what_comes_into_the_log_is_sent_at_once(made: Made) -> None:
    """Nobody polls for it: the courier is woken."""
    phone = plain()
    process, late = made(phone=fake_settings(phone, limit=1000)), []
    for number in range(20):
        time.sleep(0.05)
        began_s = time.monotonic()
        process.happens(number)
        assert until(lambda number=number: len(phone.taken) > number)  # type: ignore[misc]
        late.append(time.monotonic() - began_s)
    assert max(late) < 0.1


@pytest.mark.alone
def test_couriers_with_nothing_to_do_take_next_to_nothing(made: Made) -> None:
    """Ten channels, one hundredth of a core."""
    made(**{f"phone{number}": fake_settings(plain()) for number in range(10)})
    began = time.process_time(), time.monotonic()
    time.sleep(2)
    assert (time.process_time() - began[0]) / (time.monotonic() - began[1]) < 0.01


def test_what_is_being_sent_is_waited_for(made: Made) -> None:
    """And written, before the end."""
    gate = Gate(FakeClock())
    process = made(phone=fake_settings(gate))
    name = process.happens(1)
    assert gate.inside.wait(5)
    threading.Timer(0.2, gate.open.set).start()
    process.couriers.close()
    assert (process.log.notices[name].state, gate.closed) == ("sent", 1)


def test_what_was_accepted_is_written_at_the_end(made: Made) -> None:
    """The log was away for a moment."""
    gate = Gate(FakeClock())
    process = made(phone=fake_settings(gate))
    name = process.happens(1)
    assert gate.inside.wait(5)
    process.log.fail = ["refused", "refused"]
    threading.Timer(0.05, gate.open.set).start()
    process.couriers.close()
    assert process.log.notices[name].state == "sent"


def test_the_end_does_not_wait_for_ever(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not come back is left behind."""
    monkeypatch.setattr(couriers_module, "CLOSE_S", 0.2)
    gate = Gate(FakeClock())
    process = made(phone=fake_settings(gate))
    process.happens(1)
    assert gate.inside.wait(5)
    began_s = time.monotonic()
    process.couriers.close()
    assert time.monotonic() - began_s < 2
    gate.open.set()


def test_a_channel_that_does_not_come_back_is_seen(made: Made, caplog: pytest.LogCaptureFixture) -> None:
    """In the metrics, in the log of the service once, and after a while on the other channels."""
    gate, mail = Gate(FakeClock()), plain()
    process = made(phone=fake_settings(gate), mail=fake_settings(mail))
    process.happens(1)
    assert gate.inside.wait(5)
    process.clock.advance(LONGEST_S + 1)
    assert process.metrics.values()["framebus_notices_sending_seconds{phone}"] == LONGEST_S + 1
    process.clock.advance(LONGEST_S)
    for _ in range(3):
        process.couriers.look()
    assert until(lambda: [note.kind for _, note in mail.taken] == ["service.failing"])
    assert len([record for record in caplog.records if "has not come back" in record.getMessage()]) == 1
    gate.open.set()
    assert until(lambda: [event.kind for event in process.events] == ["service.failing", "service.recovered"])
    assert "framebus_notices_sending_seconds{phone}" not in process.metrics.values()


def test_channels_that_watch_are_shown_everything(made: Made) -> None:
    """The others are not, and one that breaks breaks nothing else."""
    watching, broken, other = plain(), plain(), plain()
    broken.observed = None  # type: ignore[assignment]
    process = made(
        broken=fake_settings(broken, EditSettings),
        home=fake_settings(watching, EditSettings),
        phone=fake_settings(other),
    )
    happening = Happening("1", "porch", "detection.started", 1)
    process.couriers.observe(happening)
    assert (watching.observed, other.observed) == ([happening], [])


def test_a_bug_in_the_ledger_ends_no_courier(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its traceback is logged, and it goes on after a while."""
    monkeypatch.setattr("services.notifier.delivery.courier.AFTER_A_BUG_S", 0.05)
    phone = plain()
    process = made(phone=fake_settings(phone))
    due, calls = process.ledger.due, iter([True])

    def broken(channel: str, now_ns: int, quiet: bool) -> Notice | None:
        if next(calls, False):
            raise ZeroDivisionError
        return due(channel, now_ns, quiet)

    process.ledger.due = broken  # type: ignore[method-assign]
    process.happens(1)
    assert until(lambda: phone.events == ["event-1"])


def test_what_waits_can_be_seen_from_outside(made: Made) -> None:
    """By channel: how many, how long, and what became of the rest; nothing of a channel that is gone."""
    process = made(phone=fake_settings(plain()))
    process.ledger.ready = False
    process.happens(1)
    process.clock.advance(7)
    process.happens(2, state="gathered")
    values = process.metrics.values()
    assert values["framebus_notices_waiting{phone}"] == 1
    assert values["framebus_notices_gathered{phone}"] == 1
    assert values["framebus_notices_oldest_seconds{phone}"] == pytest.approx(7)
    process.now_with()
    assert not any(name.startswith("framebus_notices_waiting") for name in process.metrics.values())
