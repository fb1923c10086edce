"""One channel after the other: in order, again after failures, once."""

import pytest

from libs.common.errors import FramebusError, PermanentError, TemporaryError
from services.notifier.channels.channel import LONGEST_S, Note
from services.notifier.ledger.lives import heir, new_life
from services.notifier.ledger.standing import LEASE_S
from tests.notifier.delivery.office_rig import World


def refuse(error: FramebusError, until_s: float, world: World) -> None:
    """The channel `phone` answers with this until then (seconds from now)."""
    end_s = world.clock.monotonic_s() + until_s

    def answer(note: Note) -> None:
        if world.clock.monotonic_s() < end_s:
            raise error

    world.channels["phone"].answer = answer


def test_what_is_due_is_sent_at_once_and_written() -> None:
    """Claimed, sent, and how the channel calls it."""
    world = World({"phone": {}})
    world.happens(1)
    world.turns()
    assert world.channels["phone"].events == ["event-0001"]
    assert [notice.state for notice in world.log.written] == ["waiting", "claimed", "sent"]
    last = world.log.written[-1]
    assert (last.handle, last.sent_at, last.by) == ("handle of event-0001", world.clock.now_ns(), "copy-0")
    assert world.counted("phone", "sent") == 1


def test_a_channel_that_fails_for_ten_minutes_is_told_everything_afterwards_in_order_once() -> None:
    """One happening every 20 s, none is left out, none comes twice, and none waits long when the channel is back."""
    world = World({"phone": {"limit": 100}})
    refuse(TemporaryError("503"), 600, world)
    for number in range(60):
        world.happens(number)
        world.passes(20)
    world.passes(120)
    phone = world.channels["phone"]
    assert phone.events == [f"event-{number:04}" for number in range(60)]
    assert phone.taken[0][0] <= 1000 + 600 + 310
    assert phone.tried - 60 < 25


def test_a_channel_says_itself_when_it_wants_to_be_asked_again() -> None:
    """Retry-After is the least, and nothing else is tried meanwhile."""
    world = World({"phone": {}})
    refuse(TemporaryError("429", 77.0), 1, world)
    world.happens(1)
    world.passes(10)
    world.happens(2)
    world.passes(65)
    assert (world.channels["phone"].tried, world.states("phone")) == (1, ["waiting", "waiting"])
    world.passes(3)
    assert world.channels["phone"].events == ["event-0001", "event-0002"]


def test_a_crash_between_accepted_and_written_repeats_that_one_alone() -> None:
    """A process that dies there cannot know; the next life of the same instance takes over at once."""
    world = World({"phone": {"limit": 100}})
    for number in range(5):
        world.happens(number)
    crashing = world.copies[0].couriers["phone"]
    world.log.fail = ["", "refused"]
    with pytest.raises(TemporaryError):
        crashing.turn()
    world.copies = [world.copy("copy-0", life=heir(new_life(), world.clock.now_ns() // 1_000_000))]
    world.passes(2)
    assert world.channels["phone"].events == ["event-0000", *(f"event-{number:04}" for number in range(5))]


def test_another_copy_waits_until_the_claim_is_outlived() -> None:
    """It may still be sending."""
    world = World({"phone": {}}, copies=2)
    world.happens(1)
    world.log.fail = ["", "refused"]
    with pytest.raises(TemporaryError):
        world.copies[0].couriers["phone"].turn()
    world.copies = world.copies[1:]
    world.passes(LEASE_S - 1)
    assert len(world.channels["phone"].taken) == 1
    world.passes(2)
    assert world.channels["phone"].events == ["event-0001"] * 2


def test_what_was_accepted_is_written_before_anything_else_and_never_sent_again() -> None:
    """The log is away after the sending: this copy goes on trying to write it."""
    world = World({"phone": {}})
    world.happens(1)
    world.happens(2)
    world.log.fail = ["", *["refused"] * 20]
    world.passes(5)
    assert world.channels["phone"].events == ["event-0001"]
    world.log.fail = []
    world.passes(1)
    assert world.channels["phone"].events == ["event-0001", "event-0002"]
    assert world.states("phone") == ["sent", "sent"]


def test_a_lost_answer_of_the_log_repeats_nothing() -> None:
    """The first claim and the first `sent` arrive, and nobody says so."""
    world = World({"phone": {}})
    world.happens(1)
    world.happens(2)
    world.log.fail = ["lost", "", "lost"]
    world.passes(2 * LEASE_S + 5)
    assert world.channels["phone"].events == ["event-0001", "event-0002"]


def test_two_copies_on_one_log_repeat_nothing() -> None:
    """Each tells what it comes to first."""
    world = World({"phone": {"limit": 1000}}, copies=2)
    for number in range(100):
        world.happens(number, copy=number % 2)
        world.passes(0.5)
    assert world.channels["phone"].events == [f"event-{number:04}" for number in range(100)]


def test_who_loses_a_claim_sends_nothing() -> None:
    """The other copy's claim comes into the log between the look and ours."""
    world = World({"phone": {}}, copies=2)
    world.happens(1)
    first, second = world.copies
    notice = second.ledger.due("phone", world.clock.now_ns())
    assert notice is not None
    first.ledger.due = lambda channel, now_ns, quiet: notice  # type: ignore[method-assign]
    assert second.ledger.claim(notice) is not None
    first.couriers["phone"].turn()
    assert world.channels["phone"].taken == []


def test_a_claim_that_came_too_late_is_given_back() -> None:
    """The log was slow: by the time the channel has come back, the claim may be another's."""
    world = World({"phone": {}})
    world.happens(1)
    ledger = world.copies[0].ledger
    claim, slow = ledger.claim, LEASE_S - LONGEST_S

    def late(notice):  # type: ignore[no-untyped-def]
        claimed = claim(notice)
        world.clock.advance(slow)
        return claimed

    ledger.claim = late  # type: ignore[method-assign]
    world.copies[0].couriers["phone"].turn()
    assert (world.channels["phone"].tried, world.states("phone")) == (0, ["waiting"])
    ledger.claim = claim  # type: ignore[method-assign]
    world.turns()
    assert world.channels["phone"].events == ["event-0001"]


def test_what_is_claimed_when_the_end_comes_is_put_back() -> None:
    """Another copy, or the next life, takes it at once."""
    world = World({"phone": {}})
    world.happens(1)
    courier = world.copies[0].couriers["phone"]
    courier.stop()
    courier.turn()
    assert (world.channels["phone"].tried, world.states("phone")) == (0, ["waiting"])


def test_the_end_does_not_wait_for_a_long_backlog() -> None:
    """Behind a summary there may be a thousand that became old: the next life gathers them."""
    world = World({"phone": {"limit": 100}})
    refuse(TemporaryError("503"), float("inf"), world)
    for number in range(30):
        world.happens(number, at=world.clock.now_ns() - 3600 * 10**9 + number)
    world.passes(61)
    for number in range(30, 60):
        world.happens(number)
    world.clock.advance(3600)
    courier = world.copies[0].couriers["phone"]
    courier.stop()
    courier.turn()
    assert world.states("phone").count("waiting") == 31


def test_nobody_is_told_before_the_log_is_read() -> None:
    """What was told would be told again."""
    world = World({"phone": {}})
    world.copies[0].ledger.ready = False
    world.happens(1)
    world.passes(5)
    assert world.channels["phone"].tried == 0


def test_a_refused_notice_is_buried_and_the_next_one_goes_out() -> None:
    """Permanent is permanent."""
    world = World({"phone": {}})
    refuse(PermanentError("chat not found", "no-chat"), 1, world)
    world.happens(1)
    world.turns()
    world.passes(2)
    world.happens(2)
    world.turns()
    assert world.states("phone") == ["refused", "sent"]
    ((dead, error),) = world.log.dead
    assert (dead.event, error) == ("event-0001", "chat not found")


def test_a_bug_in_a_channel_is_refused_with_its_traceback_and_the_courier_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing of its text is kept: nobody promised that it holds no secret."""
    world = World({"phone": {}})

    def broken(note: Note) -> None:
        if note.event == "event-0001":
            raise KeyError("token 12345")

    world.channels["phone"].answer = broken
    world.happens(1)
    world.happens(2)
    world.turns()
    assert world.states("phone") == ["refused", "sent"]
    assert world.log.dead[0][1] == "a bug in the channel: KeyError"
    assert any(record.exc_info for record in caplog.records)


def test_a_channel_that_answers_nonsense_is_not_asked_again() -> None:
    """It may have sent the message: once is enough."""
    world = World({"phone": {}})
    world.channels["phone"].send = lambda note: None  # type: ignore[method-assign, assignment, return-value]
    world.happens(1)
    world.passes(2 * LEASE_S)
    assert world.states("phone") == ["refused"]
    assert world.log.dead[0][1] == "a bug in the channel: TypeError"
