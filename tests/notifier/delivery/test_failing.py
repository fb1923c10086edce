"""Never silent: a channel that takes nothing is told of on the others, once, until it takes something again."""

from collections.abc import Callable

import pytest

from libs.common.errors import FramebusError, PermanentError, TemporaryError
from libs.common.messages import replace
from libs.common.scrub import hide
from services.notifier.channels.channel import Note
from services.notifier.rules.rule import Rule
from tests.notifier.delivery.office_rig import World

PHONE_ONLY = (Rule("all", ("phone",)),)


def always(error: FramebusError) -> Callable[[Note], None]:
    def answer(note: Note) -> None:
        raise error

    return answer


def of_three(**phone: object) -> World:
    """What happens is told on `phone` alone; `mail` and `hook` are the others."""
    return World({"phone": phone, "mail": {}, "hook": {}}, rules=PHONE_ONLY)


def kinds(world: World) -> list[tuple[str, str]]:
    return [(event.kind, event.data["channel"]) for event in world.events]


def test_a_refusal_is_told_once_on_each_other_channel_and_as_an_event() -> None:
    """Ten notices are refused: one message each, and its event has the id that the notices are of."""
    world = of_three()
    world.channels["phone"].answer = always(PermanentError("chat not found"))
    for number in range(10):
        world.happens(number)
        world.passes(5)
    assert world.states("phone") == ["refused"] * 10
    assert len(world.log.dead) == 10
    for other in ("mail", "hook"):
        ((_, note),) = world.channels[other].taken
        assert (note.kind, note.event) == ("service.failing", world.events[0].id)
    assert kinds(world) == [("service.failing", "phone")]
    assert world.events[0].data == {"service": "notifier", "channel": "phone", "error": "PermanentError"}
    assert world.events[0].text == "chat not found"


def test_the_others_and_the_log_are_told_why(caplog: pytest.LogCaptureFixture) -> None:
    """In the words of the channel, one line of bounded length, without what is secret: all three are read by many."""
    hide("t0psecret-token")
    world = of_three()
    world.channels["phone"].answer = always(PermanentError(f"chat\r\nnot found: t0psecret-token \x1b[1m {'x' * 900}"))
    world.happens(1)
    world.passes(2)
    (told,) = world.log.all("mail", "sent")
    assert told.text == world.events[0].text
    assert told.text.startswith("chat not found: *** ?[1m xxx")
    assert len(told.text) <= 300
    assert f"channel phone fails: {told.text}" in caplog.messages


def test_whose_mailbox_it_is_stays_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Other channels are read by others."""
    world = of_three()
    world.channels["phone"].answer = always(PermanentError("takes nobody: anna.private@example.org (550 no such user)"))
    world.happens(1)
    world.passes(2)
    assert world.events[0].text == "takes nobody: …@example.org (550 no such user)"
    assert "anna.private@example.org" in caplog.text


def test_what_the_newest_failure_said_is_told() -> None:
    """The first hiccup says less than what has gone on since."""
    world = of_three()
    phone = world.channels["phone"]
    for said, seconds in (("connection lost", 200), ("the name server is silent", 200)):
        phone.answer = always(TemporaryError(said, 5))
        world.happens(1)
        world.passes(seconds)
    assert [event.text for event in world.events] == ["the name server is silent"]
    assert world.events[0].data["error"] == "TemporaryError"


def test_the_next_success_ends_it_and_the_next_failure_is_told_anew() -> None:
    """One row of failures, one message."""
    world = of_three()
    phone = world.channels["phone"]
    for number, answer in enumerate([always(PermanentError("gone")), lambda note: None] * 2):
        phone.answer = answer
        world.happens(number)
        world.passes(10)
    assert [kind for kind, _ in kinds(world)] == ["service.failing", "service.recovered"] * 2
    assert len({event.id for event in world.events}) == 4
    assert len(world.channels["mail"].taken) == 2


def test_a_failure_that_may_pass_is_told_after_five_minutes() -> None:
    """Not at the first hiccup, and not only at the next attempt."""
    world = of_three()
    world.channels["phone"].answer = always(TemporaryError("503", 3600))
    world.happens(1)
    world.passes(298)
    assert world.channels["mail"].taken == []
    world.passes(4)
    assert [note.kind for _, note in world.channels["mail"].taken] == ["service.failing"]


def test_a_failure_that_passed_is_not_told() -> None:
    """Four minutes, then a success, then four minutes again."""
    world = of_three()
    phone = world.channels["phone"]
    for number in range(3):
        phone.answer = always(TemporaryError("503", 1))
        world.happens(number)
        world.passes(200)
        phone.answer = lambda note: None
        world.passes(100)
    assert (len(phone.taken), world.events) == (3, [])


def test_a_restart_does_not_tell_it_again() -> None:
    """The next life, and another copy, call it the same; who has the next success says that it is over."""
    world = of_three()
    world.channels["phone"].answer = always(PermanentError("gone"))
    world.happens(1)
    world.passes(5)
    world.copies = [world.copy("copy-0", life="00000002"), world.copy("copy-1")]
    world.happens(2)
    world.passes(5)
    assert len(world.channels["mail"].taken) == 1
    told = [notice for notice in world.log.written if notice.channel == "mail" and notice.state == "waiting"]
    assert len(told) == 1
    world.copies = [world.copy("copy-2")]
    world.channels["phone"].answer = lambda note: None
    world.happens(3)
    world.passes(5)
    assert kinds(world)[-1] == ("service.recovered", "phone")


def test_a_single_channel_that_fails_is_told_as_an_event() -> None:
    """Nobody else could be told; who reads the events knows of both ends."""
    world = World({"phone": {}})
    phone = world.channels["phone"]
    phone.answer = always(PermanentError("gone"))
    world.happens(1)
    world.passes(5)
    phone.answer = lambda note: None
    world.happens(2)
    world.passes(5)
    assert [kind for kind, _ in kinds(world)] == ["service.failing", "service.recovered"]


def test_a_failure_after_another_copys_success_is_told_anew() -> None:
    """What this copy knew of the channel was over long ago."""
    world = World({"phone": {}, "mail": {}}, rules=PHONE_ONLY, copies=2)
    phone, (first, second) = world.channels["phone"], world.copies
    for number, (copy, answer) in enumerate(
        [(first, always(PermanentError("gone"))), (second, lambda note: None), (first, always(PermanentError("gone")))]
    ):
        world.copies, phone.answer = [copy], answer
        world.happens(number)
        world.passes(5)
    assert len(world.channels["mail"].taken) == 2


def test_a_rule_that_asks_for_it_does_not_say_it_twice() -> None:
    """The notice of the rule has the id of ours: the event's and the channel's."""
    world = of_three()
    world.channels["phone"].answer = always(PermanentError("gone"))
    world.happens(1)
    world.turns()
    (told,) = [notice for notice in world.log.all("mail") if notice.kind == "service.failing"]
    world.log.append(replace(told, state="waiting"))
    world.passes(5)
    assert len(world.channels["mail"].taken) == 1


def test_all_channels_that_fail_end_in_silence_not_in_a_storm() -> None:
    """Each is told of once on the others; nothing of that is told of again."""
    world = of_three()
    for channel in world.channels.values():
        channel.answer = always(PermanentError("gone"))
    for number in range(20):
        world.happens(number)
        world.passes(60)
    assert sorted(kinds(world)) == [("service.failing", name) for name in ("hook", "mail", "phone")]
    assert len(world.log.notices) == 20 + 6


def test_it_is_told_in_quiet_hours_too() -> None:
    """Who hears nothing at night would not know that there was something to hear."""
    world = World({"phone": {}, "mail": {"quiet": ("00:00-12:00", "12:00-24:00")}}, rules=PHONE_ONLY)
    world.channels["phone"].answer = always(PermanentError("gone"))
    world.happens(1)
    world.passes(2)
    assert [note.kind for _, note in world.channels["mail"].taken] == ["service.failing"]


def test_a_log_that_is_away_delays_the_message_only() -> None:
    """The next look says it."""
    world = of_three()
    world.channels["phone"].answer = always(PermanentError("gone"))
    world.happens(1)
    world.log.fail = ["", "", *["refused"] * 3]
    world.passes(0.5)
    assert world.channels["mail"].taken == []
    world.passes(10)
    assert len(world.channels["mail"].taken) == len(world.channels["hook"].taken) == 1
    assert len(world.events) == 1


def test_no_secret_of_an_error_is_kept() -> None:
    """Neither in the log of notices nor in what others are told."""
    world = of_three()
    world.channels["phone"].answer = always(PermanentError("https://user:hush@mail.example.org\nrefused"))
    world.happens(1)
    world.passes(5)
    assert "hush" not in repr((world.log.written, world.log.dead, world.events))
    assert "\n" not in world.log.dead[0][1]


def test_a_clock_that_was_set_back_hides_no_failure() -> None:
    """Each row of failures is told, and its end once: the log's order counts, not what a clock says."""
    world = of_three()
    phone = world.channels["phone"]
    world.happens(0)
    world.passes(100)
    world.clock.wall_ns -= 3600 * 10**9
    for number in range(1, 10):
        phone.answer = always(PermanentError("gone")) if number % 3 == 2 else lambda note: None
        world.happens(number)
        world.passes(100)
    assert [kind for kind, _ in kinds(world)] == ["service.failing", "service.recovered"] * 3
    assert len(world.channels["mail"].taken) == 3


def test_all_copies_tell_a_failure_in_one_partition() -> None:
    """That of the last success: two claims of one notice have an order only where they lie in one."""
    world = of_three()
    for number, camera in enumerate(("porch", "yard", "gate")):
        world.happens(number, camera=camera)
        world.passes(5)
        world.channels["phone"].answer = always(PermanentError("gone"))
        world.copies = [world.copy(f"copy-{number + 1}")]
    told = [notice for notice in world.log.written if notice.kind == "service.failing"]
    assert {notice.camera for notice in told} == {event.camera for event in world.events} == {"porch"}
