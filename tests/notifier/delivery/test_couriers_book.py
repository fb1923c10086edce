"""Channels are opened, changed and closed with the book, while the service runs."""

import threading

import pytest

from libs.common.errors import SettingsError
from libs.common.testing import FakeClock
from tests.notifier.delivery.office_rig import fake_settings
from tests.notifier.delivery.process_rig import Gate, Made, Process, plain, until


def test_a_channel_that_cannot_be_opened_ends_the_start() -> None:
    """One line, before anything is sent."""
    process = Process(mail=fake_settings(plain()), phone=fake_settings(plain(opens=False)))
    with pytest.raises(SettingsError, match="phone-token"):
        process.couriers.start()


def test_a_channel_comes_and_goes_with_the_book(made: Made) -> None:
    """What waits for one that is gone waits until it is back."""
    phone, mail = plain(), plain()
    process = made(phone=fake_settings(phone))
    process.happens(1, "mail")
    process.now_with(mail=fake_settings(mail))
    assert until(lambda: mail.events == ["event-1"])
    assert until(lambda: phone.closed == 1)
    process.happens(2)
    other = plain()
    assert until(lambda: (process.now_with(phone=fake_settings(other)), other.events)[1] == ["event-2"])
    assert phone.events == []


def test_a_channel_with_new_settings_is_opened_anew(made: Made) -> None:
    """And the old one closed; nothing is lost between them."""
    before, after = plain(), plain()
    process = made(phone=fake_settings(before))
    process.now_with(phone=fake_settings(after, limit=3))
    process.happens(1)
    assert until(lambda: after.events == ["event-1"])
    assert (before.closed, before.events, after.closed) == (1, [], 0)


def test_new_settings_that_do_not_open_leave_the_old_channel_at_work(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once."""
    phone = plain()
    process = made(phone=fake_settings(phone))
    new = plain(opens=False)
    process.now_with(phone=fake_settings(new))
    for number in range(3):
        process.happens(number)
    assert until(lambda: len(phone.taken) == 3)
    assert (phone.closed, new.opened) == (0, 1)
    assert len([record for record in caplog.records if "phone-token" in record.getMessage()]) == 1


def test_a_new_channel_that_does_not_open_fails_as_any_other(made: Made) -> None:
    """What is to be told waits; it is tried again after a minute."""
    mail, phone = fake_settings(plain()), plain(opens=False)
    process = made(mail=mail)
    process.now_with(mail=mail, phone=fake_settings(phone))
    name = process.happens(1)
    assert until(lambda: process.log.notices[name].attempts == 1)
    assert process.log.notices[name].error == "not opened: no such file: 'phone-token'"
    phone.opens = True
    process.clock.advance(61)
    process.couriers.wake()
    assert until(lambda: phone.events == ["event-1"])


def test_a_channel_that_leaves_while_it_sends_has_no_second_courier(made: Made) -> None:
    """Two of the same name and life could not be told apart by the log."""
    gate, after = Gate(FakeClock()), plain()
    process = made(phone=fake_settings(gate))
    process.happens(1)
    process.happens(2)
    assert gate.inside.wait(5)
    process.now_with()
    process.now_with(phone=fake_settings(after))
    process.couriers.look()
    assert [thread.name for thread in threading.enumerate()].count("courier phone") == 1
    gate.open.set()
    assert until(lambda: (process.couriers.look(), after.events)[1] == ["event-2"])
    assert gate.events == ["event-1"]
