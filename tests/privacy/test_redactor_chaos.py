"""Scripted chaos: whatever goes wrong, whom a detector reported is nowhere seen, nor on their way from there."""

import random
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from libs.common import codec, images
from libs.common.errors import PermanentError
from libs.common.messages import Box, End, Frame, Message, replace
from libs.common.stage import Out
from libs.common.testing import FakeClock
from services.redactor.policy import Policy
from services.redactor.redact import Redact
from tests.privacy.ways import is_dark, is_nearer, is_walk, looked_for_people, people_in, true_ns, way_at
from tests.redactor.scenes import START_NS, scene, seen

STEPS = 500
POLICY = Policy(labels=("person",), max_held_bytes=200_000)
CANARY = "CANARY"
FAULTS = {
    "none": 60,
    "unlooked": 10,
    "carried": 10,
    "crc": 4,
    "label": 3,
    "empty": 2,
    "cut": 3,
    "size": 2,
    "header": 1,
    "still": 3,
    "crowd": 1,
    "marked": 1,
}
"""How often which fault is put into a frame, of a hundred."""


@dataclass
class Chaos:
    """A camera that walks people through the picture, and everything around it that fails now and then."""

    dice: random.Random
    boot: int = 10
    seq: int = -1
    true_ns: int = START_NS
    clock_error_ns: int = 0
    size: tuple[int, int] = (160, 112)
    late: list[Message] = field(default_factory=list)

    def step(self) -> list[Message]:
        """The next messages, mostly one."""
        self.seq += 1
        self.true_ns += self.dice.choice([33, 100, 100, 100, 250]) * 1_000_000
        kind = self.dice.choices(
            ["frame", "drop", "swap", "resize", "boot", "end", "outage", "jump back"], [85, 5, 2, 1, 1, 1, 1, 1]
        )[0]
        made: list[Message] = [self._faulty(self._frame())]
        if kind == "drop":
            made = []
        elif kind == "swap":
            self.late, made = made, []
        elif kind == "resize":
            self.size = self.dice.choice([(160, 112), (161, 115), (96, 64)])
        elif kind == "outage":
            self.true_ns += 1_500_000_000
        elif kind == "jump back":
            self.clock_error_ns -= 700_000_000
        elif kind in {"boot", "end"}:
            made += [End(camera="porch", boot=f"{self.boot:08x}", last_seq=self.seq)] if kind == "end" else []
            self.boot, self.seq = self.boot + 1, self.dice.choice([-1, -1, 20])
        if kind == "frame" and self.late:
            made, self.late = [*made, *self.late], []
        return made

    def _frame(self) -> Frame:
        people = tuple(self._person(number) for number in range(self.dice.choice([0, 1, 1, 2])))
        jpeg = images.encode(scene(people, *self.size))
        frame = Frame(
            camera="porch",
            boot=f"{self.boot:08x}",
            seq=max(self.seq, 0),
            captured_at=self.true_ns + self.clock_error_ns,
            width=self.size[0],
            height=self.size[1],
            image=jpeg,
            image_by=self.dice.choice(["framebus", "foreign"]),
            tags={"path": CANARY, "true time": str(self.true_ns)},
            unknown={"note": CANARY},
        )
        if self.dice.random() < 0.2:
            comment = CANARY.encode()
            frame = replace(
                frame, image=jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]
            )
        return seen(frame, people)

    def _person(self, number: int) -> Box:
        left = (self.true_ns - START_NS) / 1e10 % 0.7 if number == 0 else 0.5
        return (left, 0.2, left + 0.15, 0.9) if self.dice.random() < 0.95 else (left + 0.15, 0.9, left, 0.2)

    def _faulty(self, frame: Frame) -> Frame:
        fault = self.dice.choices(list(FAULTS), list(FAULTS.values()))[0]
        bare = replace(frame, verdicts=None, detections=())
        boxes = tuple(found.box for found in frame.detections)
        if fault == "carried":
            return seen(bare, how="carried")
        if fault == "crc":
            return seen(bare, boxes, crc_error=1)
        if fault == "label":
            return seen(bare, boxes, label="moving")
        if fault == "cut":
            cut = replace(bare, image=frame.image[: len(frame.image) * 3 // 4] + b"\xff\xd9")
            return seen(cut, boxes)
        if fault == "crowd":
            return seen(frame, tuple((x / 999, 0.5, x / 999, 0.6) for x in range(990)))
        changes: dict[str, dict[str, object]] = {
            "unlooked": {"verdicts": None, "detections": ()},
            "empty": {"verdicts": ()},
            "size": {"width": frame.height, "height": frame.width},
            "header": {"image": b"\xff\xd8" + frame.image[40:]},
            "still": {"still": True, "boot": self.dice.choice([frame.boot, "ffffffff"])},
            "marked": {"detections": tuple(replace(found, redacted=True) for found in frame.detections)},
        }
        return replace(frame, **changes.get(fault, {}))


@dataclass
class Watch:
    """Judges every output against all that went in before it, by the plain words of the rules."""

    arrived: list[Frame] = field(default_factory=list)
    readable: list[Frame] = field(default_factory=list)
    published: list[Frame] = field(default_factory=list)
    shown: int = 0

    def check_all(self, outs: list[Out]) -> None:
        """Outputs in their order."""
        for out in outs:
            self._check(out)

    def _check(self, out: Out) -> None:
        encoded = codec.encode(out.message)
        assert CANARY.encode() not in encoded
        if not isinstance(out.message, Frame):
            return
        assert isinstance(out.cause, Frame)
        self.published.append(out.cause)
        assert out.message.redaction is not None
        if out.message.redaction.withheld:
            assert images.decode(out.message.image).max() < 24
            assert out.message.detections == ()
            return
        self.shown += 1
        self._check_shown(out.cause, out.message)

    def _check_shown(self, source: Frame, shown: Frame) -> None:
        crc = images.image_crc(source.image)
        how = {v.how for v in source.verdicts or () if v.image_crc == crc and "person" in v.labels}
        assert how
        assert (shown.width, shown.height) == (source.width, source.height)
        if source.still:
            assert "full" in how
            window = [source]
        else:
            window = [frame for frame in self._same_boot(source) if abs(true_ns(frame) - true_ns(source)) <= 1e9]
        if "full" not in how:
            self._check_between(source)
        for frame in window:
            for box in people_in(frame):
                assert is_dark(shown, box) or self._went_elsewhere(frame, box, source, shown)

    def _went_elsewhere(self, frame: Frame, box: Box, source: Frame, shown: Frame) -> bool:
        """Whoever was seen in a box that is not covered now was seen again, no farther away than anybody walks: either
        nearer in time, and covered there, or on the other side, and covered where a straight way leads at this moment.

        Both boxes are vouched for.
        """
        return looked_for_people(frame) and any(
            is_dark(shown, way_at(true_ns(source), (true_ns(frame), box), (true_ns(other), again)))
            for other in self._same_boot(source)
            if looked_for_people(other) and is_nearer(true_ns(frame), true_ns(source), true_ns(other))
            for again in people_in(other)
            if is_walk(abs(true_ns(other) - true_ns(frame)), box, again)
        )

    def _check_between(self, source: Frame) -> None:
        full = [
            true_ns(frame)
            for frame in self._same_boot(source)
            for verdict in frame.verdicts or ()
            if verdict.how == "full" and "person" in verdict.labels
        ]
        before = max(at for at in full if at < true_ns(source))
        after = min(at for at in full if at > true_ns(source))
        assert after - before <= 1e9

    def _same_boot(self, source: Frame) -> list[Frame]:
        """Stills of another size are pictures of their own: they lend nothing to the stream."""
        size = (source.width, source.height)
        return [f for f in self.arrived if f.boot == source.boot and not (f.still and (f.width, f.height) != size)]

    def check_complete(self) -> None:
        """All came out once, in order within their boot."""
        for boot in {frame.boot for frame in self.readable}:
            assert [f for f in self.published if f.boot == boot] == [f for f in self.readable if f.boot == boot]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_that_a_detector_reported_is_ever_shown(seed: int) -> None:
    """Pixels, bytes, completeness and order, for every output of a chaotic hour; the seed is the test's name."""
    clock, watch = FakeClock(), Watch()
    chaos, redact = Chaos(random.Random(seed)), Redact(POLICY, clock)
    for _ in range(STEPS):
        for message in chaos.step():
            clock.advance(chaos.dice.choice([0.1, 0.1, 0.1, 5]))
            if isinstance(message, Frame):
                watch.arrived.append(message)
            with suppress(PermanentError):
                outs = redact.handle(message)
                watch.readable += [message] if isinstance(message, Frame) else []
                watch.check_all([*outs, *redact.tick()])
    clock.advance(POLICY.max_hold_s)
    watch.check_all(redact.tick())
    watch.check_complete()
    assert watch.shown > STEPS / 20
    assert not redact.held()
