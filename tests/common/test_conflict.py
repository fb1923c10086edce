"""Two producers on one camera are noticed, at a start and while they run; whoever is dead is none."""

import pytest

from libs.common.errors import FatalError
from libs.common.keyed import Gone
from libs.common.messages import Event, Producer
from libs.common.registry.conflict import Rivals
from libs.common.testing import FakeClock
from tests.common.neighbours import Neighbours


class Rig:
    """Our producer `edge/ours` among others."""

    def __init__(self, alive: bool = True) -> None:
        self.bus = Neighbours()
        self.sent: list[Producer] = []
        self.rivals = Rivals("@edge/ours", lambda said: said in self.sent, self.bus.clock, lambda *_: alive)

    def heartbeat(self, *cameras: str) -> None:
        self.sent.append(self.bus.producer("ours", *(cameras or ("porch", "yard"))))

    def refusal(self, *cameras: str) -> str:
        """Why it does not start; empty if it does."""
        try:
            self.rivals.refuse(self.bus.rows, cameras)
        except FatalError as error:
            return str(error)
        return ""

    def news(self) -> list[Event]:
        return list(self.rivals.news(self.bus.rows))


@pytest.fixture
def rig() -> Rig:
    """Nobody is there."""
    return Rig()


def test_a_camera_that_another_producer_has_is_refused_at_the_start(rig: Rig) -> None:
    """One line that says who, how long ago it was heard of, since when it is connected, and what to do."""
    rig.bus.status("porch")
    rig.bus.clock.advance(100)
    rig.bus.producer("other", "porch", "attic")
    rig.bus.clock.advance(12)
    assert rig.refusal("porch") == (
        "porch: another producer has it, edge/other (heard of 12 s ago; connected for 112 s): "
        "stop that one, or start with --takeover"
    )
    assert rig.refusal("yard") == ""


def test_of_a_fleet_all_that_are_taken_are_counted(rig: Rig) -> None:
    """And a few named."""
    rig.bus.producer("other", *(f"c{n}" for n in range(9)))
    text = rig.refusal(*(f"c{n}" for n in range(4, 32)))
    assert text.startswith("c4, c5, c6 and 2 more: another producer has it")
    assert "\n" not in text


@pytest.mark.parametrize(("age_s", "refused"), [(0, True), (89, True), (91, False), (3600, False)])
def test_who_was_not_heard_of_for_ninety_seconds_is_gone(rig: Rig, age_s: float, refused: bool) -> None:
    """By the broker's time: a producer whose own clock is an hour behind is as fresh as any other."""
    rig.bus.producer("other", "porch", slow_s=3600)
    rig.bus.clock.advance(age_s)
    assert bool(rig.refusal("porch")) == refused


def test_what_crashed_on_this_machine_holds_up_nobody() -> None:
    """Its process is not there any more: crash and restart work at once."""
    rig = Rig(alive=False)
    rig.bus.producer("edge-77", "porch")
    assert rig.refusal("porch") == ""


def test_our_own_name_holds_up_nobody(rig: Rig) -> None:
    """With --instance, or in a container, a copy that is started again has the name of the one before."""
    rig.bus.producer("ours", "porch")
    assert rig.refusal("porch") == ""
    rig.bus.clock.advance(5)
    rig.heartbeat()
    assert rig.news() == []


def test_the_same_name_on_another_machine_is_another_producer(rig: Rig) -> None:
    """Host and instance together are the name."""
    rig.bus.producer("ours", "porch", host="elsewhere")
    assert rig.refusal("porch") != ""


def test_another_one_that_begins_with_our_camera_is_told_once(rig: Rig) -> None:
    """An event for each camera that both have, however often it is looked at."""
    rig.heartbeat()
    for _ in range(10):
        rig.bus.clock.advance(30)
        rig.heartbeat()
        rig.bus.producer("other", "attic", "porch")
        told = rig.news()
        if told:
            (event,) = told
            assert (event.camera, event.kind) == ("porch", "camera.conflict")
            assert event.data == {"producer": "@edge/ours", "other": "@edge/other"}
            assert event.text == "also sent by edge/other"
    assert rig.rivals.elsewhere(rig.bus.rows) == {"attic", "porch"}
    assert rig.news() == []


@pytest.mark.parametrize("goes", ["in order", "without a word", "to other cameras"])
def test_it_is_told_again_only_after_the_other_was_gone(rig: Rig, goes: str) -> None:
    """In order: its row is taken back. Without a word: for 90 s nothing came."""
    rig.heartbeat()
    rig.bus.clock.advance(10)
    rig.bus.producer("other", "porch")
    assert len(rig.news()) == 1
    if goes == "in order":
        del rig.bus.rows["@edge/other"]
    elif goes == "to other cameras":
        rig.bus.producer("other", "attic")
    rig.bus.clock.advance(100)
    rig.heartbeat()
    assert rig.news() == []
    rig.bus.producer("other", "porch")
    assert len(rig.news()) == 1


def test_what_the_other_said_before_we_began_is_no_conflict(rig: Rig) -> None:
    """After --takeover the other one may be dead; if it is not, it says so within 30 s."""
    rig.bus.producer("other", "porch")
    rig.bus.clock.advance(5)
    rig.heartbeat()
    assert rig.news() == []
    rig.bus.clock.advance(25)
    rig.bus.producer("other", "porch")
    assert len(rig.news()) == 1


def test_a_camera_that_changes_hands_is_no_conflict(rig: Rig) -> None:
    """For a moment it is in both inventories."""
    rig.heartbeat("yard")
    rig.bus.clock.advance(60)
    rig.bus.producer("other", "porch")
    rig.bus.clock.advance(0.5)
    rig.heartbeat("yard", "porch")
    assert rig.news() == []
    rig.bus.clock.advance(1)
    rig.bus.producer("other")
    rig.bus.clock.advance(30)
    rig.heartbeat("yard", "porch")
    assert rig.news() == []


@pytest.mark.parametrize("gap_s", [0.0, 1.0, 2.9, 10.0, 29.0])
def test_of_two_that_start_together_at_least_one_notices(gap_s: float) -> None:
    """Both looked before either was there; each hears of the other within 30 s."""
    bus, told = Neighbours(), 0
    ours: dict[str, list[Producer]] = {"a": [], "b": []}
    rivals = {
        name: Rivals(f"@edge/{name}", lambda said, name=name: said in ours[name], bus.clock, lambda *_: True)
        for name in ours
    }
    for _ in range(2):
        for name, pause_s in (("a", gap_s), ("b", 30 - gap_s)):
            ours[name].append(bus.producer(name, "porch"))
            told += sum(len(list(each.news(bus.rows))) for each in rivals.values())
            bus.clock.advance(pause_s)
    assert 1 <= told <= 2


def test_another_process_of_our_name_is_told(rig: Rig) -> None:
    """Once, with what to do; its messages lie under our key."""
    rig.heartbeat("porch")
    assert rig.news() == []
    told: list[Event] = []
    for _ in range(5):
        rig.bus.clock.advance(15)
        rig.bus.producer("ours", "porch", slow_s=-1)
        told += rig.news()
        rig.bus.clock.advance(15)
        rig.heartbeat("porch")
        told += rig.news()
    assert [event.text for event in told] == [
        "another process calls itself edge/ours, too: give each its own --instance"
    ]


def test_the_same_conflict_has_the_same_id() -> None:
    """For whoever reads it twice."""
    ids = []
    for _ in range(2):
        rig = Rig()
        rig.heartbeat()
        rig.bus.clock.advance(10)
        rig.bus.producer("other", "porch")
        ids += [event.id for event in rig.news()]
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.parametrize(
    ("alive", "age_s", "buried"), [(False, 60, 0), (False, 100, 1), (True, 3600, 0), (True, 90_000, 1)]
)
def test_who_went_without_a_word_is_taken_out_in_the_end(alive: bool, age_s: float, buried: int) -> None:
    """At once where its end is known, after a day elsewhere; or the topic would grow with every crash. Each once."""
    rig = Rig(alive)
    rig.bus.producer("other", "porch")
    rig.bus.clock.advance(age_s)
    rig.heartbeat()
    found = [each for _ in range(3) for each in rig.rivals.dead(rig.bus.rows)]
    assert found == [Gone(key="@edge/other")] * buried


def test_nobody_else_means_no_news() -> None:
    """Also before anything was written."""
    rivals = Rivals("@edge/ours", lambda said: True, FakeClock())
    assert list(rivals.news({})) == []
    assert rivals.elsewhere({}) == set()
    rivals.refuse({}, ["porch"])
