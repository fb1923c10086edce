"""--explain: what rules would do about what lies on the topics."""

from pathlib import Path

import pytest

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.flags import load
from libs.common.memory_bus import MemoryBus
from libs.common.messages import CameraMessage, Event
from services.notifier.commands import explain_command
from services.notifier.settings import Settings
from tests.notifier.stage_rig import happened, naming, shown

MINUTE_NS = 60 * 10**9


class Topics:
    """Frames and events on a bus in memory; `said` is what the command prints about them a minute later."""

    def __init__(self) -> None:
        self.bus = MemoryBus()
        self.now_ns = happened().at + MINUTE_NS

    def put(self, topic: str, *messages: CameraMessage, ago_s: float = 59.0) -> None:
        self.bus.time_ms = self.now_ns // 1_000_000 - round(ago_s * 1000)
        for message in messages:
            self.bus.append(Place(topic, partition_of(message.camera, 6)), None, codec.encode(message))

    def said(self, capsys: pytest.CaptureFixture[str], *flags: str) -> list[str]:
        settings = load(Settings, flags, "framebus notifier", "")[0]
        explain_command.run(settings, self.now_ns, lambda topic: self.bus.reader([topic]))
        return capsys.readouterr().out.splitlines()


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> Topics:
    monkeypatch.setenv("FRAMEBUS_TO", "kafka:alerts")
    return Topics()


def test_each_event_has_its_line(topics: Topics, capsys: pytest.CaptureFixture[str]) -> None:
    """Which rule fires, or why none; what a rule would leave out too. Nothing is written."""
    events = [happened(), happened(5), happened(9, kind="detection.ended")]
    topics.put("events", *events)
    topics.put("frames.redacted", naming(events[0]), shown(3))
    head, first, second, third, end = topics.said(capsys)
    assert head.split() == ["when", "camera", "kind", "label", "what"]
    assert first.endswith("alarm -> kafka")
    assert "cooldown: 60 s more" in second or "cooldown: 59 s more" in second
    assert "detection.ended is not in kinds" in third
    alone = "2 of them without their frame: nobody says whether alerts were paused then"
    assert end == f"3 events, {alone}, nor of 2 of them how sure it was"
    assert {place.topic for place, log in topics.bus.logs.items() if log} == {"events", "frames.redacted"}


def test_an_old_event_whose_frame_is_not_read_says_itself_how_sure_it_was(
    topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule that asks for it is explained as it was applied."""
    monkeypatch.delenv("FRAMEBUS_TO")
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "channels: {a: {type: kafka, topic: alerts}}\nrules: [{name: sure, confidence: 0.5, cooldown: 0, channels: a}]"
    )
    topics.put("events", happened(1, confidence=0.4), happened(2, confidence=0.6))
    _, first, second, end = topics.said(capsys, "--rules", str(rules))
    assert first.endswith("sure: confidence 0.40, 0.5 is asked for")
    assert second.endswith("sure -> a")
    assert end == "2 events, 2 of them without their frame: nobody says whether alerts were paused then"


def test_a_frame_alone_tells_of_its_events_too(topics: Topics, capsys: pytest.CaptureFixture[str]) -> None:
    """Where events go nowhere else."""
    topics.put("frames.redacted", naming(happened()))
    assert topics.said(capsys)[1].endswith("alarm -> kafka")


def test_only_what_is_asked_for(topics: Topics, capsys: pytest.CaptureFixture[str]) -> None:
    """By time and by camera."""
    topics.put("events", happened(camera="old"), ago_s=3000.0)
    topics.put("events", happened(camera="yard"), happened(camera="porch"))
    assert len(topics.said(capsys)) == 2 + 3
    assert len(topics.said(capsys, "--since", "-10m")) == 2 + 2
    (_, line, _) = topics.said(capsys, "--since", "-10m", "--cameras", "y*")
    assert " yard " in line


def test_nothing_has_happened(topics: Topics, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing that can be read."""
    topics.bus.append(Place("events", 0), None, b"\xc1")
    assert topics.said(capsys) == ["0 events"]


def test_alerts_that_were_paused_are_said_so(topics: Topics, capsys: pytest.CaptureFixture[str]) -> None:
    """The frame knows it."""
    event = happened()
    topics.put("events", event, Event(id="b" * 32, camera="porch", kind="mark", at=event.at))
    topics.put("frames.redacted", naming(event, tags={"paused": "alerts"}))
    assert "alerts are paused" in "\n".join(topics.said(capsys))
