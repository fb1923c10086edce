"""The same alert, completed with a picture or a clip, where the channel can."""

from typing import Any

from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import replace
from services.notifier.channels.channel import Note, PartlySentError
from services.notifier.ids import notice_id
from tests.notifier.delivery.office_rig import World

FIRST = notice_id("event-0001", "phone")


def world_of(can_edit: bool = True) -> World:
    return World({"phone": {"can_edit": can_edit}})


def completes(world: World, step: str, **fields: Any) -> None:
    """The picture or clip of event 1 is there, as the stage writes it."""
    first = world.log.notices[FIRST]
    update = replace(
        first,
        id=notice_id(first.event, "phone", step),
        updates=FIRST,
        state="waiting",
        noticed_at=world.clock.now_ns(),
        sent_at=None,
        handle=None,
        by=None,
        attempts=0,
        due_at=0,
    )
    world.log.append(replace(update, **fields))


def of_update(world: World, step: str = "picture") -> tuple[str, str | None]:
    notice = world.log.notices[notice_id("event-0001", "phone", step)]
    return notice.state, notice.error


def test_picture_and_clip_complete_what_was_sent_under_its_newest_name() -> None:
    """An edit may give it another."""
    world = world_of()
    world.happens(1)
    world.turns()
    for step in ("picture", "clip"):
        world.clock.advance(1)
        completes(world, step)
        world.turns()
    phone = world.channels["phone"]
    assert [handle for handle, _ in phone.edited] == ["handle of event-0001", "handle of event-0001, again"]
    assert len(phone.taken) == 1
    assert world.counted("phone", "edited") == 2


def test_an_update_that_some_have_got_goes_on_with_the_others() -> None:
    """Who has the message has not got its picture yet: nothing is taken over from there."""
    world, begun = world_of(), list[str]()
    world.happens(1)
    world.turns()

    def answer(note: Note) -> None:
        begun.append(note.begun)
        if len(begun) < 2:
            raise PartlySentError("429", 5, "1")

    world.channels["phone"].answer = answer
    completes(world, "picture")
    world.passes(8)
    assert begun == ["", "1"]
    assert of_update(world) == ("sent", None)


def test_what_it_completes_goes_first() -> None:
    """Also where the update is believed to be older."""
    world = world_of()
    world.happens(1)
    completes(world, "picture", at=0)
    world.turns()
    assert (len(world.channels["phone"].taken), len(world.channels["phone"].edited)) == (1, 1)


def test_an_update_waits_with_what_it_completes() -> None:
    """The first one failed and waits for its time."""
    world = world_of()
    answers = [TemporaryError("503", 20)]

    def answer(note: Note) -> None:
        if answers:
            raise answers.pop()

    world.channels["phone"].answer = answer
    world.happens(1)
    completes(world, "picture", at=0)
    world.passes(15)
    assert world.channels["phone"].tried == 1
    world.passes(10)
    assert world.channels["phone"].tried == 3


def test_an_update_of_what_was_refused_is_dropped_and_says_why() -> None:
    """No dead letter: what it completes is one."""
    world = world_of()
    world.happens(1)
    completes(world, "picture")

    def answer(note: Note) -> None:
        raise PermanentError("gone")

    world.channels["phone"].answer = answer
    world.turns()
    assert of_update(world) == ("refused", "what it completes was refused")
    assert (len(world.log.dead), world.counted("phone", "dropped")) == (1, 1)


def test_an_update_of_what_went_into_a_summary_is_dropped() -> None:
    """There is no message of its own to be completed."""
    world = world_of()
    world.happens(1, state="gathered")
    completes(world, "picture")
    world.turns()
    assert of_update(world) == ("refused", "what it completes was gathered")


def test_a_channel_without_names_or_without_edits_drops_updates() -> None:
    """The book may have changed since."""
    world = world_of()
    world.channels["phone"].send = lambda note: ""  # type: ignore[method-assign]
    world.happens(1)
    world.turns()
    completes(world, "picture")
    world.turns()
    assert of_update(world) == ("refused", "the channel has no name for what it completes")
    other = world_of(can_edit=False)
    other.happens(1)
    other.turns()
    completes(other, "picture")
    other.turns()
    assert of_update(other) == ("refused", "the channel cannot complete anything")


def test_an_update_that_is_late_is_dropped() -> None:
    """After a quarter of an hour nobody looks at it any more."""
    world = world_of()
    world.happens(1)
    world.turns()
    completes(world, "clip")
    world.clock.advance(901)
    world.turns()
    assert of_update(world, "clip") == ("refused", "too late to complete anything")


def test_a_refused_edit_is_no_sign_of_a_failing_channel() -> None:
    """Somebody deleted that message: the others are not told that the channel fails."""
    world = World({"phone": {"can_edit": True}, "mail": {}})
    world.happens(1)
    world.turns()
    completes(world, "picture")

    def answer(note: Note) -> None:
        raise PermanentError("message to edit not found")

    world.channels["phone"].answer = answer
    world.passes(5)
    assert of_update(world)[0] == "refused"
    assert (world.events, len(world.log.dead), len(world.channels["mail"].taken)) == ([], 1, 1)


def test_an_update_takes_no_room_of_the_limit() -> None:
    """It is the same message."""
    world = World({"phone": {"can_edit": True, "limit": 3}})
    world.happens(1)
    world.turns()
    completes(world, "picture")
    world.turns()
    completes(world, "clip")
    world.happens(2)
    world.happens(3)
    world.turns()
    assert world.channels["phone"].events == ["event-0001", "event-0002", "event-0003"]
