"""What framebus status makes of the topic, for people and for programs."""

import json

import pytest

from libs.common.bus import Place
from libs.common.keyed import key_of
from libs.common.messages import Message, Producer, Status
from libs.common.table import Row
from libs.ops.status_facts import Facts, ago, facts_of
from libs.ops.status_text import show, show_json

NOW_NS = 1_700_000_000_000_000_000
PLACE = Place("cameras", 0)


def status(camera: str, state: str = "connected", since_s: float = 185, **fields: object) -> Status:
    """In this state for so long."""
    known = {"source": "rtsp", "host": "edge-1", "fps": 12.5, "width": 1280, "height": 720}
    made = {"camera": camera, "state": state, "since": NOW_NS - round(since_s * 1e9), **known, **fields}
    return Status(**made)  # type: ignore[arg-type]


def producer(instance: str, *cameras: str, host: str = "edge-1") -> Producer:
    return Producer(host=host, instance=instance, version="0.4.0", cameras=cameras, seen_at=NOW_NS)


def facts(*messages: tuple[Message, float] | Message, wanted: tuple[str, ...] = ()) -> Facts:
    """Of a topic with these messages, each so many seconds old (10 where nothing is said)."""
    rows: dict[str, Row] = {}
    for each in messages:
        message, age_s = each if isinstance(each, tuple) else (each, 10.0)
        rows[key_of(message) or ""] = Row(message, NOW_NS // 1_000_000 - round(age_s * 1000), PLACE, 1)
    return facts_of(rows, wanted, NOW_NS)


def facts_here(*messages: Message, dead: str) -> Facts:
    """The same, looked at on the machine of the producers, where the process of `dead` is not there any more."""
    rows = {key_of(message) or "": Row(message, NOW_NS // 1_000_000 - 10_000, PLACE, 1) for message in messages}
    return facts_of(rows, (), NOW_NS, lambda host, instance, seen_s: instance != dead)


def shown(found: Facts, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines for people."""
    show(found)
    return capsys.readouterr().out.splitlines()


def test_cameras_and_producers_are_two_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """What a look should tell; nothing that is not known."""
    assert shown(
        facts(
            status("porch"),
            status("yard", "disconnected", 7300, error="stalled", fps=None, width=None, height=None),
            status("clip", "ended", 5, source="file"),
            status("barn", "off", 86_400 * 3, paused=("alerts",)),
            producer("edge-1-4711", "porch", "yard", "barn"),
        ),
        capsys,
    ) == [
        "CAMERA  STATE         SINCE  FPS   SIZE      SOURCE  HOST",
        "barn    off           3 d    12.5  1280x720  rtsp    edge-1",
        "    paused: alerts",
        "clip    ended         5 s    12.5  1280x720  file    edge-1",
        "porch   connected     3 min  12.5  1280x720  rtsp    edge-1",
        "yard    disconnected  2 h                    rtsp    edge-1",
        "    stalled",
        "",
        "PRODUCER            VERSION  CAMERAS  SEEN",
        "edge-1/edge-1-4711  0.4.0    3        10 s",
    ]


def test_who_was_killed_on_this_machine_does_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    """A worker that was killed and started anew is not two producers; without the new one nobody has the camera."""
    old, new = producer("edge-1-7", "porch"), producer("edge-1-8", "porch")
    found = facts_here(status("porch"), old, new, dead="edge-1-7")
    assert shown(found, capsys)[1:] == [
        "porch   connected  3 min  12.5  1280x720  rtsp    edge-1",
        "",
        "PRODUCER         VERSION  CAMERAS  SEEN",
        "edge-1/edge-1-7  0.4.0    1        10 s (dead)",
        "edge-1/edge-1-8  0.4.0    1        10 s",
    ]
    assert facts_here(status("porch"), old, dead="edge-1-7").cameras[0].state == "unknown"


def test_a_camera_that_gave_nothing_yet_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a picture nor a failure: its producer has it, so it is no slip of the name, and it is not well."""
    found = facts(producer("edge-1-7", "porch"), (producer("edge-1-8", "attic"), 100), wanted=("porch", "attic"))
    assert shown(found, capsys)[:4] == [
        "CAMERA  STATE    SINCE  FPS  SIZE  SOURCE  HOST",
        "porch   unknown  10 s                      edge-1",
        "    no picture yet",
        "attic: there is no such camera",
    ]
    assert not found.well


@pytest.mark.parametrize(("age_s", "state"), [(89, "connected"), (91, "unknown")])
def test_a_camera_whose_producer_is_silent_is_unknown(
    age_s: float, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody knows what became of it since."""
    lines = shown(facts(status("porch"), (producer("edge-1-4711", "porch"), age_s)), capsys)
    assert lines[1].split()[:2] == ["porch", state]
    note = "    was connected; its producer edge-1/edge-1-4711 was last seen 1 min ago"
    assert (note in lines) == (state == "unknown")
    assert ("stale" in lines[-1]) == (state == "unknown")


def test_a_camera_that_no_producer_has_is_unknown_unless_that_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    """Stopped and ended are last words."""
    found = facts(status("a"), status("b", "stopped"), status("c", "ended"))
    assert [each.state for each in found.cameras] == ["unknown", "stopped", "ended"]
    assert "    was connected; no producer has it now" in shown(found, capsys)


def test_two_producers_of_one_camera_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """One of them should be stopped."""
    lines = shown(facts(status("porch"), producer("a", "porch"), producer("b", "porch")), capsys)
    assert "    sent by 2 producers: edge-1/a, edge-1/b" in lines


def test_only_some_cameras_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """By name or pattern; a word that names none is said."""
    everyone = producer("a", "porch", "yard-1", "yard-2")
    found = facts(status("porch"), status("yard-1"), status("yard-2"), everyone, wanted=("yard-*", "attic"))
    assert [each.status.camera for each in found.cameras] == ["yard-1", "yard-2"]
    assert "attic: there is no such camera" in shown(found, capsys)
    assert not found.well


@pytest.mark.parametrize(
    ("state", "well"),
    [("connected", True), ("off", True), ("ended", True), ("stopped", True), ("disconnected", False), ("new", False)],
)
def test_what_is_on_purpose_is_well(state: str, well: bool) -> None:
    """For --strict."""
    assert facts(status("porch", state), producer("a", "porch")).well == well


def test_the_lines_are_eighty_characters_at_most(capsys: pytest.CaptureFixture[str]) -> None:
    """Long names are cut, and show that they are."""
    long = "c" * 64
    lines = shown(
        facts(
            status(long, "disconnected", error="e" * 1024, host="h" * 1024),
            producer("i" * 1024, long, host="h" * 1024),
        ),
        capsys,
    )
    assert max(map(len, lines)) <= 80
    assert "~" in lines[1]


@pytest.mark.parametrize("text", ["\x1b[2J\x1b]0;own\x07", "a\nb\rc", "\u202eabc", "\x00"])
def test_no_control_character_reaches_the_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever can write the topic could else write over the screen."""
    show(facts(status("porch", text, error=text, host=text, source=text), producer(text, "porch", host=text)))
    show_json(facts(status("porch", text, error=text, host=text), producer(text, "porch", host=text)))
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.split("\n"))


def test_programs_get_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that was told, and what follows from it."""
    show_json(facts(status("porch"), (producer("a", "porch"), 100)))
    said = json.loads(capsys.readouterr().out)
    (camera,), (who,) = said["cameras"], said["producers"]
    assert (camera["state"], camera["told"], camera["since"]) == ("unknown", "connected", "2023-11-14T22:10:15.000Z")
    assert (camera["fps"], camera["width"], camera["source"], camera["producers"]) == (12.5, 1280, "rtsp", [])
    assert (who["instance"], who["stale"], who["age_s"], who["cameras"]) == ("a", True, 100.0, ["porch"])
    assert said["well"] is False


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (86_400 * 9, "9 d")],
)
def test_durations_are_said_in_one_unit(seconds: float, text: str) -> None:
    """The largest that fits."""
    assert ago(seconds) == text


def test_nobody_has_told_anything(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty topic is no error."""
    assert shown(facts(), capsys) == ["no camera has told its state"]
