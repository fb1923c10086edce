"""A camera whose detection is paused: nobody looks, and nothing is told of what nobody looks at."""

import pytest

from libs.common.errors import PermanentError
from libs.common.messages import Event, Frame, replace
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock, frame
from services.detector.counts import Counts
from services.detector.detect import Detect
from services.detector.looks import Looks
from services.detector.pace import Pace
from services.detector.paused import Paused
from services.detector.presence import Presence
from tests.detector.fixed import Fixed
from tests.detector.watched import found

PAUSED = {"paused": "detection"}
NOTHING: dict[str, str] = {}


class Watch:
    """A detector that always finds the same, ten frames a second; `told` is every event it gave out."""

    def __init__(self) -> None:
        self.clock, self.metrics, self.backend = FakeClock(), Metrics(), Fixed(found())
        counts = Counts(self.metrics)
        looks = Looks([self.backend], Pace(self.clock), self.clock, counts)
        steps = [Presence(self.clock, counts, 3.0, 2)]
        self.stage = Detect(looks, steps, events_topic="events", is_paused=Paused(counts))
        self.told: list[Event] = []

    def see(self, seqs: range, tags: dict[str, str] = NOTHING, **fields: object) -> list[Frame]:
        """The frames that came out."""
        return [self._see(replace(frame(seq=seq, tags=tags), **fields)) for seq in seqs]

    def _see(self, given: Frame) -> Frame:
        self.clock.advance(0.1)
        outs = [out.message for out in (*self.stage.handle(given), *self.stage.tick())]
        self.told += [each for each in outs if isinstance(each, Event)]
        (out,) = [each for each in outs if isinstance(each, Frame)]
        return out

    def kinds(self) -> list[str]:
        return [event.kind for event in self.told]


def test_frames_pass_unlooked_and_are_counted() -> None:
    """Stills too. No verdict: who redacts them withholds. The tag stays."""
    watch = Watch()
    outs = [*watch.see(range(3), PAUSED), *watch.see(range(3, 4), PAUSED, still=True)]
    assert [(out.verdicts, out.detections, out.tags) for out in outs] == [(None, (), PAUSED)] * 4
    assert watch.backend.looks == 0
    assert watch.metrics.registry.get_sample_value("framebus_looks_total", {"reason": "paused"}) == 4


@pytest.mark.parametrize("text", ["alerts", "", "everything", "DETECTION", "detection,alerts", "detection" * 100])
def test_other_words_pause_nothing_here(text: str) -> None:
    """Paused alerts are the notifier's; a word that is none of ours must not blind a camera."""
    watch = Watch()
    (out,) = watch.see(range(1), {"paused": text})
    assert out.verdicts is not None
    assert watch.backend.looks == 1


def test_both_parts_in_one_tag() -> None:
    """In the order of the alphabet."""
    assert Watch().see(range(1), {"paused": "alerts,detection"})[0].verdicts is None


def test_a_short_pause_neither_ends_nor_starts_what_is_in_sight() -> None:
    """Shorter than the debounce: as if somebody had missed a few looks."""
    watch = Watch()
    watch.see(range(10))
    watch.see(range(10, 35), PAUSED)
    watch.see(range(35, 50))
    assert watch.kinds() == ["detection.started", "label.new"]


def test_nothing_is_told_during_a_long_pause_and_after_it_what_is_in_sight_starts_anew() -> None:
    """Whoever arms the camera again is told that somebody is there; the end says how long they were seen."""
    watch = Watch()
    watch.see(range(10))
    watch.see(range(10, 1210), PAUSED)
    assert watch.kinds() == ["detection.started", "label.new"]
    watch.see(range(1210, 1220))
    assert watch.kinds()[2:] == ["detection.ended", "detection.started"]
    ended, started = watch.told[2:]
    assert (ended.data["started"], ended.data["duration_ns"]) == (watch.told[0].id, 9 * 10**8)
    assert started.data["since"] == frame(image=b"-", seq=1210).captured_at


def test_what_was_just_missed_when_the_pause_began_ends_only_after_somebody_looked() -> None:
    """Missed for a second before it; the pause is not three seconds of missing."""
    watch = Watch()
    watch.see(range(10))
    found_before, watch.backend._found = watch.backend._found, ()
    watch.see(range(10, 20))
    watch.see(range(20, 100), PAUSED)
    assert watch.kinds() == ["detection.started", "label.new"]
    watch.see(range(100, 101))
    assert watch.kinds()[2:] == ["detection.ended"]
    watch.backend._found = found_before
    watch.see(range(101, 110))
    assert watch.kinds()[3:] == ["detection.started"]


def test_a_camera_that_falls_silent_while_paused_ends_what_was_in_sight() -> None:
    """No frames at all for eight seconds: that is not the pause's doing."""
    watch = Watch()
    watch.see(range(10))
    watch.see(range(10, 20), PAUSED)
    for _ in range(90):
        watch.clock.advance(0.1)
        watch.told += [out.message for out in watch.stage.tick() if isinstance(out.message, Event)]
    assert watch.kinds()[2:] == ["detection.ended"]


def test_a_broken_picture_is_refused_all_the_same() -> None:
    """Whoever comes next relies on its size."""
    with pytest.raises(PermanentError):
        Watch().see(range(1), PAUSED, image=b"-")
