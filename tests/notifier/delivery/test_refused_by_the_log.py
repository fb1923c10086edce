"""What the log will never take ends like everything else, and keeps nobody behind it."""

from libs.common import codec
from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import Notice
from services.notifier.channels.channel import Note
from services.notifier.rules.rule import Rule
from tests.notifier.delivery.office_rig import FakeChannel, World

LONG = "x" * 900


def of_one() -> tuple[World, FakeChannel]:
    """The log takes a notice with a long text, and nothing that is longer than that one."""
    world = World({"phone": {}})
    world.happens(0, text=LONG)
    (first,) = world.log.all("phone")
    world.log.longest_bytes = len(codec.encode(first))
    return world, world.channels["phone"]


def length(notice: Notice) -> int:
    return len(codec.encode(notice))


def test_what_cannot_be_claimed_is_a_dead_letter() -> None:
    """With what it said; the next one is told."""
    world, phone = of_one()
    world.happens(1)
    world.passes(120)
    assert phone.events == ["event-0001"]
    assert world.states("phone") == ["refused", "sent"]
    ((buried, why),) = world.log.dead
    assert (buried.event, buried.text, why) == ("event-0000", LONG, "notices refused the size")


def test_what_was_sent_is_written_as_sent_in_short() -> None:
    """Or it would be sent again when its claim is over."""
    world, phone = of_one()

    def take(note: Note) -> None:
        phone.answer = lambda note: None
        world.log.longest_bytes = length(world.log.written[-1]) - 500

    phone.answer = take
    world.log.longest_bytes += 200
    world.happens(1)
    world.passes(120)
    assert phone.events == ["event-0000", "event-0001"]
    assert world.states("phone") == ["sent", "sent"]
    assert world.log.dead == []


def test_what_was_to_be_tried_again_and_cannot_be_written_is_a_dead_letter() -> None:
    """The whole of it is kept there."""
    world, phone = of_one()

    def fail_once(note: Note) -> None:
        phone.answer = lambda note: None
        world.log.longest_bytes = length(world.log.written[-1]) - 500
        raise TemporaryError("503")

    phone.answer = fail_once
    world.log.longest_bytes += 200
    world.happens(1)
    world.passes(120)
    assert phone.events == ["event-0001"]
    assert world.states("phone") == ["refused", "sent"]
    ((buried, _),) = world.log.dead
    assert (buried.event, buried.text) == ("event-0000", LONG)


def test_a_log_that_takes_nothing_is_waited_for() -> None:
    """Nothing is sent twice meanwhile."""
    world, phone = of_one()
    phone.answer = lambda note: setattr(world.log, "longest_bytes", 0)
    world.log.longest_bytes += 200
    for _ in range(20):
        world.passes(1)
    assert len(phone.taken) == 1
    world.log.longest_bytes = 1 << 20
    world.passes(60)
    assert (len(phone.taken), world.states("phone")) == (1, ["sent"])


def test_who_cannot_be_told_of_a_failure_keeps_nobody_from_hearing_of_it() -> None:
    """Nor the channel that fails from what comes next."""
    world = World({"phone": {}, "mail": {}, "hook": {}}, rules=(Rule("all", ("phone",)),))
    phone, ledger = world.channels["phone"], world.copies[0].ledger
    write = ledger.write

    def refuse_mail(notice: Notice) -> None:
        if notice.channel == "mail":
            raise PermanentError("refused", "refused")
        write(notice)

    def refuse_first(note: Note) -> None:
        phone.answer = lambda note: None
        raise PermanentError("chat not found")

    ledger.write, phone.answer = refuse_mail, refuse_first  # type: ignore[method-assign]
    world.happens(0)
    world.happens(1)
    world.passes(5)
    assert [note.kind for _, note in world.channels["hook"].taken] == ["service.failing"]
    assert [event.kind for event in world.events] == ["service.failing", "service.recovered"]
    assert phone.events == ["event-0001"]
