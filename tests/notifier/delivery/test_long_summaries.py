"""A summary that the log does not take as it is: nothing that it tells is lost, and nobody waits behind it."""

from collections.abc import Callable

from libs.common import codec
from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import Notice, replace
from services.notifier.channels.channel import Note
from services.notifier.delivery.outcomes import Outcome, outlined
from tests.notifier.delivery.office_rig import World
from tests.notifier.delivery.receiver import summaries, told


def gathering(number: int) -> World:
    """So many lie there for the next summary."""
    world = World({"phone": {"limit": 2, "per": 10}})
    for each in range(number):
        world.happens(each, state="gathered")
    return world


def events(*numbers: int) -> list[str]:
    return [f"event-{number:04}" for number in numbers]


def sizes(world: World) -> list[int]:
    return [note.summary_of for note in summaries(world.channels["phone"])]


def after_first_summary(world: World, change: Callable[[Notice], None]) -> None:
    """Do that when it was written, before it is claimed."""
    ledger = world.copies[0].ledger
    write = ledger.write

    def write_and_change(notice: Notice) -> None:
        write(notice)
        if notice.members:
            ledger.write = write  # type: ignore[method-assign]
            change(ledger.sign(notice))

    ledger.write = write_and_change  # type: ignore[method-assign]


def test_what_is_too_long_for_the_log_is_told_by_several() -> None:
    """Each once, and what comes behind them too."""
    world = gathering(600)
    world.log.longest_bytes = 6000
    world.passes(15)
    world.happens(600, state="waiting")
    world.passes(60)
    phone = world.channels["phone"]
    assert sorted(told(phone)) == events(*range(601))
    assert sizes(world) == [150] * 4
    assert set(world.states("phone")) == {"gathered", "sent"}
    assert world.log.dead == []


def test_a_log_that_takes_no_summary_at_all_keeps_nobody_waiting() -> None:
    """Once it does, nothing is lost."""
    world = gathering(8)
    phone, ledger = world.channels["phone"], world.copies[0].ledger
    write = ledger.write

    def refuse(notice: Notice) -> None:
        if notice.members:
            raise PermanentError("refused", "refused")
        write(notice)

    ledger.write = refuse  # type: ignore[method-assign]
    world.passes(20)
    world.happens(8)
    world.passes(20)
    assert told(phone) == events(8)
    ledger.write = write  # type: ignore[method-assign]
    world.passes(200)
    assert sorted(told(phone)) == events(*range(9))


def test_one_that_grew_too_long_is_told_in_parts() -> None:
    """Also what it grew by."""
    world = gathering(10)

    def more(summary: Notice) -> None:
        world.log.longest_bytes = len(codec.encode(summary)) + 200
        for number in range(10, 20):
            world.happens(number, state="gathered")

    after_first_summary(world, more)
    world.passes(60)
    assert sorted(told(world.channels["phone"])) == events(*range(20))
    assert sizes(world) == [10, 10]


def test_one_that_cannot_be_claimed_is_claimed_in_parts() -> None:
    """The log takes less than it did when the summary was written."""
    world = gathering(10)

    def less(summary: Notice) -> None:
        world.log.longest_bytes = len(codec.encode(summary)) - 1

    after_first_summary(world, less)
    world.passes(60)
    assert sorted(told(world.channels["phone"])) == events(*range(10))
    assert sizes(world) == [5, 5]
    assert (world.log.dead, world.counted("phone", "refused")) == ([], 0)


def test_one_that_is_to_be_tried_again_and_cannot_be_written_is_tried_in_parts() -> None:
    """Why it failed makes it longer than its claim."""
    world = gathering(10)

    def answer(note: Note) -> None:
        world.channels["phone"].answer = lambda note: None
        world.log.longest_bytes = len(codec.encode(world.log.written[-1]))
        raise TemporaryError("x" * 100)

    world.channels["phone"].answer = answer
    world.passes(60)
    assert sorted(told(world.channels["phone"])) == events(*range(10))
    assert sizes(world) == [5, 5]
    assert world.log.dead == []


def test_a_dead_letter_that_nobody_takes_holds_up_nothing() -> None:
    """Its notice has its end all the same."""
    world = World({"phone": {}})
    phone, ledger = world.channels["phone"], world.copies[0].ledger

    def refuse(notice: Notice, error: Exception) -> None:
        raise PermanentError("too long", "too-large")

    def answer(note: Note) -> None:
        phone.answer = lambda note: None
        raise PermanentError("chat not found")

    ledger.bury = refuse  # type: ignore[method-assign]
    phone.answer = answer
    world.happens(0)
    world.happens(1)
    world.passes(5)
    assert (world.states("phone"), phone.events) == (["refused", "sent"], events(1))


def test_what_was_sent_is_shortened_step_by_step() -> None:
    """The name that the channel gave it first, what it lists last: without that it would be told once more."""
    world = gathering(2)
    world.passes(11)
    (sent,) = world.log.all("phone", "sent")
    error, steps = PermanentError("refused", "too-large"), [Outcome(replace(sent, text="x"), "sent")]
    for _ in range(4):
        steps.append(outlined(steps[-1], error))
    found = [(each.notice.text, each.notice.handle, len(each.notice.members)) for each in steps]
    assert found == [("x", sent.handle, 2), ("", sent.handle, 2), ("", None, 2), ("", None, 0), ("", None, 0)]
    assert {each.notice.state for each in steps} == {"sent"}
