"""Pictures of what is told: from memory, else from the topic; never one that may not be shown."""

from collections.abc import Sequence

import pytest

from libs.common import codec
from libs.common.bus import Place, Reader, partition_of
from libs.common.errors import TemporaryError
from libs.common.memory_bus import MemoryBus
from libs.common.messages import Detection, Frame, Notice, Redaction, replace
from libs.common.testing import FakeClock
from services.notifier.happenings import of_event
from services.notifier.look_up import LookUp, windows
from services.notifier.notices import first_notice
from services.notifier.pictures import Pictures
from tests.notifier.stage_rig import BLACK, COVERED, happened, rule, shown

TOPIC = "frames.redacted"
SECOND_NS = 10**9


def notice(seq: int = 0, camera: str = "porch", late_s: float = 1.0, raw: bool = False) -> Notice:
    """Of what happened in that frame, noticed so long after it; `raw`: the rule said it then."""
    event = happened(seq, camera)
    return first_notice(of_event(event), rule(raw=raw), "mail", event.at + round(late_s * SECOND_NS), False, 0)


def picture(seq: int, camera: str = "porch", redaction: Redaction | None = COVERED) -> Frame:
    """Each looks different."""
    return shown(seq, camera, image=f"{camera} {seq} {redaction is None}".encode(), redaction=redaction)


class Topic:
    """Frames of two cameras on a bus in memory, ten a second, and who looks for one of them."""

    def __init__(self, count: int = 100, behind_s: float = 1.0, redaction: Redaction | None = COVERED) -> None:
        self.bus, self.clock, self.asked = MemoryBus(), FakeClock(), 0
        for seq in range(count):
            for camera in ("porch", "yard"):
                self.put(picture(seq, camera, redaction), behind_s)
        self.look_up = LookUp(self.connect, [TOPIC], self.clock)
        self.pictures = Pictures(self.look_up.frames, self.clock)

    def put(self, frame: Frame, behind_s: float) -> None:
        self.bus.time_ms = (frame.captured_at + round(behind_s * SECOND_NS)) // 1_000_000
        self.bus.append(Place(TOPIC, partition_of(frame.camera, 6)), frame.camera.encode(), codec.encode(frame))

    def connect(self, topic: str) -> Reader:
        self.asked += 1
        return self.bus.reader([topic])


def test_a_frame_with_events_is_in_memory() -> None:
    """Nobody looks it up."""
    topic = Topic(0)
    topic.pictures.keep(picture(3))
    assert topic.pictures.of(notice(3), rule()) == b"porch 3 False"
    assert topic.asked == 0


def test_a_frame_of_another_camera_is_nobodys_picture() -> None:
    """Whatever an event names: the rules were asked about its own camera."""
    topic = Topic()
    topic.pictures.keep(picture(3, "yard"))
    foreign = replace(notice(3), frame_id=picture(3, "yard").frame_id)
    assert topic.pictures.of(foreign, rule()) is None
    assert topic.pictures.of(foreign, rule(raw=True)) is None
    assert topic.pictures.of(notice(3, "yard"), rule()) == b"yard 3 False"


def test_memory_is_bounded_and_the_oldest_goes() -> None:
    """It is looked up then."""
    topic = Topic()
    topic.pictures.most_bytes = 3000
    for seq in range(3):
        topic.pictures.keep(shown(seq, image=b"x" * 100))
    assert topic.pictures.of(notice(2), rule()) == b"x" * 100
    assert topic.asked == 0
    assert topic.pictures.of(notice(0), rule()) == b"porch 0 False"
    assert topic.asked == 1


@pytest.mark.parametrize("behind_s", [0.1, 1.0, 31.0])
def test_a_frame_is_found_in_its_topic(behind_s: float) -> None:
    """By the time at which the broker got it, in the partition of its camera; then it is in memory."""
    topic = Topic(behind_s=behind_s)
    assert topic.pictures.of(notice(70), rule()) == b"porch 70 False"
    assert topic.pictures.of(notice(70), rule()) == b"porch 70 False"
    assert topic.asked == 1


def test_a_picture_that_was_brought_hours_later_is_found_where_it_was_noticed() -> None:
    """An upload says itself when it was taken."""
    topic = Topic(behind_s=7200.0)
    assert topic.pictures.of(notice(70, late_s=7201.0), rule()) == b"porch 70 False"


def test_what_is_not_there_is_no_picture_and_not_looked_for_at_once() -> None:
    """A message goes without it."""
    topic = Topic()
    assert topic.pictures.of(notice(100), rule()) is None
    assert topic.pictures.of(notice(100), rule()) is None
    assert topic.asked == 1
    topic.put(picture(100), 1.0)
    topic.clock.advance(61.0)
    assert topic.pictures.of(notice(100), rule()) == b"porch 100 False"


def test_a_picture_that_was_looked_up_and_is_withheld_says_why() -> None:
    """`detection.ended` of a silent camera names its last frame, which names no event: nobody had looked at it."""
    topic = Topic(redaction=BLACK)
    assert topic.pictures.why_none(notice(70)) == ""
    assert topic.pictures.of(notice(70), rule()) is None
    assert topic.pictures.why_none(notice(70)) == "not-looked"
    assert topic.pictures.why_none(replace(notice(70), camera="yard")) == ""
    assert topic.pictures.of(notice(200), rule()) is None
    assert topic.pictures.why_none(notice(200)) == ""


def test_a_picture_that_nobody_covered_says_so() -> None:
    """Where a rule does not ask for raw ones."""
    topic = Topic(redaction=None)
    assert topic.pictures.of(notice(70), rule()) is None
    assert topic.pictures.why_none(notice(70)) == "not-redacted"


def test_looking_is_bounded_in_bytes() -> None:
    """Ten frames' worth: the one far behind them is not found."""
    topic = Topic()
    topic.look_up.most_bytes = 10 * len(codec.encode(picture(0)))
    assert topic.pictures.of(notice(2), rule()) == b"porch 2 False"
    topic.look_up.most_bytes = 2 * len(codec.encode(picture(0)))
    assert topic.pictures.of(notice(70), rule()) is None


def test_looking_is_bounded_in_time() -> None:
    """A broker that does not answer holds up one message for so long, and then none for half a minute."""
    topic = Topic()
    topic.look_up.within_s = 0.1
    topic.bus.partitions_per_topic = 0
    assert topic.pictures.of(notice(70), rule()) is None
    assert topic.pictures.of(notice(71), rule()) is None
    assert topic.asked == 1


def test_a_broker_that_is_away_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """And asked again later."""
    topic = Topic()

    def away(name: str) -> Reader:
        topic.asked += 1
        raise TemporaryError("no answer")

    topic.look_up.connect = away
    assert [topic.pictures.of(notice(seq), rule()) for seq in (1, 2)] == [None, None]
    assert topic.asked == 1
    topic.clock.advance(31.0)
    assert topic.pictures.of(notice(3), rule()) is None
    assert topic.asked == 2
    assert len(caplog.records) == 1


def test_what_is_no_frame_is_passed_over() -> None:
    """Broken bytes, and events in the same topic."""
    topic = Topic(70)
    place = Place(TOPIC, partition_of("porch", 6))
    for value in (b"\xc1", None, codec.encode(happened(70))):
        topic.bus.append(place, b"porch", value)
    topic.put(picture(70), 1.0)
    assert topic.pictures.of(notice(70), rule()) == b"porch 70 False"


def test_a_raw_picture_needs_the_rules_word() -> None:
    """From memory and from the topic; a rule that is gone says nothing."""
    topic = Topic(redaction=None)
    for kept in (False, True):
        if kept:
            topic.pictures.keep(picture(5, redaction=None))
        assert topic.pictures.of(notice(5, raw=True), rule()) is None
        assert topic.pictures.of(notice(5, raw=True), None) is None
        assert topic.pictures.of(notice(5, raw=True), rule(raw=True)) == b"porch 5 True"


def test_a_raw_picture_needs_the_word_of_when_it_was_decided() -> None:
    """The rules may be others now: what was admitted before is not uncovered by them."""
    topic = Topic(redaction=None)
    assert topic.pictures.of(notice(5), rule(raw=True)) is None
    assert topic.pictures.why_none(notice(5)) == "not-redacted"
    for said in ("yes", 1, [True]):
        assert topic.pictures.of(replace(notice(5), data={"raw": said}), rule(raw=True)) is None


def test_a_raw_picture_goes_to_no_channel_that_the_rule_does_not_name() -> None:
    """A rule of the same name may have other channels now."""
    topic = Topic(redaction=None)
    assert topic.pictures.of(notice(5, raw=True), rule(raw=True, channels=("private",))) is None


def test_of_two_pictures_each_rule_gets_its_own() -> None:
    """Where both topics are read."""
    topic = Topic(0)
    topic.pictures.keep(picture(5, redaction=None))
    topic.pictures.keep(picture(5))
    assert topic.pictures.of(notice(5), rule()) == b"porch 5 False"
    assert topic.pictures.of(notice(5, raw=True), rule(raw=True)) == b"porch 5 True"


def test_a_withheld_picture_is_none() -> None:
    """Black says nothing; it is not looked up again either."""
    topic = Topic()
    topic.pictures.keep(picture(5, redaction=BLACK))
    assert topic.pictures.of(notice(5), rule()) is None
    assert topic.pictures.of(notice(5), rule(raw=True)) is None
    assert topic.asked == 0


def test_no_picture_where_none_is_wanted_or_one_follows() -> None:
    """Nothing is looked up."""
    topic = Topic()
    follows = replace(notice(5), data={"picture": "follows"})
    assert topic.pictures.of(follows, rule()) is None
    assert topic.pictures.of(notice(5), rule(picture=False)) is None
    assert topic.pictures.of(replace(notice(5), frame_id=None), rule()) is None
    assert topic.asked == 0


def test_boxes_are_drawn_where_the_rule_asks_for_them() -> None:
    """With what was found in that frame."""

    def draw(jpeg: bytes, found: Sequence[Detection]) -> bytes:
        return jpeg + b" with " + found[0].label.encode()

    pictures = Pictures(lambda notice: [], FakeClock(), draw)
    pictures.keep(picture(5))
    assert pictures.of(notice(5), rule(boxes=True)) == b"porch 5 False with person"
    assert pictures.of(notice(5), rule()) == b"porch 5 False"


def test_where_a_frame_is_looked_for() -> None:
    """Around its moment; of what was noticed much later around that too."""
    at_ms = notice().at // 1_000_000
    assert windows(notice(late_s=10.0)) == [(at_ms - 2000, at_ms + 45_000)]
    late_ms = at_ms + 100_000
    assert windows(notice(late_s=100.0))[1] == (late_ms - 45_000, late_ms + 2000)
