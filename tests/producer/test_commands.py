"""What a trigger makes a camera do, and which ones are not done."""

from collections import Counter

import pytest

from services.producer.orders.commands import COUNTED, FRESH_S
from services.producer.orders.orders import LAPSE_S, MOST_OPEN
from tests.producer.commands_rig import NOW, Rig, trigger, warnings


def test_a_snapshot_and_a_burst_become_orders() -> None:
    """A burst without words is ten pictures in ten seconds."""
    rig = Rig()
    rig.commands.take(trigger())
    rig.commands.take(trigger("burst", "b-1", params={"frames": 3, "seconds": 0.5}))
    rig.commands.take(trigger("burst", "b-2"))
    assert Counter(rig.stills(150)) == {"t-1": 1, "b-1": 3, "b-2": 10}
    assert rig.counted == {"done": 3}


def test_a_mark_is_an_event_with_the_newest_frame() -> None:
    """Its id is the trigger's doing: whoever handles it twice tells the same."""
    rig = Rig()
    rig.commands.take(trigger("mark", "m-0"))
    rig.stills(3)
    rig.commands.take(trigger("mark", "m-1", at=rig.clock.now_ns()))
    before, mark = rig.told()
    assert before.frame_id is None
    assert (mark.kind, mark.camera, mark.frame_id, mark.data) == (
        "mark",
        "porch",
        "porch/00000001/2",
        {"trigger": "m-1"},
    )
    assert before.id != mark.id
    other = Rig()
    other.commands.take(trigger("mark", "m-1"))
    assert other.told()[0].id == mark.id


@pytest.mark.parametrize(
    ("params", "paused"),
    [({}, ("alerts", "detection")), ({"what": "all"}, ("alerts", "detection")), ({"what": "alerts"}, ("alerts",))],
)
def test_pause_and_resume_are_told_once_each(params: dict[str, str], paused: tuple[str, ...]) -> None:
    """What is paused already is no event. The other camera goes on."""
    rig = Rig()
    rig.commands.take(trigger("pause", "p-1", params=params))
    rig.commands.take(trigger("pause", "p-2", params=params))
    assert (rig.porch.paused, rig.yard.paused) == (paused, ())
    rig.commands.take(trigger("resume", "p-3"))
    assert rig.porch.paused == ()
    first, last = rig.told()
    assert (first.kind, first.text, first.data) == (
        "camera.paused",
        ", ".join(paused),
        {"trigger": "p-1", "what": list(paused)},
    )
    assert (last.kind, last.data["trigger"]) == ("camera.resumed", "p-3")
    assert rig.counted == {"done": 3}


def test_the_same_trigger_twice_is_done_once() -> None:
    """For each camera: one command may name several."""
    rig = Rig()
    for camera in ("porch", "porch", "yard", "porch"):
        rig.commands.take(trigger(camera=camera))
    assert rig.stills() == ["t-1"]
    assert rig.yard.wanted()
    assert rig.counted == {"repeat": 2, "done": 1}


@pytest.mark.parametrize("age_s", [FRESH_S + 1, -FRESH_S - 1, 1e9, -1e9])
def test_a_trigger_of_another_time_is_not_done(age_s: float, caplog: pytest.LogCaptureFixture) -> None:
    """By the sender's clock; the line says how far off it is."""
    rig = Rig()
    rig.commands.take(trigger(at=max(0, NOW - round(age_s * 1e9))))
    assert rig.stills() == []
    assert rig.counted == {"old": 1}
    (line,) = warnings(caplog)
    assert "expected less than 60 s" in line


def test_triggers_of_other_cameras_are_not_ours() -> None:
    """Whoever serves them hears them too: nothing is said or counted."""
    rig = Rig()
    rig.commands.take(trigger(camera="garage", params={"frames": -1}))
    assert rig.counted == {}


NO_COUNT: tuple[object, ...] = (0, -1, 10**9, 601, "10", 1.5, True, None, [1], {"a": 1})
NO_SECONDS: tuple[object, ...] = (-1, 10**9, 600.5, "10", True, None, [1], float("nan"))
NO_PART: tuple[object, ...] = ("", "camera", 1, None, ["alerts"], {})
HOSTILE: list[tuple[str, dict[str, object]]] = [
    *(("burst", {"frames": frames}) for frames in NO_COUNT),
    *(("burst", {"seconds": seconds}) for seconds in NO_SECONDS),
    *((action, {"what": what}) for action in ("pause", "resume") for what in NO_PART),
]


@pytest.mark.parametrize(("action", "params"), HOSTILE)
def test_params_that_make_no_sense_are_refused(
    action: str, params: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """One line that says what was expected, and not what came."""
    rig = Rig()
    rig.commands.take(trigger(action, params=params))
    assert rig.counted == {"refused": 1}
    assert (rig.stills(), rig.porch.paused, rig.told()) == ([], (), [])
    (line,) = warnings(caplog)
    assert line.startswith(f"porch: {action} is not done: {next(iter(params))}: expected")


@pytest.mark.parametrize("name", ["rtsp://user:word@host", "a b", "ü", "../../x", ".hidden", "a\n", "x" * 63 + "/"])
def test_an_id_that_is_no_name_is_refused(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """It becomes a tag of pictures that are safe to show, and stands in logs."""
    rig = Rig()
    rig.commands.take(trigger(name=name))
    assert rig.counted == {"refused": 1}
    assert rig.stills() == []
    assert name not in "".join(warnings(caplog))


def test_a_flood_is_bounded_in_orders_and_in_lines(caplog: pytest.LogCaptureFixture) -> None:
    """Ten thousand bursts: sixteen are open, and the log has a line a second."""
    rig = Rig()
    for number in range(10_000):
        rig.commands.take(trigger("burst", f"t-{number}", params={"frames": 600, "seconds": 600}))
    assert rig.counted == {"too-many": 10_000 - MOST_OPEN}
    assert len(warnings(caplog)) == 1
    rig.clock.advance(600 + LAPSE_S + 1)
    rig.commands.tick()
    assert rig.counted["lapsed"] == MOST_OPEN
    assert not rig.porch.wanted()


def test_every_word_that_is_counted_is_there_from_the_start() -> None:
    """A series that begins with its first event hides it."""
    assert {"done", "lapsed", "refused", "old", "repeat", "too-many"} == set(COUNTED)
